"""Reports on what was sold: by person, product, segment, channel and region, conversion, losses, cohorts, promises.

All sums are made by the database over what the reader may see, in a few statements; amounts are in the company's
currency by today's rate, and a currency without one is left out and named by `unknown` of the rates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, Sum
from django.db.models.functions import TruncMonth

from hatir.domains.catalog.models import Product
from hatir.domains.commerce.models import Order
from hatir.domains.customers.models import Segment
from hatir.domains.planning.models import DONE, Task
from hatir.domains.sales.models import LOST, OPEN, WON, Competitor, Deal, LossReason, Stage, StageStay
from hatir.domains.sales.queries.forecast import Rates, Span
from hatir.domains.sales.rules import Rate, period_after
from hatir.foundation.access.queries import may, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.staff.models import Team, User

ZERO = Decimal(0)
DIMENSIONS: Mapping[str, str] = {
    "person": "owner", "team": "team", "product": "product", "segment": "customer__segments",
    "industry": "customer__industry", "channel": "source", "region": "customer__region",
    "competitor": "lost_to", "reason": "loss_reason",
}  # fmt: skip
NAMED: Mapping[str, type[Any]] = {
    "person": User, "team": Team, "product": Product, "segment": Segment, "competitor": Competitor,
    "reason": LossReason,
}  # fmt: skip
COHORTS = 12
COUNTED = ("confirmed", "partly_shipped", "shipped", "delivered", "returned")
TOOK = ExpressionWrapper(F("closed_on") - F("opened_on"), output_field=DurationField())


@dataclass
class Decided:
    """Decided deals of one line in a period: how many were won and lost, for how much, and how long won ones took."""

    won: int = 0
    lost: int = 0
    revenue: Decimal = ZERO
    lost_amount: Decimal = ZERO
    days: int = 0
    timed: int = 0

    @property
    def rate(self) -> Rate:
        return Rate(self.won, self.won + self.lost)

    @property
    def average(self) -> Decimal | None:
        """Give the average size of a won deal."""
        return self.revenue / self.won if self.won else None

    @property
    def cycle(self) -> int | None:
        """Give the days from opening to winning, on average."""
        return round(self.days / self.timed) if self.timed else None

    def add(self, other: Decided) -> None:
        """Take another line's counts in."""
        for name in ("won", "lost", "revenue", "lost_amount", "days", "timed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Line:
    """One line of a report: its key and name, this period and the one before."""

    key: Any
    name: str
    now: Decided = field(default_factory=Decided)
    before: Decided = field(default_factory=Decided)
    activities: int = 0


def decided_by(actor: Actor, span: Span, dimension: str, *, rates: Rates) -> list[Line]:
    """Give won and lost deals of a period and of the one before along a dimension, the largest revenue first."""
    path, before = DIMENSIONS[dimension], period_after(span.start, span.period, -1)
    rows = visible(actor, Deal).filter(
        archived_at=None, status__in=(WON, LOST), closed_on__gte=before, closed_on__lt=span.end
    )
    if dimension in ("competitor", "reason"):
        rows = rows.exclude(**{path: None})
    is_now = Q(closed_on__gte=span.start)
    timed = Q(status=WON, opened_on__isnull=False)
    grouped = rows.order_by().values(path, "currency", "status").annotate(
        n=Count("pk", filter=is_now), n_before=Count("pk", filter=~is_now),
        total=Sum("amount", filter=is_now), total_before=Sum("amount", filter=~is_now),
        took=Sum(TOOK, filter=is_now & timed), timed=Count("pk", filter=is_now & timed),
        took_before=Sum(TOOK, filter=~is_now & timed), timed_before=Count("pk", filter=~is_now & timed),
    )  # fmt: skip
    lines: dict[Any, Line] = {}
    for row in grouped:
        key = row[path] or None
        line, rate = lines.setdefault(key, Line(key, "")), rates.of(row["currency"])
        line.now.add(_decided(row, "", rate))
        line.before.add(_decided(row, "_before", rate))
    _put_names(dimension, lines)
    if dimension == "person":
        _put_activities(actor, span, lines)
    return sorted(lines.values(), key=lambda line: (-line.now.revenue, -line.now.won, line.name))


def _decided(row: Mapping[str, Any], when: str, rate: Decimal | None) -> Decided:
    count, amount = row[f"n{when}"], (row[f"total{when}"] or ZERO) * (rate or ZERO)
    if row["status"] == LOST:
        return Decided(lost=count, lost_amount=amount)
    took: timedelta = row[f"took{when}"] or timedelta(0)
    return Decided(won=count, revenue=amount, days=took.days, timed=row[f"timed{when}"])


def _put_names(dimension: str, lines: Mapping[Any, Line]) -> None:
    model = NAMED.get(dimension)
    keys = [key for key in lines if key is not None]
    names = dict(model.objects.filter(pk__in=keys).values_list("pk", "name")) if model is not None else {}
    for key, line in lines.items():
        line.name = str(names.get(key, key if key is not None and model is None else "") or "")


def _put_activities(actor: Actor, span: Span, lines: dict[Any, Line]) -> None:
    """Count what people completed in the period; who only worked and decided nothing has a line too."""
    if not may(actor, "view", Task):
        return
    done = visible(actor, Task).filter(
        status=DONE, archived_at=None, done_at__date__gte=span.start, done_at__date__lt=span.end, owner__isnull=False
    )
    counts = dict(done.order_by().values_list("owner").annotate(n=Count("pk")))
    names = dict(User.objects.filter(pk__in=set(counts) - set(lines)).values_list("pk", "name"))
    for owner, count in counts.items():
        lines.setdefault(owner, Line(owner, names.get(owner, ""))).activities = count


# --- conversion ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passed:
    """Deals that entered a stage in a period: how many, how many went on or were won since, and were won."""

    stage: Stage
    entered: Rate
    won: Rate


def conversion_by_stage(actor: Actor, span: Span) -> list[Passed]:
    """Say of the deals that entered each open stage in a period how many went further, and how many were won."""
    stays = StageStay.objects.filter(entered_at__date__gte=span.start, entered_at__date__lt=span.end)
    deals = visible(actor, Deal).filter(archived_at=None)
    stays = stays.filter(stage__kind=OPEN, deal__in=deals.values("pk"))
    further = Q(deal__status=WON) | Q(left_at__isnull=False, deal__stage__position__gt=F("stage__position")) & ~Q(
        deal__status=LOST
    )
    grouped = stays.order_by().values("stage").annotate(
        n=Count("deal", distinct=True),
        on=Count("deal", distinct=True, filter=further),
        won=Count("deal", distinct=True, filter=Q(deal__status=WON)),
    )  # fmt: skip
    found = {row["stage"]: row for row in grouped}
    stages = Stage.objects.filter(pk__in=found).select_related("pipeline").order_by("pipeline__position", "position")
    return [
        Passed(
            stage,
            Rate(found[stage.pk]["on"], found[stage.pk]["n"]),
            Rate(found[stage.pk]["won"], found[stage.pk]["n"]),
        )
        for stage in stages
    ]


# --- orders ----------------------------------------------------------------------------------------


@dataclass
class Cohort:
    """Customers who bought first in a month: how many, and what they ordered in each month since."""

    month: date
    customers: int
    revenue: list[Decimal]


def cohorts(actor: Actor, *, today: date, rates: Rates) -> list[Cohort]:
    """Give the revenue of the last twelve months of first purchase over the months that followed."""
    first_month = period_after(today.replace(day=1), "month", 1 - COHORTS)
    orders = visible(actor, Order).filter(archived_at=None, status__in=COUNTED)
    first = orders.order_by().values("customer").annotate(first=Min("ordered_on")).filter(first__gte=first_month)
    began = {row["customer"]: row["first"].replace(day=1) for row in first}
    found: dict[date, Cohort] = {}
    for month in began.values():
        found.setdefault(month, Cohort(month, 0, [ZERO] * (_months(month, today) + 1))).customers += 1
    monthly = (
        orders.filter(ordered_on__gte=first_month)
        .order_by()
        .annotate(month=TruncMonth("ordered_on"))
        .values("customer", "month", "currency")
        .annotate(total=Sum("net"))
    )
    for row in monthly.iterator(chunk_size=5000):
        month, rate = began.get(row["customer"]), rates.of(row["currency"])
        at = _months(month, row["month"]) if month is not None else -1
        if month is not None and rate is not None and 0 <= at < len(found[month].revenue):
            found[month].revenue[at] += row["total"] * rate
    return [found[month] for month in sorted(found)]


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


@dataclass(frozen=True)
class Promises:
    """Orders promised for a month: kept, broken, and still to be seen."""

    month: date
    kept: int
    broken: int
    waiting: int

    @property
    def rate(self) -> Rate:
        return Rate(self.kept, self.kept + self.broken)


def promises(actor: Actor, *, today: date, months: int = COHORTS) -> list[Promises]:
    """Say of the last months how many promised days were kept."""
    since = period_after(today.replace(day=1), "month", 1 - months)
    until = period_after(today.replace(day=1), "month", 1)
    rows = visible(actor, Order).filter(archived_at=None, promised_on__gte=since, promised_on__lt=until)
    counted: dict[date, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    by_day = rows.order_by().values("promised_on", "is_promise_kept").annotate(n=Count("pk"))
    for row in by_day:
        counted[row["promised_on"].replace(day=1)][row["is_promise_kept"]] += row["n"]
    return [
        Promises(month, found.get(True, 0), found.get(False, 0), found.get(None, 0))
        for month, found in sorted(counted.items())
    ]
