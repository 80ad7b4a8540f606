"""The verbs of pipelines and stages: rules are judged before they are kept, no stage goes with deals in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from hatir.domains.planning.models import CALL, MEETING, VISIT
from hatir.domains.sales.models import BY_PEOPLE, BY_ROLE, LOST, OPEN, WON, Deal, LossReason, Pipeline, Stage
from hatir.domains.sales.queries.pipelines import first_stage
from hatir.domains.sales.rules import kind_of_words
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import actions as generic
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import fields_of, type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.foundation.records.snapshot import value_of as value_of_field
from hatir.kit.text_tr import fold

ReadyStage = tuple[str, str, int, int | None, str, str, str, int]
OF_STAGE = ("name", "kind", "probability", "stale_days", "code", "next_kind", "next_title", "next_days")


def _ready_stages() -> list[ReadyStage]:
    """Give the stages of a ready pipeline, each with the values of OF_STAGE."""
    return [
        (_("New"), OPEN, 10, 14, "prospecting", CALL, _("Call and get to know the need"), 1),
        (_("Qualified"), OPEN, 25, 14, "engaging", MEETING, _("Agree on a meeting"), 2),
        (_("Discovery"), OPEN, 40, 21, "discovery", VISIT, _("Visit and look at the need on site"), 3),
        (_("Proposal"), OPEN, 65, 14, "proposal", CALL, _("Call about the proposal"), 3),
        (_("Negotiation"), OPEN, 80, 10, "negotiation", CALL, _("Call for the decision"), 2),
        (_("Won"), WON, 100, None, "won", "", "", 2),
        (pgettext("deal", "Lost"), LOST, 0, None, "lost", "", "", 2),
    ]


def _ready_reason_names() -> list[str]:
    return [
        _("Too expensive"), _("Chose a competitor"), _("No budget"), _("Bad timing"), _("No answer"),
        _("Did not fit the need"),
    ]  # fmt: skip


def create_stages(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Stage]:
    """Make stages; one without a pipeline goes to the first one. Raises Invalid with the row's position."""
    rt = type_of_model(Stage)
    records: list[Stage] = []
    for row in rows:
        record: Stage = blank(rt)
        put_all(rt, record, row)
        if not record.pipeline_id:
            record.pipeline_id = _first_pipeline(actor).pk
        if "kind" not in row:
            record.kind = kind_of_words(fold(record.name)) or OPEN
        if "position" not in row:
            record.position = Stage.objects.filter(pipeline=record.pipeline_id).count() + len(records)
        if "probability" not in row:
            record.probability = {WON: 100, LOST: 0}.get(record.kind, 20)
        records.append(record)
    _judge(records)
    return writing.save_many(records, actor=actor)


def update_stages(
    pairs: Sequence[tuple[Stage, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Stage]:
    """Change stages. Raises Invalid; the kind and the pipeline are fixed while deals stand in a stage."""
    rt = type_of_model(Stage)
    wrong: dict[int, dict[str, list[str]]] = {}
    for at, (record, values) in enumerate(pairs):
        was = (record.pipeline_id, record.kind)
        put_all(rt, record, values)
        if (record.pipeline_id, record.kind) != was and Deal.objects.filter(stage=record.pk).exists():
            name = "kind" if record.kind != was[1] else "pipeline"
            wrong[at] = {name: [_("Deals stand in this stage; move them first.")]}
    if wrong:
        raise Invalid(rows=wrong)
    records = [record for record, _values in pairs]
    _judge(records)
    return writing.save_many(records, actor=actor, expected_version=expected_version)


def _judge(records: Sequence[Stage]) -> None:
    """Say what is wrong with stages; the door judges their conditions. Raises Invalid naming each row."""
    people = fields_of(type_of_model(Stage))["approvers"]
    wrong: dict[int, dict[str, list[str]]] = {}
    for at, record in enumerate(records):
        errors: dict[str, list[str]] = {}
        if record.probability > 100:
            errors["probability"] = [_("Give a number from 0 to 100.")]
        if record.approval_by == BY_ROLE and not record.approval_role_id:
            errors["approval_role"] = [_("Choose the role.")]
        if record.approval_by == BY_PEOPLE and not value_of_field(people, record):
            errors["approvers"] = [_("Choose who approves.")]
        if errors:
            wrong[at] = errors
    if wrong:
        raise Invalid(rows=wrong)


def keep_stages_with_deals(stages: Sequence[Stage], actor: Actor) -> None:
    """Refuse to archive stages in which live deals stand. Raises Invalid."""
    ids = [stage.pk for stage in stages]
    standing = Deal.objects.filter(stage__in=ids, archived_at=None)
    counts = dict(standing.values_list("stage").annotate(n=Count("pk")))
    for stage in stages:
        if stage.pk in counts:
            text = ngettext(
                "%(count)d deal stands in “%(stage)s”. Move it to another stage first.",
                "%(count)d deals stand in “%(stage)s”. Move them to another stage first.",
                counts[stage.pk],
            )
            raise Invalid({"": [text % {"count": counts[stage.pk], "stage": stage.name}]})


def ready_pipeline(*, actor: Actor) -> Pipeline:
    """Make the pipeline that every company can begin with, and reasons for losing, in the company's language."""
    with transaction.atomic(), override(value_of("company.language")):
        pipeline: Pipeline = generic.create(type_of_model(Pipeline), [{"name": _("Sales")}], actor=actor)[0]
        rows = [
            {"pipeline": pipeline.pk, "position": at, **dict(zip(OF_STAGE, stage, strict=True))}
            for at, stage in enumerate(_ready_stages())
        ]
        create_stages(rows, actor=actor)
        _ready_reasons(actor)
    return pipeline


def _ready_reasons(actor: Actor) -> None:
    held = set(LossReason.objects.values_list("name", flat=True))
    rows = [{"name": name} for name in _ready_reason_names() if name not in held]
    generic.create(type_of_model(LossReason), rows, actor=actor)


def _first_pipeline(actor: Actor) -> Pipeline:
    found = Pipeline.objects.filter(archived_at=None).order_by("position", "pk").first()
    if found is not None:
        return found
    with override(value_of("company.language")):
        return generic.create(type_of_model(Pipeline), [{"name": _("Sales")}], actor=actor)[0]  # type: ignore[no-any-return]


def beginning() -> Stage:
    """Give the stage in which deals begin; a company without a pipeline gets the ready one."""
    found = first_stage()
    if found is None:
        ready_pipeline(actor=system_actor("sales"))
        found = first_stage()
    if found is None:
        raise Invalid({"stage": [_("No pipeline has an open stage.")]})
    return found
