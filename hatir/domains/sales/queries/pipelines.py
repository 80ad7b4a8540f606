"""Questions about pipelines and stages."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Q

from hatir.domains.sales.models import OPEN, Deal, Pipeline, Stage
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.conditions import condition_of, fields_named
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.registry import type_of_model


def pipelines(actor: Actor) -> list[Pipeline]:
    """List the pipelines in their order."""
    return list(visible(actor, Pipeline).filter(archived_at=None).order_by("position", "pk"))


def stages_of(actor: Actor, pipeline_id: int) -> list[Stage]:
    """List a pipeline's stages in their order; archived ones only while deals stand in them, so that none is lost."""
    rows = visible(actor, Stage).filter(pipeline=pipeline_id)
    held = Deal.objects.filter(pipeline=pipeline_id, archived_at=None, stage__archived_at__isnull=False)
    kept = Q(archived_at=None) | Q(pk__in=held.values("stage"))
    return list(rows.filter(kept).order_by("position", "pk"))


def stages_by_id(ids: Collection[int]) -> dict[int, Stage]:
    """Give stages by id, for the house's own reckoning."""
    return Stage.objects.select_related("pipeline").in_bulk(list(ids))


def first_stage(pipeline_id: int | None = None, kind: str = OPEN) -> Stage | None:
    """Give the first stage of a kind in a pipeline, or in the first pipeline; None where there is none."""
    rows = Stage.objects.filter(kind=kind, archived_at=None, pipeline__archived_at=None)
    if pipeline_id is not None:
        rows = rows.filter(pipeline=pipeline_id)
    return rows.order_by("pipeline__position", "pipeline", "position", "pk").first()


def outside(text: str, ids: Sequence[int]) -> set[int]:
    """Name the deals among these that do not fit a condition."""
    fitting = Deal.objects.filter(pk__in=ids).filter(condition_of(text, type_of_model(Deal)))
    return set(ids) - set(fitting.values_list("pk", flat=True))


def needed_of(stage: Stage) -> list[str]:
    """List the fields of a deal that a stage asks for; names that are no fields are left out."""
    return [spec.name for spec in fields_named(stage.needed_fields, type_of_model(Deal))]


def stage_or_not_found(actor: Actor, stage_id: int) -> Stage:
    """Fetch a live stage. Raises NotFoundHere."""
    found = visible(actor, Stage).filter(pk=stage_id, archived_at=None).select_related("pipeline").first()
    if found is None:
        raise NotFoundHere(str(stage_id))
    return found  # type: ignore[no-any-return]
