"""How good the data of a type are, for who may ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.access.queries import open_fields, visible
from hatir.foundation.quality.checks import Check, checks_of
from hatir.foundation.quality.models import Finding, Profile
from hatir.foundation.quality.uses import uses_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import root_types

SHOWN = 100
TREND = 12


@dataclass(frozen=True)
class FieldState:
    """A field in the last profile: filled of all rows, the change of the share since the profile before, findings."""

    spec: FieldSpec
    filled: int
    rows: int
    share: int
    change: int
    used: int
    checks: tuple[tuple[Check, int], ...]

    @property
    def missing(self) -> int:
        return self.rows - self.filled

    @property
    def is_unused(self) -> bool:
        return self.filled > 0 and self.used == 0


def last_profiles(rt: RecordType, most: int = TREND) -> list[Profile]:
    """Give the whole profiles of a type, newest first."""
    rows = Profile.objects.filter(type_key=rt.key).exclude(figures={}).order_by("-taken_at", "-id")
    return list(rows[:most])


def profiled_types() -> list[RecordType]:
    """List the types that have been looked at."""
    held = set(Profile.objects.values_list("type_key", flat=True))
    return [rt for rt in root_types() if rt.key in held]


def field_states(actor: Actor, rt: RecordType, profiles: Sequence[Profile]) -> list[FieldState]:
    """Say how each field stands in the newest of the profiles; only fields that the actor may ask about."""
    if not profiles:
        return []
    now, before = profiles[0], profiles[1] if len(profiles) > 1 else None
    used = uses_of(rt)
    states = []
    for name, spec in open_fields(actor, rt).items():
        figures = now.figures.get(name)
        if figures is None:
            continue
        earlier = before.figures.get(name) if before is not None else None
        share = _share(figures["filled"], now.row_count)
        change = share - _share(earlier["filled"], before.row_count) if earlier and before else 0
        known = {check.key: check for check in checks_of(rt, spec)}
        checks = tuple((known[key], count) for key, count in figures["checks"].items() if count and key in known)
        states.append(FieldState(spec, figures["filled"], now.row_count, share, change, used[name], checks))
    return states


def _share(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


@dataclass(frozen=True)
class Suggested:
    """One finding as it is previewed: the record, what stands there, what would stand there."""

    finding_id: int
    record: Any
    before: str
    after: str
    is_skipped: bool


def findings(actor: Actor, rt: RecordType, field: str, check_key: str) -> list[Suggested]:
    """Give the first findings of a check in records that the actor may change."""
    rows = findings_of(rt, field, check_key).order_by("record_id")[:SHOWN]
    records = visible(actor, rt, "edit").filter(archived_at=None).in_bulk([row.record_id for row in rows])
    return [
        Suggested(row.pk, records[row.record_id], row.value, row.suggestion, row.is_skipped)
        for row in rows
        if row.record_id in records
    ]


def findings_of(rt: RecordType, field: str, check_key: str) -> Any:
    """Give what a check found in a field of a type."""
    return Finding.objects.filter(type_key=rt.key, field=field, check_key=check_key)


def step_of(type_key: str) -> RecordType:
    """Give what filters on a type may ask about findings, so that a list shows just those records."""
    return RecordType(
        key=f"{type_key}.finding",
        model=Finding,  # type: ignore[arg-type]  # asked about, never written as a record
        title="field",
        label=_("finding about its data"),
        plural=_("findings about its data"),
        part_of="record_id",
        where={"type_key": type_key},
        plain_fields=(
            FieldSpec("field", _("field"), "choice", "field"),
            FieldSpec("check_key", _("check"), "choice", "check_key"),
        ),
    )
