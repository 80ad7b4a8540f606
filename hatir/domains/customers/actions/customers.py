"""The verbs of the room: every customer passes here, so names, phones and folds are always true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hatir.domains.customers.models.customers import COMPANY, ContactPoint, Customer, CustomerList
from hatir.foundation.access.queries import visible
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank, blanks
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.kit.company_names import normalise_company
from hatir.kit.email_address import normalise_email
from hatir.kit.person_names import split_name
from hatir.kit.phone import normalise_phone
from hatir.kit.places_tr import region_of, tidy_place
from hatir.kit.tax_number import is_mersis, is_tckn, is_vkn
from hatir.kit.text_tr import fold, sort_key

Wrong = dict[int, dict[str, list[str]]]
HOME_COUNTRY = frozenset({"", "turkiye", "turkey", "tr"})


def create_customers(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Customer]:
    """Create people and companies from cleaned values; without `kind` it is a person.

    A single `name` is split into given and family name. Raises Invalid with the row's position.
    """
    records, wrong = draft_customers(rows)
    if wrong:
        raise Invalid(rows=wrong)
    return writing.save_many(records, actor=actor)


def draft_customers(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Customer], Wrong]:
    """Make people and companies of cleaned values without storing them; give what is wrong by the row's place too."""
    rt = _type()
    records: list[Customer] = blanks(rt, len(rows))
    for record, row in zip(records, rows, strict=True):
        put_all(rt, record, row)
        _name(record, given="given_name" in row or "family_name" in row, whole="name" in row)
    return records, _tidy(records)


def update_customers(
    pairs: Sequence[tuple[Customer, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Customer]:
    """Change customers, each with its own cleaned values. See `writing.save_many` for the errors."""
    rt = _type()
    for record, values in pairs:
        put_all(rt, record, values)
        _name(record, given="given_name" in values or "family_name" in values, whole="name" in values)
    records = [record for record, _values in pairs]
    if wrong := _tidy(records):
        raise Invalid(rows=wrong)
    return writing.save_many(records, actor=actor, expected_version=expected_version)


def create_contact_points(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[ContactPoint]:
    """Add further phones, e-mails and profiles; values are normalised for matching."""
    rt = type_of_model(ContactPoint)
    records = []
    for row in rows:
        record: ContactPoint = blank(rt)
        put_all(rt, record, row)
        record.value_normal = _normal(record)
        records.append(record)
    return writing.save_many(records, actor=actor)


def update_contact_points(
    pairs: Sequence[tuple[ContactPoint, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[ContactPoint]:
    """Change contact points and keep their normalised value true."""
    rt = type_of_model(ContactPoint)
    for record, values in pairs:
        put_all(rt, record, values)
        record.value_normal = _normal(record)
    return writing.save_many([r for r, _values in pairs], actor=actor, expected_version=expected_version)


def _type() -> RecordType:
    return type_of_model(Customer)


def _normal(point: ContactPoint) -> str:
    if point.kind == "phone":
        return normalise_phone(point.value).e164 or fold(point.value)
    return normalise_email(point.value) if point.kind == "email" else fold(point.value)


def _name(record: Customer, *, given: bool, whole: bool) -> None:
    """Keep the whole name and its two parts in step, whichever was given."""
    if record.kind == COMPANY:
        record.name = normalise_company(record.name).display if whole else record.name
        return
    if whole and not given and "@" not in record.name:  # who is known by an e-mail only is called by it
        parts = split_name(record.name)
        record.given_name, record.family_name = parts.given, parts.family
        record.honorific = record.honorific or parts.title
        record.name = " ".join(part for part in (parts.given, parts.family) if part) or record.name
    elif given:
        record.name = " ".join(part for part in (record.given_name, record.family_name) if part) or record.name


def _tidy(records: Iterable[Customer]) -> Wrong:
    """Normalise and judge what the generic reading cannot know; give what is wrong with each."""
    wrong: Wrong = {}
    for at, record in enumerate(records):
        record.name_fold, record.name_sort = fold(record.name)[:220], sort_key(record.name)[:420]
        if fold(record.country) in HOME_COUNTRY:
            record.city, record.district = tidy_place(record.city, record.district)
        record.city_fold = fold(record.city)
        record.region = region_of(record.city) if fold(record.country) in HOME_COUNTRY else ""
        record.phone_e164 = normalise_phone(record.phone).e164 or "" if record.phone else ""
        record.email = normalise_email(record.email) if record.email else ""
        errors = _problems(record)
        if errors:
            wrong[at] = errors
    return wrong


def _problems(record: Customer) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not record.name:
        errors["name"] = [_("A customer needs a name.")]
    if record.tckn and not is_tckn(record.tckn):
        errors["tckn"] = [_("This is not a valid Turkish identity number; check its digits.")]
    if record.vkn and not (is_vkn(record.vkn) or is_tckn(record.vkn)):
        errors["vkn"] = [_("This is not a valid tax number; check its digits.")]
    if record.mersis and not is_mersis(record.mersis):
        errors["mersis"] = [_("This is not a valid MERSİS number; check its digits.")]
    if record.company_id is not None and record.company_id == record.pk:
        errors["company"] = [_("A customer cannot be its own company.")]
    if record.parent_id is not None and record.parent_id == record.pk:
        errors["parent"] = [_("A company cannot be its own parent.")]
    return errors


def note_contact(customer_ids: Sequence[int], *, channel: str, at: datetime, actor: Actor) -> None:
    """Remember the last contact on the customers; an older one changes nothing."""
    later = Customer.objects.filter(pk__in=customer_ids).exclude(last_contact_at__gte=at)
    records = list(later)
    for record in records:
        record.last_contact_at, record.last_contact_channel = at, channel
    writing.save_many(records, actor=actor)


def add_to_list(target: CustomerList, customer_ids: Sequence[int], *, actor: Actor) -> int:
    """Put customers on a static list; give how many were new on it. Raises Denied or NotFoundHere."""
    seen = set(visible(actor, Customer).filter(pk__in=customer_ids).values_list("pk", flat=True))
    held = set(target.members.values_list("pk", flat=True))
    target.set_many("members", sorted(held | seen))
    writing.save(target, actor=actor)
    return len(seen - held)


def remove_from_list(target: CustomerList, customer_ids: Sequence[int], *, actor: Actor) -> int:
    """Take customers off a static list; give how many were on it."""
    held = set(target.members.values_list("pk", flat=True))
    target.set_many("members", sorted(held - set(customer_ids)))
    writing.save(target, actor=actor)
    return len(held & set(customer_ids))
