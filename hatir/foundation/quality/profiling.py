"""Taking a profile: one pass over all records of a type, in batches by id, with memory flat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from hatir.foundation.quality.checks import Check, checks_of
from hatir.foundation.quality.models import Finding, Profile
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.registry import fields_of

BATCH = 1000
NOT_LOOKED_AT = frozenset({"id", "created_at", "updated_at", "archived_at"})
Told = Callable[[int, int], None]


def looked_at(rt: RecordType) -> list[FieldSpec]:
    """List the fields that a profile is about: those with a value of their own."""
    return [
        spec
        for spec in fields_of(rt).values()
        if spec.name not in NOT_LOOKED_AT and spec.kind != "relations" and not spec.reckon
    ]


def take_profile(rt: RecordType, *, told: Told | None = None) -> Profile:
    """Look at every record that is not archived. What an earlier profile found is replaced when this one is whole."""
    specs = looked_at(rt)
    checks = {spec.name: checks_of(rt, spec) for spec in specs}
    rows = rt.model._base_manager.filter(archived_at=None, **rt.where)
    total, seen = rows.count(), 0
    filled: Counter[str] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    profile = Profile.objects.create(type_key=rt.key, taken_at=timezone.now(), row_count=0, figures={})
    for part in _parts(rows, _columns(specs, checks)):
        findings = [finding for row in part for finding in _look(rt, profile, specs, checks, row, filled)]
        found.update((finding.field, finding.check_key) for finding in findings)
        seen += len(part)
        with transaction.atomic():
            Finding.objects.bulk_create(findings)
            if told is not None:
                told(seen, total)
    profile.row_count = seen
    profile.figures = {
        spec.name: {
            "filled": filled[spec.name],
            "checks": {check.key: found[spec.name, check.key] for check in checks[spec.name]},
        }
        for spec in specs
    }
    with transaction.atomic():
        profile.save()
        Finding.objects.filter(type_key=rt.key).exclude(profile=profile).delete()
    return profile


def _columns(specs: Sequence[FieldSpec], checks: dict[str, list[Check]]) -> list[str]:
    names = {f"{spec.path}_id" if spec.kind in TO_ONE else spec.path for spec in specs if not spec.is_custom}
    needed = {name for listed in checks.values() for check in listed for name in check.needs}
    return sorted({"id", "custom", *names, *needed})


def _parts(rows: Any, columns: list[str]) -> Iterator[list[dict[str, Any]]]:
    after = -1
    while part := list(rows.filter(pk__gt=after).order_by("pk").values(*columns)[:BATCH]):
        yield part
        after = part[-1]["id"]


def _look(
    rt: RecordType,
    profile: Profile,
    specs: Sequence[FieldSpec],
    checks: dict[str, list[Check]],
    row: dict[str, Any],
    filled: Counter[str],
) -> Iterator[Finding]:
    for spec in specs:
        value = _value(spec, row)
        if value in (None, "", []):
            continue
        filled[spec.name] += 1
        for check in checks[spec.name]:
            right = check.look(value, row)
            if right is not None:
                yield Finding(
                    profile=profile, type_key=rt.key, record_id=row["id"], field=spec.name, check_key=check.key,
                    value=str(value), suggestion=right,
                )  # fmt: skip


def _value(spec: FieldSpec, row: dict[str, Any]) -> Any:
    if spec.is_custom:
        return (row["custom"] or {}).get(spec.custom_key)
    return row[f"{spec.path}_id" if spec.kind in TO_ONE else spec.path]
