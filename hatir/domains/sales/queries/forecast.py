"""The forecast: what is expected and what was won in a period, by person, team and territory, beside the targets.

Sums are made by the database over the deals that the reader may see; rolling them up is arithmetic over a few hundred
groups. Amounts are told by currency, and converted into the company's by today's rate where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import Coalesce

from hatir.domains.catalog.queries import NoRate, convert
from hatir.domains.sales.models import BEST_CASE, COMMIT, IN_PIPELINE, MONTH, OPEN, QUARTER, WON, Deal, Quota
from hatir.domains.sales.rules import period_after
from hatir.foundation.access.queries import visible
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.staff.models import Branch, Team, User

ZERO = Decimal(0)
PERSON, TEAM, TERRITORY = "person", "team", "territory"
WHOSE = ("owner", "team", "branch")
COUNTED = (COMMIT, BEST_CASE, IN_PIPELINE)
CHANCE = Coalesce(F("probability"), F("stage__probability"))


@dataclass(frozen=True)
class Span:
    """A month or quarter: its kind, first day and the first day after it."""

    period: str
    start: date
    end: date

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @classmethod
    def of(cls, period: str, start: date) -> Span:
        return cls(period, start, period_after(start, period))


@dataclass
class Figures:
    """What stands in one line: amounts in the company's currency by kind, how many deals, and the target."""

    won: Decimal = ZERO
    won_count: int = 0
    by_category: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(COUNTED, ZERO))
    weighted: Decimal = ZERO
    open_count: int = 0
    quota: Decimal | None = None

    @property
    def expected(self) -> Decimal:
        """Give what was won and what the open deals let expect."""
        return self.won + self.weighted

    def add(self, other: Figures) -> None:
        """Take another line's sums in; targets do not add up."""
        self.won, self.won_count = self.won + other.won, self.won_count + other.won_count
        self.weighted, self.open_count = self.weighted + other.weighted, self.open_count + other.open_count
        for name, amount in other.by_category.items():
            self.by_category[name] += amount


@dataclass
class Forecast:
    """The forecast of a span: the whole, its lines (key, name) by dimension, and what is told beside it."""

    span: Span
    whole: Figures
    lines: list[tuple[int | None, str, Figures]]
    currency: str
    by_currency: dict[str, Figures]
    unknown: tuple[str, ...]
    """Currencies without a rate today; their deals are told but not in the sums."""
    late: int = 0
    undated: int = 0


class Rates:
    """Today's rates into the company's currency, each asked once."""

    def __init__(self, today: date) -> None:
        self.home, self.today = str(value_of("company.currency")), today
        self._known: dict[str, Decimal | None] = {self.home: Decimal(1)}

    def of(self, currency: str) -> Decimal | None:
        """Give what one unit is worth, or None where there is no rate."""
        if currency not in self._known:
            try:
                self._known[currency] = convert(Decimal(1), currency, self.home, on=self.today)
            except NoRate:
                self._known[currency] = None
        return self._known[currency]

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, rate in self._known.items() if rate is None))


def forecast(actor: Actor, span: Span, *, by: str, today: date, pipeline_id: int | None = None) -> Forecast:
    """Reckon the forecast of a span in one statement for what is open and one for what was won."""
    rows = visible(actor, Deal).filter(archived_at=None)
    if pipeline_id is not None:
        rows = rows.filter(pipeline=pipeline_id)
    rates, groups, by_currency = Rates(today), dict[int | None, Figures](), dict[str, Figures]()
    key_of = _key_of(by)
    for row in (*_open_groups(rows, span), *_won_groups(rows, span)):
        own = _figures(row)
        by_currency.setdefault(row["currency"], Figures()).add(own)
        rate = rates.of(row["currency"])
        groups.setdefault(key_of(row), Figures()).add(_converted(own, rate))
    whole = Figures()
    for one in groups.values():
        whole.add(one)
    whole.quota = put_quotas(actor, span, by, groups, rates)
    told = _beside(rows, span, today)
    lines = sorted(_named(by, groups), key=lambda line: (-line[2].expected, line[1]))
    return Forecast(span, whole, lines, rates.home, by_currency, rates.unknown, **told)


