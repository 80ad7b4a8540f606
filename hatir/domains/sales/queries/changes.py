"""What became of the forecast since a snapshot, and how true forecasts were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from hatir.domains.sales.models import COMMIT, LOST, OPEN, WON, Deal, ForecastSnapshot, SnapshotRow
from hatir.domains.sales.queries.forecast import Rates, Span
from hatir.domains.sales.rules import period_after
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor

NEW, MOVED_IN, GREW, SHRANK, SLIPPED = "new", "moved_in", "grew", "shrank", "slipped"
KINDS = (WON, LOST, SLIPPED, SHRANK, GREW, MOVED_IN, NEW)
MOST_LISTED = 200
PAST = 6
ZERO = Decimal(0)


@dataclass(frozen=True)
class Change:
    """How many deals changed in one way, and what that did to the forecast, in the company's currency."""

    kind: str
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Moved:
    """One deal that changed: as it was in the snapshot (None: not there) and as it is."""

    deal: Deal
    was_amount: Decimal | None
    was_expected_on: date | None


@dataclass(frozen=True)
class Accuracy:
    """What was forecast at the beginning of a past period, and what came; None where no snapshot was taken then."""

    span: Span
    taken_on: date | None
    weighted: Decimal | None
    committed: Decimal | None
    won: Decimal


def snapshots(most: int = 30) -> list[ForecastSnapshot]:
    """List the newest snapshots."""
    return list(ForecastSnapshot.objects.order_by("-taken_on")[:most])


def snapshot_before(day: date) -> ForecastSnapshot | None:
    """Give the newest snapshot taken on or before a day."""
    return ForecastSnapshot.objects.filter(taken_on__lte=day).order_by("-taken_on").first()


def _kind_of(span: Span) -> Case:
    """Say in which way a row of a snapshot differs from its deal now; the first that holds."""
    was_in = Q(expected_on__gte=span.start, expected_on__lt=span.end)
    is_in = Q(deal__expected_on__gte=span.start, deal__expected_on__lt=span.end)
    return Case(
        When(was_in & Q(deal__status=WON), then=Value(WON)),
        When(was_in & (Q(deal__status=LOST) | Q(deal__archived_at__isnull=False)), then=Value(LOST)),
        When(was_in & Q(deal__status=OPEN) & (Q(deal__expected_on__gte=span.end) | Q(deal__expected_on=None)),
             then=Value(SLIPPED)),
        When(is_in & ~was_in & Q(deal__status=OPEN), then=Value(MOVED_IN)),
        When(is_in & Q(deal__status=OPEN) & Q(deal__amount__gt=Coalesce(F("amount"), ZERO)), then=Value(GREW)),
        When(is_in & Q(deal__status=OPEN) & Q(amount__gt=Coalesce(F("deal__amount"), ZERO)), then=Value(SHRANK)),
        default=Value(""),
        output_field=CharField(),
    )  # fmt: skip


def _rows(actor: Actor, snapshot: ForecastSnapshot, span: Span) -> Any:
    """Give the rows of a snapshot whose deals the reader may see, each with its `kind`."""
    deals = visible(actor, Deal)
    rows = SnapshotRow.objects.filter(snapshot=snapshot)
    if deals.query.where:
        rows = rows.filter(deal__in=deals.values("pk"))
    near = Q(expected_on__gte=span.start, expected_on__lt=span.end) | Q(
        deal__expected_on__gte=span.start, deal__expected_on__lt=span.end
    )
    return rows.filter(near).annotate(kind=_kind_of(span)).exclude(kind="")


def _new(actor: Actor, snapshot: ForecastSnapshot, span: Span) -> Any:
    held = SnapshotRow.objects.filter(snapshot=snapshot, deal=OuterRef("pk"))
    rows = visible(actor, Deal).filter(
        status=OPEN, archived_at=None, expected_on__gte=span.start, expected_on__lt=span.end
    )  # fmt: skip
    return rows.filter(~Exists(held))


