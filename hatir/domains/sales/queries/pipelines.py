"""Questions about pipelines and stages."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.sales.models import OPEN, Deal, Pipeline, Stage
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.filtering import compile_tree, relation_schema, whole_company, with_steps
from hatir.foundation.records.registry import fields_of, type_of_model
from hatir.kit.filters.parse import parse
from hatir.kit.filters.schema import FilterError
from hatir.kit.filters.text import parse_text
from hatir.kit.filters.tree import All, Node
from hatir.kit.filters.values import FilterContext, resolve


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


def read_condition(text: str) -> Node:
    """Read a condition on deals: the text form, or filter JSON as text. Raises FilterError."""
    return read_rule(text, type_of_model(Deal))


def read_rule(text: str, rt: Any) -> Node:
    """Read a rule of the company on records of a type. Raises FilterError."""
    schema = with_steps(rt)
    if text.lstrip().startswith("{"):
        try:
            return parse(json.loads(text), schema, relation_schema)
        except json.JSONDecodeError:
            raise FilterError(_("This filter cannot be read.")) from None
    return parse_text(text, schema, relation_schema)


def condition_of(text: str, rt: Any) -> Q:
    """Compile a rule of the company, as it holds now; an empty one is true of all. Raises FilterError."""
    if not text.strip():
        return Q()
    context = FilterContext(at=timezone.now(), zone=timezone.get_current_timezone())
    return compile_tree(resolve(read_rule(text, rt), context), rt, see=whole_company)


def is_empty_rule(tree: Node) -> bool:
    """Tell whether a rule asks nothing."""
    return tree == All(())


def outside(text: str, ids: Sequence[int]) -> set[int]:
    """Name the deals among these that do not fit a condition."""
    fitting = Deal.objects.filter(pk__in=ids).filter(condition_of(text, type_of_model(Deal)))
    return set(ids) - set(fitting.values_list("pk", flat=True))


def needed_of(stage: Stage) -> list[str]:
    """List the fields of a deal that a stage asks for; names that are no fields are left out."""
    known = fields_of(type_of_model(Deal))
    return [name for line in stage.needed_fields.splitlines() if (name := line.strip()) in known]


def stage_or_not_found(actor: Actor, stage_id: int) -> Stage:
    """Fetch a live stage. Raises NotFoundHere."""
    found = visible(actor, Stage).filter(pk=stage_id, archived_at=None).select_related("pipeline").first()
    if found is None:
        raise NotFoundHere(str(stage_id))
    return found  # type: ignore[no-any-return]