def _open_groups(rows: Any, span: Span) -> Iterable[dict[str, Any]]:
    open_rows = rows.filter(status=OPEN, expected_on__gte=span.start, expected_on__lt=span.end, category__in=COUNTED)
    found: Iterable[dict[str, Any]] = (
        open_rows.order_by()
        .values("owner", "team", "currency", "category")
        .annotate(n=Count("pk"), total=Sum("amount"), expected=Sum(F("amount") * CHANCE / Value(Decimal(100))))
    )
    return found


def _won_groups(rows: Any, span: Span) -> Iterable[dict[str, Any]]:
    won = rows.filter(status=WON, closed_on__gte=span.start, closed_on__lt=span.end)
    found: Iterable[dict[str, Any]] = (
        won.order_by().values("owner", "team", "currency").annotate(n=Count("pk"), total=Sum("amount"))
    )
    return found


def _figures(row: Mapping[str, Any]) -> Figures:
    total = row["total"] or ZERO
    if "category" not in row:
        return Figures(won=total, won_count=row["n"])
    found = Figures(weighted=Decimal(row["expected"] or 0), open_count=row["n"])
    found.by_category[row["category"]] = total
    return found


def _converted(own: Figures, rate: Decimal | None) -> Figures:
    if rate is None:
        return Figures(won_count=own.won_count, open_count=own.open_count)
    if rate == 1:
        return own
    amounts = {name: amount * rate for name, amount in own.by_category.items()}
    return Figures(own.won * rate, own.won_count, amounts, own.weighted * rate, own.open_count)


def _key_of(by: str) -> Any:
    if by == PERSON:
        return lambda row: row["owner"]
    if by == TEAM:
        return lambda row: row["team"]
    branches = dict(Team.objects.values_list("pk", "branch"))
    return lambda row: branches.get(row["team"])


def teams_of_branch(branch_id: int | None) -> list[int]:
    """Name the teams of a territory, or those without one."""
    return list(Team.objects.filter(branch=branch_id).order_by("pk").values_list("pk", flat=True))


def _named(by: str, groups: Mapping[int | None, Figures]) -> list[tuple[int | None, str, Figures]]:
    model: Any = {PERSON: User, TEAM: Team, TERRITORY: Branch}[by]
    names = dict(model.objects.filter(pk__in=[key for key in groups if key]).values_list("pk", "name"))
    return [(key, names.get(key, ""), figures) for key, figures in groups.items()]


def _beside(rows: Any, span: Span, today: date) -> dict[str, int]:
    """Count what the sums leave out: open deals whose expected day is over, and those without one."""
    late = Q(expected_on__lt=min(today, span.start)) if today >= span.start else Q(pk__in=())
    found = rows.filter(status=OPEN).order_by().aggregate(
        late=Count("pk", filter=late), undated=Count("pk", filter=Q(expected_on=None))
    )  # fmt: skip
    return {"late": found["late"], "undated": found["undated"]}


def put_quotas(actor: Actor, span: Span, by: str, groups: dict[int | None, Figures], rates: Rates) -> Decimal | None:
    """Put the targets that the reader may see on their lines; give the whole one.

    A quarter without targets of its own has those of its months added up. The whole target is the company's where
    there is one, else the sum of the lines'.
    """
    column = {PERSON: "owner", TEAM: "team", TERRITORY: "branch"}[by]
    rows = visible(actor, Quota).filter(archived_at=None, starts_on__gte=span.start, starts_on__lt=span.end)
    found = list(
        rows.filter(period__in=(span.period, MONTH)).values("owner", "team", "branch", "period", "amount", "currency")
    )
    mine = [
        row for row in found if row[column] and not any(row[name] for name in {"owner", "team", "branch"} - {column})
    ]
    for key in {row[column] for row in mine}:
        amount = _target([row for row in mine if row[column] == key], span, rates)
        groups.setdefault(key, Figures()).quota = amount
    company = _target([row for row in found if not (row["owner"] or row["team"] or row["branch"])], span, rates)
    if company is not None:
        return company
    targets = [one.quota for one in groups.values() if one.quota is not None]
    return sum(targets, ZERO) if targets else None


def _target(rows: Iterable[Mapping[str, Any]], span: Span, rates: Rates) -> Decimal | None:
    own = [row for row in rows if row["period"] == span.period] or [row for row in rows if span.period == QUARTER]
    amounts = [row["amount"] * rate for row in own if (rate := rates.of(row["currency"])) is not None]
    return sum(amounts, ZERO) if amounts else None