def changes(actor: Actor, snapshot: ForecastSnapshot, span: Span, *, today: date) -> list[Change]:
    """Sum up what changed since a snapshot; two statements."""
    rates = Rates(today)
    found: dict[str, tuple[int, Decimal]] = {}
    grouped = _rows(actor, snapshot, span).order_by().values("kind", "currency").annotate(
        n=Count("pk"), was=Sum("amount"), now=Sum("deal__amount")
    )  # fmt: skip
    for row in grouped:
        _add(found, row["kind"], row["n"], _effect(row), rates.of(row["currency"]))
    for row in _new(actor, snapshot, span).order_by().values("currency").annotate(n=Count("pk"), now=Sum("amount")):
        _add(found, NEW, row["n"], row["now"] or ZERO, rates.of(row["currency"]))
    return [Change(kind, *found[kind]) for kind in KINDS if kind in found]


def _effect(row: dict[str, Any]) -> Decimal:
    was, now = row["was"] or ZERO, row["now"] or ZERO
    if row["kind"] in (LOST, SLIPPED):
        return Decimal(-was)
    return Decimal(now - was) if row["kind"] in (GREW, SHRANK) else Decimal(now)


def _add(found: dict[str, tuple[int, Decimal]], kind: str, count: int, amount: Decimal, rate: Decimal | None) -> None:
    known = found.get(kind, (0, ZERO))
    found[kind] = (known[0] + count, known[1] + (amount * rate if rate is not None else ZERO))


def changed_deals(actor: Actor, snapshot: ForecastSnapshot, span: Span, kind: str) -> list[Moved]:
    """List the deals that changed in one way, the largest first."""
    if kind == NEW:
        rows = _new(actor, snapshot, span).select_related("customer", "owner", "stage").order_by("-amount", "pk")
        return [Moved(deal, None, None) for deal in rows[:MOST_LISTED]]
    found = _rows(actor, snapshot, span).filter(kind=kind).order_by("-amount", "pk")
    held: Sequence[SnapshotRow] = list(
        found.select_related("deal__customer", "deal__owner", "deal__stage")[:MOST_LISTED]
    )
    return [Moved(row.deal, row.amount, row.expected_on) for row in held]


def accuracy(actor: Actor, span: Span, *, today: date) -> list[Accuracy]:
    """Compare the forecasts at the beginning of the periods before with what was won, the newest first."""
    found, rates = [], Rates(today)
    for back in range(1, PAST + 1):
        past = Span.of(span.period, _before(span, back))
        snapshot = ForecastSnapshot.objects.filter(taken_on__gte=past.start, taken_on__lt=past.end).order_by("taken_on")
        taken = snapshot.first()
        weighted = committed = None
        if taken is not None:
            weighted, committed = _forecast_then(actor, taken, past, rates)
        found.append(Accuracy(past, taken.taken_on if taken else None, weighted, committed, _won(actor, past, rates)))
    return found


def _before(span: Span, count: int) -> date:
    return period_after(span.start, span.period, -count)


def _forecast_then(actor: Actor, taken: ForecastSnapshot, past: Span, rates: Rates) -> tuple[Decimal, Decimal]:
    rows = SnapshotRow.objects.filter(snapshot=taken, expected_on__gte=past.start, expected_on__lt=past.end)
    deals = visible(actor, Deal)
    if deals.query.where:
        rows = rows.filter(deal__in=deals.values("pk"))
    weighted = committed = ZERO
    for row in (
        rows.order_by()
        .values("currency")
        .annotate(
            expected=Sum(F("amount") * F("chance") / Value(Decimal(100))), sure=Sum("amount", filter=Q(category=COMMIT))
        )
    ):
        rate = rates.of(row["currency"]) or ZERO
        weighted += Decimal(row["expected"] or 0) * rate
        committed += (row["sure"] or ZERO) * rate
    # What was won before the snapshot of the period was taken was certain by then.
    early = _won(actor, Span(past.period, past.start, taken.taken_on), rates)
    return weighted + early, committed + early


def _won(actor: Actor, past: Span, rates: Rates) -> Decimal:
    rows = visible(actor, Deal).filter(
        status=WON, archived_at=None, closed_on__gte=past.start, closed_on__lt=past.end
    )  # fmt: skip
    sums = rows.order_by().values("currency").annotate(total=Sum("amount"))
    return sum(((row["total"] or ZERO) * (rates.of(row["currency"]) or ZERO) for row in sums), ZERO)
