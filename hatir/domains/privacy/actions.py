"""The verbs of the room. What a customer said is never overwritten: a new statement is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.privacy.models import Consent
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all

FIXED = ("customer", "channel", "status", "obtained_from", "obtained_at")


def record_consents(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Consent]:
    """Write statements of customers. Raises Invalid with the row's position for one that lies ahead."""
    rt = type_of_model(Consent)
    latest = timezone.now() + timedelta(days=1)  # whose clock is ahead is no liar
    ahead = {
        at: {"obtained_at": [_("A consent cannot be obtained in the future.")]}
        for at, row in enumerate(rows)
        if row.get("obtained_at") and row["obtained_at"] > latest
    }
    if ahead:
        raise Invalid(rows=ahead)
    records = []
    for row in rows:
        record: Consent = blank(rt)
        put_all(rt, record, row)
        record.evidence = record.evidence or _("Written down by %(name)s") % {"name": actor.label}
        records.append(record)
    return writing.save_many(records, actor=actor)


def complete_consents(
    pairs: Sequence[tuple[Consent, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Consent]:
    """Complete the evidence of statements. Raises Invalid where what was said would change."""
    rt = type_of_model(Consent)
    told = _("A consent stays as it was said. Write a new one.")
    for at, (record, values) in enumerate(pairs):
        fixed = {name: [told] for name in FIXED if name in values and values[name] != _held(record, name)}
        if fixed:
            raise Invalid(fixed) if len(pairs) == 1 else Invalid(rows={at: fixed})
        put_all(rt, record, values)
    return writing.save_many([record for record, _values in pairs], actor=actor, expected_version=expected_version)


def _held(record: Consent, name: str) -> Any:
    return record.customer_id if name == "customer" else getattr(record, name)
