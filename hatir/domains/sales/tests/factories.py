"""Pipelines and deals for the room's tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hatir.domains.sales import actions
from hatir.domains.sales.models import Deal, DealApproval, Pipeline, Stage
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.registry import record_type
from tests.world.cast import Cast

SYSTEM = system_actor("test")
STAGES = (
    ("Yeni", "open", 10, 14),
    ("Teklif", "open", 65, 10),
    ("Pazarlık", "open", 80, None),
    ("Kazanıldı", "won", 100, None),
    ("Kaybedildi", "lost", 0, None),
)


def make_pipeline(called: str = "Kurumsal") -> dict[str, Stage]:
    """Make a pipeline of five stages; give them by name."""
    pipeline: Pipeline = generic.create(record_type("sales.pipeline"), [{"name": called}], actor=SYSTEM)[0]
    rows = [
        {
            "pipeline": pipeline.pk,
            "name": name,
            "kind": kind,
            "probability": chance,
            "stale_days": stale,
            "position": at,
        }
        for at, (name, kind, chance, stale) in enumerate(STAGES)
    ]
    return {stage.name: stage for stage in actions.create_stages(rows, actor=SYSTEM)}


def make_deal(name: str = "Otel lobisi", *, stage: Stage | None = None, actor: Any = SYSTEM, **values: Any) -> Deal:
    """Open a deal of 1,000 lira."""
    row = {"name": name, "amount": Decimal(1000), **({"stage": stage.pk} if stage else {}), **values}
    return actions.create_deals([row], actor=actor)[0]


def close(stage: Stage, **values: Any) -> None:
    values = {"approval_by": "lead", **values}
    stage = Stage.objects.get(pk=stage.pk)
    actions.update_stages([(stage, values)], actor=SYSTEM)


def big(cast: Cast, stages: dict[str, Stage], at: str = "Teklif", amount: int = 9000, **values: Any) -> Deal:
    """Open a deal of Ayşe above the limit."""
    row = {"owner": cast.ayse.user.pk, "team": cast.shop.pk, "amount": Decimal(amount), **values}
    return make_deal(stage=stages[at], **row)


def asked_for(cast: Cast, stages: dict[str, Stage], **values: Any) -> DealApproval:
    return actions.ask_approval(big(cast, stages, **values), stages["Pazarlık"], actor=cast.ayse.actor)


def now(deal: Deal) -> str:
    return Deal.objects.get(pk=deal.pk).stage.name


def states(deal: Deal) -> list[str]:
    return list(DealApproval.objects.filter(deal=deal).order_by("pk").values_list("state", flat=True))
