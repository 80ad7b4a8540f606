"""What the board shows: sums of its lanes, a page of cards for each, and how the pipeline did lately."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils import timezone

from hatir.domains.customers.models import CustomerTag
from hatir.domains.sales.models import HELD, LOST, OPEN, WON, Deal, Stage
from hatir.domains.sales.rules import Rate, weighted
from hatir.foundation.access.queries import asked_sorts, scope_condition, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.querying import Page, page_of
from hatir.foundation.records.registry import record_type, type_of_model
from hatir.foundation.savedviews.lists import ListQuery, rows_of
from hatir.kit.periods import midnight

LANE = 12
"""So many cards of a lane come at once: more than a desk shows; the further ones come when one scrolls there."""
LATELY_DAYS = 90
SORT = "expected_on"


@dataclass
class LaneSums:
    """What stands in a lane: how many, and amounts by currency, plain and weighted."""

    count: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    weighted: dict[str, Decimal] = field(default_factory=dict)
    late: int = 0
    without_step: int = 0

    def add(self, other: LaneSums) -> None:
        """Take another lane's sums in."""
        self.count, self.late = self.count + other.count, self.late + other.late
        self.without_step += other.without_step
        for mine, others in ((self.amounts, other.amounts), (self.weighted, other.weighted)):
            for currency, amount in others.items():
                mine[currency] = mine.get(currency, Decimal(0)) + amount


@dataclass(frozen=True)
class Lately:
    """How a pipeline did in the last ninety days, and in the ninety before: share won, and days from open to close."""

    won: Rate
    won_before: Rate
    days: int | None
    days_before: int | None


def found_rows(actor: Actor, query: ListQuery) -> QuerySet[Deal]:
    """Give the deals that fit a filter, of all pipelines. Raises FilterError."""
    rows: QuerySet[Deal] = rows_of(actor, type_of_model(Deal), query)
    return rows


def sums_by_stage(
    rows: QuerySet[Deal], pipeline_id: int, stages: Mapping[int, Stage], at: datetime
) -> dict[int, LaneSums]:
    """Sum a pipeline's open deals by stage, in one statement that an index answers alone (it holds no ids to count)."""
    today = midnight(timezone.localdate(at), timezone.get_current_timezone())
    still_open = rows.filter(pipeline=pipeline_id, status=OPEN).order_by()
    grouped = still_open.values("stage", "currency", "probability").annotate(
        n=Count("status"),
        total=Sum("amount"),
        late=Count("status", filter=Q(next_step_at__lt=today)),
        stepless=Count("status", filter=Q(next_step_at=None)),
    )  # fmt: skip
    found: dict[int, LaneSums] = {}
    for row in grouped:
        stage = stages.get(row["stage"])
        own = row["probability"]
        chance = (stage.probability if stage else 0) if own is None else own
        total, currency = row["total"] or Decimal(0), row["currency"]
        part = LaneSums(row["n"], {currency: total}, {currency: weighted(total, chance)}, row["late"], row["stepless"])
        found.setdefault(row["stage"], LaneSums()).add(part)
    return found


def sum_of(lanes: Iterable[LaneSums]) -> LaneSums:
    """Add lanes up."""
    whole = LaneSums()
    for lane in lanes:
        whole.add(lane)
    return whole


def cards_of(actor: Actor, rows: QuerySet[Deal], stage_id: int, *, sort: str = "", cursor: str = "") -> Page:
    """Read one page of a lane, the soonest expected first.

    The stage says which pipeline it is: with `rows` that say so too PostgreSQL expects few and sorts the whole lane.
    """
    rt = type_of_model(Deal)
    sorts = asked_sorts(actor, rt, sort or SORT)
    lane = rows.filter(stage=stage_id, status=OPEN).select_related("customer", "owner").defer("need", "custom")
    return page_of(lane, rt, sorts, size=LANE, cursor=cursor)


def one_card(actor: Actor, deal_id: int) -> Deal | None:
    """Read the deal of a single card."""
    rows = visible(actor, Deal).filter(pk=deal_id).select_related("customer", "owner", "stage", "pipeline")
    return rows.first()


def hidden_customers(actor: Actor, deals: Sequence[Deal]) -> frozenset[int]:
    """Name the customers on these cards whom the actor may not see."""
    target = record_type("customers.customer")
    ids = {deal.customer_id for deal in deals if deal.customer_id}
    if not ids or scope_condition(actor, target) is None:
        return frozenset()
    return frozenset(ids - set(visible(actor, target).filter(pk__in=ids).values_list("pk", flat=True)))


def first_tags(customer_ids: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Give one tag (name, colour) of each of these customers."""
    rows = CustomerTag.objects.filter(customer__in=set(customer_ids), tag__archived_at=None).order_by("-pk")
    return {pk: (name, hue) for pk, name, hue in rows.values_list("customer", "tag__name", "tag__hue")}


def lately(actor: Actor, pipeline_id: int, today: date) -> Lately:
    """Say how many of the decided deals were won and how long they took, now and a quarter before."""
    since, before = today - timedelta(days=LATELY_DAYS), today - timedelta(days=2 * LATELY_DAYS)
    rows = visible(actor, Deal).filter(
        archived_at=None, pipeline=pipeline_id, status__in=(WON, LOST), closed_on__gt=before, closed_on__lte=today
    )
    took = ExpressionWrapper(F("closed_on") - F("opened_on"), output_field=DurationField())
    now, won = Q(closed_on__gt=since), Q(status=WON)
    found = rows.order_by().aggregate(
        now=Count("status", filter=now),
        now_won=Count("status", filter=now & won),
        before=Count("status", filter=~now),
        before_won=Count("status", filter=~now & won),
        days=Avg(took, filter=now & won),
        days_before=Avg(took, filter=~now & won),
    )
    return Lately(
        Rate(found["now_won"], found["now"]),
        Rate(found["before_won"], found["before"]),
        _days(found["days"]),
        _days(found["days_before"]),
    )


def _days(took: Any) -> int | None:
    return None if took is None else round(took.total_seconds() / 86400)


def held_count(actor: Actor, pipeline_id: int) -> int:
    """Count the deals of a pipeline that are on hold."""
    return visible(actor, Deal).filter(pipeline=pipeline_id, status=HELD, archived_at=None).count()
