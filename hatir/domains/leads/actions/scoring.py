"""The score of leads, reckoned in batches and written where it changed, without version and audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from hatir.domains.customers.models import TargetCriterion
from hatir.domains.leads.models import BEHAVIOUR, FIT, Lead, ScoreRule, Touch
from hatir.domains.leads.preferences import FIT_POINTS
from hatir.domains.leads.queries.routing import fitting, read_rule
from hatir.domains.leads.rules import OPEN, decayed, score_of
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import bulk, writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.kit.filters.schema import FilterError

BATCH = 2000
LOOKED_BACK = timedelta(days=365)
Parts = dict[int, list[tuple[str, float]]]


def create_score_rules(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[ScoreRule]:
    """Make score rules. Raises Invalid with the row's position."""
    rt, records = type_of_model(ScoreRule), []
    for row in rows:
        record: ScoreRule = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    _judge(records)
    return writing.save_many(records, actor=actor)


def update_score_rules(
    pairs: Sequence[tuple[ScoreRule, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[ScoreRule]:
    """Change score rules. See `writing.save_many` for the errors."""
    rt = type_of_model(ScoreRule)
    for record, values in pairs:
        put_all(rt, record, values)
    records = [record for record, _values in pairs]
    _judge(records)
    return writing.save_many(records, actor=actor, expected_version=expected_version)


def _judge(records: Sequence[ScoreRule]) -> None:
    wrong: dict[int, dict[str, list[str]]] = {}
    for at, record in enumerate(records):
        errors: dict[str, list[str]] = {}
        if record.kind == FIT and not record.rule.strip():
            errors["rule"] = [_("Say which leads get the points.")]
        if record.kind == BEHAVIOUR and not record.event:
            errors["event"] = [_("Say for what there are points.")]
        if not -100 <= record.points <= 100:
            errors["points"] = [_("Give a number from −100 to 100.")]
        if errors:
            wrong[at] = errors
    if wrong:
        raise Invalid(rows=wrong)


def rescore(ids: Collection[int] | None = None, *, at: datetime | None = None) -> int:
    """Reckon the score of these open leads, or of all; give how many changed. Without any rule nobody has a score."""
    moment = at or timezone.now()
    rules = list(ScoreRule.objects.filter(archived_at=None, is_active=True).order_by("pk"))
    profiles = _profiles()
    changed = 0
    for part in _parts_of(ids):
        changed += _rescore(part, rules, profiles, moment)
    return changed


def _parts_of(ids: Collection[int] | None) -> Iterator[list[int]]:
    rows = Lead.objects.filter(status__in=OPEN, archived_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    after = -1
    while part := list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield part
        after = part[-1]


def _rescore(ids: list[int], rules: Sequence[ScoreRule], profiles: Sequence[Any], at: datetime) -> int:
    parts: Parts = defaultdict(list)
    for rule in rules:
        if rule.kind == FIT:
            for pk in fitting(rule.rule, ids):
                parts[pk].append((rule.name, float(rule.points)))
    with override(value_of("company.language")):
        _add_fit(parts, ids, profiles, _("Fit with the target customer"))
    _add_behaviour(parts, ids, [rule for rule in rules if rule.kind == BEHAVIOUR], at)
    rows = []
    for pk, held, reasons in Lead.objects.filter(pk__in=ids).values_list("pk", "score", "score_reasons"):
        score, why = score_of(parts.get(pk, ())) if rules or profiles else (None, [])
        told = [list(reason) for reason in why]
        if (held, reasons) != (score, told):
            rows.append((score, told, pk))
    with transaction.atomic():
        bulk.update_rows(Lead, ["score", "score_reasons"], rows)
    return len(rows)


def _add_behaviour(parts: Parts, ids: list[int], rules: Sequence[ScoreRule], at: datetime) -> None:
    if not rules:
        return
    rows = Touch.objects.filter(lead__in=ids, at__gt=at - LOOKED_BACK).values_list("lead_id", "kind", "page", "at")
    for lead_id, kind, page, moment in rows.iterator(chunk_size=BATCH):
        for rule in rules:
            if rule.event == kind and rule.page_contains in page:
                age = (at - moment).total_seconds() / 86400
                parts[lead_id].append((rule.name, decayed(rule.points, age, rule.half_life_days)))


def _profiles() -> list[list[tuple[str, int]]]:
    """Give the criteria of the target customers in use, as far as a lead can meet them: rule and weight."""
    rows = TargetCriterion.objects.filter(
        archived_at=None, weight__gt=0, profile__archived_at=None, profile__is_active=True
    )
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for profile, rule, weight in rows.order_by("pk").values_list("profile_id", "rule", "weight"):
        try:
            read_rule(rule)
        except FilterError:
            continue  # asks about something that only customers have, such as orders
        found[profile].append((rule, weight))
    return list(found.values())


def _add_fit(parts: Parts, ids: list[int], profiles: Sequence[Sequence[tuple[str, int]]], label: str) -> None:
    most = int(value_of(FIT_POINTS.key))
    best: dict[int, float] = {}
    for criteria in profiles:
        total = sum(weight for _rule, weight in criteria)
        held: dict[int, int] = defaultdict(int)
        for rule, weight in criteria:
            for pk in fitting(rule, ids):
                held[pk] += weight
        for pk, weight in held.items():
            best[pk] = max(best.get(pk, 0.0), most * weight / total)
    for pk, points in best.items():
        parts[pk].append((label, points))
