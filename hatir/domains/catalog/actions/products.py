"""Every product passes here, so its folds are true, its codes are its own, and its barcode is well read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hatir.domains.catalog.models import BUNDLE, BundleItem, Product
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.kit.gtin import is_gtin, looks_like_gtin
from hatir.kit.text_tr import fold, sort_key

Errors = dict[int, dict[str, list[str]]]


def create_products(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Product]:
    """Create products from cleaned values. Raises Invalid with the row's position."""
    rt = type_of_model(Product)
    records = []
    for row in rows:
        record: Product = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    _tidy(records)
    return writing.save_many(records, actor=actor)


def update_products(
    pairs: Sequence[tuple[Product, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Product]:
    """Change products. See `writing.save_many` for the errors."""
    rt = type_of_model(Product)
    for record, values in pairs:
        put_all(rt, record, values)
    records = [record for record, _values in pairs]
    _tidy(records)
    return writing.save_many(records, actor=actor, expected_version=expected_version)


def create_bundle_items(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[BundleItem]:
    """Put products into bundles. Raises Invalid for a bundle inside a bundle, or no bundle at all."""
    rt = type_of_model(BundleItem)
    records = []
    for row in rows:
        record: BundleItem = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    ids = {pk for record in records for pk in (record.bundle_id, record.product_id)}
    kinds = dict(Product.objects.filter(pk__in=ids).values_list("pk", "kind"))
    wrong: Errors = {}
    for at, record in enumerate(records):
        if record.quantity <= 0:
            wrong[at] = {"quantity": [_("The quantity must be more than nought.")]}
        if kinds.get(record.product_id) == BUNDLE:
            wrong[at] = {"product": [_("A bundle cannot hold another bundle.")]}
    if wrong:
        raise Invalid(rows=wrong)
    return writing.save_many(records, actor=actor)


def _tidy(records: Iterable[Product]) -> None:
    """Normalise and judge what the generic reading cannot know. Raises Invalid naming each row."""
    wrong: Errors = {}
    ready = list(records)
    for at, record in enumerate(ready):
        record.name_fold, record.name_sort = fold(record.name)[:220], sort_key(record.name)[:420]
        record.sku, record.barcode = record.sku.strip(), "".join(record.barcode.split())
        errors = _problems(record)
        if errors:
            wrong[at] = errors
    _refuse_taken(ready, "sku", _("The stock code “%(code)s” belongs to another product."), wrong)
    _refuse_taken(ready, "barcode", _("The barcode “%(code)s” belongs to another product."), wrong)
    if wrong:
        raise Invalid(rows=wrong)


def _problems(record: Product) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if looks_like_gtin(record.barcode) and not is_gtin(record.barcode):
        errors["barcode"] = [_("The check digit of this barcode does not fit; check its digits.")]
    for name in ("price", "cost"):
        amount = getattr(record, name)
        if amount is not None and amount < 0:
            errors[name] = [_("This cannot be less than nought.")]
    if record.variant_of_id is not None and record.variant_of_id == record.pk:
        errors["variant_of"] = [_("A product cannot be a variant of itself.")]
    return errors


def _refuse_taken(records: Sequence[Product], name: str, told: str, wrong: Errors) -> None:
    """Refuse codes that another product has, in the house or among these."""
    given = {getattr(record, name) for record in records} - {""}
    if not given:
        return
    rows = Product.objects.filter(**{f"{name}__in": given}).values_list(name, "pk")
    holders: dict[str, int] = dict(rows)
    leaving = {record.pk: getattr(record, name) for record in records}
    # Who gives its code up in this very write holds it no longer.
    holders = {code: pk for code, pk in holders.items() if leaving.get(pk, code) == code}
    for at, record in enumerate(records):
        code = getattr(record, name)
        if code and holders.setdefault(code, record.pk) != record.pk:
            wrong.setdefault(at, {})[name] = [told % {"code": code[:60]}]
