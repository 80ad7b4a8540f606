"""Targets: whose and when follows from what was given, and each is there once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hatir.domains.sales.models import Quota
from hatir.domains.sales.rules import period_name, period_start
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.kit.money import round_money


def create_quotas(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Quota]:
    """Set targets from cleaned values. Raises Invalid with the row's position."""
    rt = type_of_model(Quota)
    records: list[Quota] = []
    for row in rows:
        record: Quota = blank(rt)
        put_all(rt, record, row)
        if "currency" not in row:
            record.currency = value_of("company.currency")
        records.append(record)
    _settle(records)
    return writing.save_many(records, actor=actor)


def update_quotas(
    pairs: Sequence[tuple[Quota, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Quota]:
    """Change targets. See `writing.save_many` for the errors."""
    rt = type_of_model(Quota)
    for record, values in pairs:
        put_all(rt, record, values)
        if "name" not in values and {"owner", "team", "branch", "starts_on", "period"} & set(values):
            record.name = ""
    records = [record for record, _values in pairs]
    _settle(records)
    return writing.save_many(records, actor=actor, expected_version=expected_version)


def _settle(records: Sequence[Quota]) -> None:
    wrong: dict[int, dict[str, list[str]]] = {}
    names: dict[str, int] = {}
    for at, record in enumerate(records):
        errors = _missing(record)
        if errors:
            wrong[at] = errors
            continue
        record.starts_on, record.amount = period_start(record.starts_on, record.period), round_money(record.amount)
        if record.amount < 0:
            errors["amount"] = [_("A target cannot be below nought.")]
        if sum(bool(one) for one in (record.owner_id, record.team_id, record.branch_id)) > 1:
            errors["owner"] = [_("A target is for a person, a team or a territory, not for several of them.")]
        if not record.name.strip():
            record.name = f"{_whose(record)}, {period_name(record.starts_on, record.period)}"[:200]
        if record.name in names or _is_taken(record):
            errors["name"] = [_("There is a target called “%(name)s” already.") % {"name": record.name}]
        names[record.name] = at
        if errors:
            wrong[at] = errors
    if wrong:
        raise Invalid(rows=wrong)


def _missing(record: Quota) -> dict[str, list[str]]:
    """Name what the arithmetic needs and nobody gave; unsaved records may lack what their table demands."""
    lacking = [name for name in ("starts_on", "amount") if getattr(record, name) is None]
    return {name: [_("This field is needed.")] for name in lacking}


def _whose(record: Quota) -> str:
    return str(record.owner or record.team or record.branch or _("All"))


def _is_taken(record: Quota) -> bool:
    return Quota.objects.filter(name=record.name).exclude(pk=record.pk).exists()
