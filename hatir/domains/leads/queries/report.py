"""What the report on leads shows: how many came from where, what became of them, how soon they were answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from hatir.domains.customers.models import Customer
from hatir.domains.leads.models import Lead, LeadStep, Touch
from hatir.domains.leads.queries.calendar import working_calendar
from hatir.domains.leads.queries.leads import live_leads
from hatir.domains.leads.rules import CONVERTED, OPEN, attributed
from hatir.domains.sales.models import WON, Deal
from hatir.domains.sales.queries import Rates
from hatir.foundation.access.queries import may, visible
from hatir.foundation.records.actor import Actor
from hatir.kit.money import round_money
from hatir.kit.working_time import minutes_between

MOST_READ = 20_000
"""So many leads, the latest, are read one by one for attribution and response times; of more these speak for all."""
ROWS = 12
MOST_DEEP = 6


@dataclass
class Line:
    """Leads of one kind: how many came, were qualified and converted, and what their won deals brought."""

    label: str
    count: float = 0
    qualified: int = 0
    converted: float = 0
    revenue: Decimal = field(default_factory=Decimal)

    @property
    def percent(self) -> Decimal | None:
        """Give how many of a hundred were converted."""
        return Decimal(str(self.converted)) * 100 / Decimal(str(self.count)) if self.count else None


@dataclass
class Referrer:
    """A customer who recommended: leads, converted ones, their revenue, and that of those whom these brought."""

    customer: Customer
    count: int = 0
    converted: int = 0
    revenue: Decimal = field(default_factory=Decimal)
    chain: Decimal = field(default_factory=Decimal)


@dataclass(frozen=True)
class Revenues:
    """What won deals brought, by deal, in the company's currency; `foreign` sums what was agreed in other currencies.

    Deals in an `unknown` currency, one without a rate, count as nought.
    """

    amounts: dict[int, Decimal]
    foreign: dict[str, Decimal]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Speed:
    """How soon leads were answered: leads, answered ones, the median in working minutes, in time, late now."""

    label: str
    count: int
    answered: int
    minutes: int | None
    in_time: int
    late: int
    owner_id: int | None = None

    @property
    def percent(self) -> Decimal | None:
        return Decimal(self.in_time) * 100 / self.answered if self.answered else None


def captured(actor: Actor, since: datetime) -> QuerySet[Lead]:
    """Give the leads that the actor sees and that came since an instant."""
    return live_leads(actor).filter(captured_at__gte=since)


def counts(rows: QuerySet[Lead]) -> dict[str, int]:
    """Count leads by how far they came; one statement."""
    return rows.order_by().aggregate(
        count=Count("pk"),
        answered=Count("pk", filter=Q(first_response_at__isnull=False)),
        qualified=Count("pk", filter=Q(qualified_at__isnull=False) | Q(status=CONVERTED)),
        converted=Count("pk", filter=Q(status=CONVERTED)),
        open=Count("pk", filter=Q(status__in=OPEN)),
        disqualified=Count("pk", filter=Q(status="disqualified")),
    )


def revenues(actor: Actor, rows: QuerySet[Lead], today: date) -> Revenues:
    """Give what the won deals of leads brought by the rates of a day; nothing for who may not see deals."""
    if not may(actor, "view", Deal):
        return Revenues({}, {}, ())
    ids = rows.filter(deal__isnull=False).order_by().values("deal")
    won = visible(actor, Deal).filter(pk__in=ids, status=WON, archived_at=None, amount__isnull=False)
    rates, amounts, foreign = Rates(today), dict[int, Decimal](), defaultdict[str, Decimal](Decimal)
    for pk, amount, currency in won.order_by().values_list("pk", "amount", "currency"):
        worth = amount or Decimal(0)
        amounts[pk] = round_money(worth * (rates.of(currency) or 0))
        if currency != rates.home:
            foreign[currency] += worth
    return Revenues(amounts, dict(foreign), rates.unknown)


def by_source(rows: QuerySet[Lead], brought: dict[int, Decimal]) -> list[Line]:
    """Give a line for each source, most leads first; two statements."""
    lines: dict[str, Line] = {}
    found = rows.order_by().values("source").annotate(
        n=Count("pk"), q=Count("pk", filter=Q(qualified_at__isnull=False) | Q(status=CONVERTED)),
        c=Count("pk", filter=Q(status=CONVERTED)),
    )  # fmt: skip
    for row in found:
        lines[row["source"]] = Line(row["source"], row["n"], row["q"], row["c"])
    for source, deal in rows.filter(deal__in=list(brought)).order_by().values_list("source", "deal"):
        lines[source].revenue += brought[deal]
    return sorted(lines.values(), key=lambda line: (-line.count, line.label))[:ROWS]


def by_touch(rows: QuerySet[Lead], brought: dict[int, Decimal], model: str) -> list[Line]:
    """Share conversions and revenue among the campaigns that led to them, by first, last or every touch.

    A lead without touches of its own counts for the campaign, else the source, that it came with.
    """
    leads = list(rows.order_by("-captured_at", "-pk").values_list(
        "pk", "status", "deal_id", "utm_source", "utm_campaign", "source"
    )[:MOST_READ])  # fmt: skip
    ways = _ways([row[0] for row in leads])
    lines: dict[str, Line] = defaultdict(lambda: Line(""))
    for pk, status, deal, source, campaign, origin in leads:
        way = ways.get(pk) or [_named(source, campaign) or origin]
        for label, share in attributed(way, model).items():
            line = lines[label]
            line.label, line.count = label, line.count + share
            if status == CONVERTED:
                line.converted += share
                line.revenue += brought.get(deal or 0, Decimal(0)) * Decimal(str(share))
    return sorted(lines.values(), key=lambda line: (-line.converted, -line.count, line.label))[:ROWS]


def _ways(ids: Sequence[int]) -> dict[int, list[str]]:
    """Give the campaigns that touched each lead before it was captured, in their order; pages without one are none."""
    found: dict[int, list[str]] = defaultdict(list)
    for start in range(0, len(ids), 1000):
        rows = Touch.objects.filter(lead__in=ids[start : start + 1000]).exclude(utm_source="", utm_campaign="")
        rows = rows.filter(Q(lead__converted_at=None) | Q(at__lte=F("lead__converted_at")))
        for pk, source, campaign in rows.order_by("at", "pk").values_list("lead_id", "utm_source", "utm_campaign"):
            found[pk].append(_named(source, campaign))
    return found


def _named(source: str, campaign: str) -> str:
    return " / ".join(part for part in (source, campaign) if part)


def speeds(rows: QuerySet[Lead], at: datetime) -> list[Speed]:
    """Say how soon each owner answered; the first line is of all together."""
    calendar = working_calendar()
    found: dict[int | None, list[tuple[Any, ...]]] = defaultdict(list)
    names: dict[int | None, str] = {}
    read = rows.order_by("-captured_at").values_list(
        "owner_id", "owner__name", "captured_at", "first_response_at", "response_due_at", "status"
    )
    for owner, name, *times in read[:MOST_READ]:
        names[owner] = name or ""
        found[owner].append(tuple(times))

    def speed(label: str, owner: int | None, leads: Sequence[tuple[Any, ...]]) -> Speed:
        answered = [one for one in leads if one[1] is not None]
        minutes = [minutes_between(one[0], one[1], calendar) for one in answered]
        return Speed(
            label=label,
            count=len(leads),
            answered=len(answered),
            minutes=round(median(minutes)) if minutes else None,
            in_time=sum(one[2] is None or one[1] <= one[2] for one in answered),
            late=sum(one[1] is None and one[2] is not None and one[2] < at and one[3] in ("new", "working")
                     for one in leads),
            owner_id=owner,
        )  # fmt: skip

    everybody = speed("", None, [one for leads in found.values() for one in leads])
    each = [speed(names[owner], owner, leads) for owner, leads in found.items() if owner is not None]
    return [everybody, *sorted(each, key=lambda one: (-one.count, one.label))[:ROWS]]


def stays(rows: QuerySet[Lead]) -> list[tuple[str, int, float]]:
    """Give for each status how many of the leads left it and after how many days (the median of the latest)."""
    ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:MOST_READ])
    found: dict[str, list[float]] = defaultdict(list)
    for start in range(0, len(ids), 1000):
        steps = LeadStep.objects.filter(lead__in=ids[start : start + 1000], left_at__isnull=False)
        for status, entered, left in steps.values_list("status", "entered_at", "left_at"):
            if left is not None:
                found[status].append((left - entered).total_seconds() / 86400)
    return [(status, len(found[status]), median(found[status])) for status in OPEN if status in found]


def referrers(actor: Actor, today: date) -> list[Referrer]:
    """List who recommended, with the revenue of the leads they brought and of the chain behind these; of all time."""
    if not may(actor, "view", Customer):
        return []
    rows = live_leads(actor).filter(referred_by__isnull=False)
    brought = revenues(actor, rows, today).amounts
    links = list(rows.order_by("-pk").values_list("referred_by", "status", "customer", "company", "deal")[:MOST_READ])
    own: dict[int, Referrer] = {}
    became: dict[int, set[int]] = defaultdict(set)
    people = visible(actor, Customer).in_bulk({link[0] for link in links})
    for giver, status, customer, company, deal in links:
        if giver not in people:
            continue
        one = own.setdefault(giver, Referrer(people[giver]))
        one.count += 1
        one.converted += status == CONVERTED
        one.revenue += brought.get(deal or 0, Decimal(0))
        became[giver] |= {pk for pk in (customer, company) if pk}
    for giver, one in own.items():
        one.chain = _chain(giver, own, became)
    return sorted(own.values(), key=lambda one: (-one.chain, -one.count, one.customer.pk))[:ROWS]


def _chain(giver: int, own: dict[int, Referrer], became: dict[int, set[int]]) -> Decimal:
    """Add up what a customer, those whom it brought, those whom these brought … brought; each once."""
    seen, layer, total = {giver}, {giver}, Decimal(0)
    for _turn in range(MOST_DEEP):
        total += sum((own[one].revenue for one in layer if one in own), Decimal(0))
        layer = {pk for one in layer for pk in became.get(one, ())} - seen
        seen |= layer
    return total
