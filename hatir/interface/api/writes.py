"""The verbs of the API on one record: each reads its input, then makes one call through the write door."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import get_visible, readable_fields, visible, writable_fields
from hatir.foundation.merging.errors import MergedAway
from hatir.foundation.merging.queries import successor
from hatir.foundation.records import actions, writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid, NotFoundHere
from hatir.foundation.records.fields import NUMERIC, FieldSpec
from hatir.foundation.records.values import clean_values
from hatir.interface.api.problems import Problem
from hatir.interface.api.shapes import incoming
from hatir.kit.ids import decode_id

_PLAIN = re.compile(r"-?[0-9]{1,30}\.[0-9]{1,20}")


def record_id(text: str) -> int:
    """Read the id in an address. Raises NotFoundHere, since nothing lies there."""
    try:
        return decode_id(text)
    except ValueError:
        raise NotFoundHere(text) from None


def cleaned(actor: Actor, rt: RecordType, data: Mapping[str, Any], *, complete: bool) -> dict[str, Any]:
    """Read what a caller sent as typed values. Raises Invalid naming every wrong, unknown or read-only field."""
    flat = incoming(data)
    allowed = writable_fields(actor, rt)
    errors = {name: [_why_not(actor, rt, name)] for name in flat if name not in allowed}
    known = {name: value for name, value in flat.items() if name in allowed}
    values: dict[str, Any] = {}
    try:
        values = clean_values(allowed, as_programs_write(allowed, known), complete=complete)
    except Invalid as wrong:
        errors = {**errors, **wrong.errors}
    if errors:
        raise Invalid(errors)
    return values


def as_programs_write(fields: Mapping[str, FieldSpec], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Read numbers that came as text as programs write them: "10.250" is ten and a quarter, as we answer it ourselves.

    People write the same for ten thousand; what no program would write ("1.250,50") is still read their way.
    """
    return {
        name: Decimal(value)
        if isinstance(value, str) and name in fields and fields[name].kind in NUMERIC and _PLAIN.fullmatch(value)
        else value
        for name, value in sent.items()
    }


def _why_not(actor: Actor, rt: RecordType, name: str) -> str:
    if name in readable_fields(actor, rt) or name in ("type", "version"):
        return _("This field cannot be written.")
    return _("There is no such field to write.")


def create_record(actor: Actor, rt: RecordType, data: Mapping[str, Any]) -> tuple[Any, dict[str, list[int]]]:
    """Create one record from what a caller sent; give it with its to-many values."""
    values = cleaned(actor, rt, data, complete=True)
    record = actions.create(rt, [values], actor=actor)[0]
    return record, {name: value for name, value in values.items() if isinstance(value, list)}


def change_record(actor: Actor, rt: RecordType, key: int, data: Mapping[str, Any], if_match: str) -> Any:
    """Change one record.

    `If-Match` asks that nobody saved it since (412). A `version` in the body is gentler: changes of other
    fields are let through, and the same fields raise EditConflict with both values.
    """
    flat = dict(data)
    expected = flat.pop("version", None)
    if expected is not None and (type(expected) is not int or expected < 1):
        raise Invalid({"version": [_("Enter a whole number.")]})
    with transaction.atomic():
        record = locked(actor, rt, key, if_match)
        values = cleaned(actor, rt, flat, complete=False)
        return actions.update(rt, [(record, values)], actor=actor, expected_version=expected)[0]


def archive_record(actor: Actor, rt: RecordType, key: int, if_match: str) -> Any:
    """Take one record out of daily sight."""
    with transaction.atomic():
        record = locked(actor, rt, key, if_match)
        writing.archive_many([record], actor=actor)
    return record


def restore_record(actor: Actor, rt: RecordType, key: int, if_match: str) -> Any:
    """Bring one archived record back."""
    with transaction.atomic():
        record = locked(actor, rt, key, if_match)
        writing.restore_many([record], actor=actor)
    return record


def locked(actor: Actor, rt: RecordType, key: int, if_match: str) -> Any:
    """Fetch a record to be changed; with `If-Match` hold it, so that nobody slips in between. Raises Problem 412."""
    if not if_match:
        return not_merged(actor, rt, get_visible(actor, rt, key))
    rows = visible(actor, rt).filter(pk=key)
    if connection.features.has_select_for_update_of:
        rows = rows.select_for_update(of=("self",))
    record = rows.first()
    if record is None:
        raise NotFoundHere(str(key))
    not_merged(actor, rt, record)
    if not version_matches(if_match, record.version):
        raise Problem("changed", version=record.version)
    return record


def not_merged(actor: Actor, rt: RecordType, record: Any) -> Any:
    """Give the record back. Raises MergedAway for one that went into another: programs must learn the new id."""
    into = successor(rt.ref(record)) if record.archived_at is not None else None
    if into is not None and visible(actor, into.type_key).filter(pk=into.id).exists():
        raise MergedAway(into)
    return record


def version_matches(header: str, version: int) -> bool:
    """Tell whether an If-Match header names this version: `"7-…"`, a list of those, or `*`."""
    if header.strip() == "*":
        return True
    tags = [tag.strip() for tag in header.split(",")]
    # Weak tags never match here (RFC 9110, 13.1.1): they promise too little for a write.
    return any(tag.startswith('"') and tag.strip('"').split("-")[0] == str(version) for tag in tags)
