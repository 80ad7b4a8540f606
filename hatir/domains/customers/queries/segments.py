"""Questions about segments: who is in them, who was, whom several of them reach together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hatir.domains.customers.models import Customer, Segment, SegmentCount, SegmentMember, SegmentStay
from hatir.domains.customers.queries.rules_of_segments import SEGMENT, read_rule
from hatir.foundation.access.queries import asked_tree, scope_condition, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.expressions import SortText
from hatir.foundation.records.querying import Estimate, estimate
from hatir.foundation.records.registry import type_of_model
from hatir.kit.ids import encode_id
from hatir.kit.periods import midnight

PANEL_ROWS = 8
SHOWN = 8


@dataclass(frozen=True)
class Recipients:
    """The customers whom segments reach together, each once; `rows` are those the actor may see.

    `parts` gives the size of each included segment, `overlap` how many are in two or more of them, `taken_out`
    how many an excluded segment takes out.
    """

    rows: QuerySet[Customer]
    count: int
    parts: tuple[tuple[int, int], ...]
    overlap: int
    taken_out: int


def recipients_of(actor: Actor, including: Sequence[int], excluding: Sequence[int] = ()) -> Recipients:
    """Count each customer once who is in one of `including` and in none of `excluding`, as far as the actor sees."""
    open_ids = set(visible(actor, SEGMENT).filter(pk__in=[*including, *excluding]).values_list("pk", flat=True))
    wanted = [pk for pk in dict.fromkeys(including) if pk in open_ids]
    unwanted = [pk for pk in dict.fromkeys(excluding) if pk in open_ids]
    seen = visible(actor, Customer).filter(archived_at=None)
    members = SegmentMember.objects.filter(segment__in=wanted)
    inside = seen.filter(pk__in=members.values("customer"))
    out = SegmentMember.objects.filter(segment__in=unwanted).values("customer")
    rows = inside.exclude(pk__in=out) if unwanted else inside
    per_segment = dict(
        members.filter(customer__in=seen).values("segment").annotate(n=Count("pk")).values_list("segment", "n")
    )
    several = members.values("customer").annotate(n=Count("pk")).filter(n__gt=1).values("customer")
    count, all_inside = rows.count(), inside.count()
    return Recipients(
        rows=rows.order_by("pk"),
        count=count,
        parts=tuple((pk, per_segment.get(pk, 0)) for pk in wanted),
        overlap=seen.filter(pk__in=several).count() if len(wanted) > 1 else 0,
        taken_out=all_inside - count,
    )


def count_of_rule(actor: Actor, rule: str) -> Estimate:
    """Count whom a rule gives among the customers that the actor sees, exactly up to 10,000. Raises FilterError."""
    return estimate(
        visible(actor, Customer)
        .filter(archived_at=None)
        .filter(asked_tree(actor, read_rule(rule, actor), type_of_model(Customer)))
    )


def members_of(actor: Actor, segment: Segment) -> QuerySet[Customer]:
    """Give the customers in a segment whom the actor may see."""
    members = SegmentMember.objects.filter(segment=segment).values("customer")
    rows: QuerySet[Customer] = visible(actor, Customer).filter(archived_at=None, pk__in=members)
    return rows


def members_on(actor: Actor, segment: Segment, at: datetime) -> QuerySet[Customer]:
    """Give the customers who were in a segment at an instant, those whom the actor may see now."""
    stays = SegmentStay.objects.filter(segment=segment, entered_at__lte=at).filter(Q(left_at=None) | Q(left_at__gt=at))
    rows: QuerySet[Customer] = visible(actor, Customer).filter(pk__in=stays.values("customer"))
    return rows


def end_of(day: date) -> datetime:
    """Give the last instant of a day in the company's zone."""
    return midnight(day + timedelta(days=1), timezone.get_current_timezone()) - timedelta(microseconds=1)


def filter_of_members(segment: Segment) -> dict[str, Any]:
    """Give the filter of a list of customers that shows a segment."""
    return {"field": "segments", "op": "any_of", "value": [encode_id(segment.pk)]}


def filter_of_members_on(segment: Segment, day: date) -> dict[str, Any]:
    """Give the filter of a list of customers that shows who was in a segment at the end of a day."""
    left = {"any": [{"field": "left_at", "op": "empty"}, {"field": "left_at", "op": "after", "value": day.isoformat()}]}
    where = [
        {"field": "segment", "op": "is", "value": encode_id(segment.pk)},
        {"field": "entered_at", "op": "lte", "value": day.isoformat()},
        left,
    ]
    return {"has": "customers.segment_stay", "where": {"all": where}}


def open_segments(actor: Actor) -> list[Segment]:
    """List the segments in use that the actor may see, by name."""
    return list(visible(actor, Segment).filter(archived_at=None).order_by(SortText("name"))[:200])


def sees_all_customers(actor: Actor) -> bool:
    """Tell whether counts of this actor are those of the whole company."""
    return scope_condition(actor, type_of_model(Customer)) is None


@dataclass(frozen=True)
class Passage:
    """Somebody entered or left a segment."""

    customer: Customer
    at: datetime


def entered(actor: Actor, segment: Segment) -> list[Passage]:
    """List who entered a segment last."""
    rows = SegmentStay.objects.filter(segment=segment, customer__in=visible(actor, Customer))
    return [
        Passage(stay.customer, stay.entered_at)
        for stay in rows.select_related("customer").order_by("-entered_at", "-id")[:SHOWN]
    ]


def left(actor: Actor, segment: Segment) -> list[Passage]:
    """List who left a segment last."""
    rows = SegmentStay.objects.filter(segment=segment, left_at__isnull=False, customer__in=visible(actor, Customer))
    return [
        Passage(stay.customer, stay.left_at)
        for stay in rows.select_related("customer").order_by("-left_at", "-id")[:SHOWN]
        if stay.left_at is not None
    ]


def counts_by_day(segment: Segment, days: int, until: date) -> list[tuple[date, int]]:
    """Give the figures of the last days for which there is one, oldest first."""
    rows = SegmentCount.objects.filter(segment=segment, day__gt=until - timedelta(days=days), day__lte=until)
    return list(rows.order_by("day").values_list("day", "count"))


def breakdown(actor: Actor, segment: Segment, column: str, most: int = SHOWN) -> list[tuple[str, int]]:
    """Count the members by the values of a column, most first; "" is who has none."""
    rows = members_of(actor, segment).order_by().values(column).annotate(n=Count("pk")).order_by("-n", column)
    return list(rows.values_list(column, "n")[:most])


def segments_of(actor: Actor, customer: Customer) -> list[Segment]:
    """List the segments that a customer is in and was in, for the customer's page."""
    stays = SegmentStay.objects.filter(customer=customer, segment__in=visible(actor, Segment).filter(archived_at=None))
    found: dict[int, Segment] = {}
    for stay in stays.select_related("segment").order_by("-left_at", "-entered_at", "-id")[:200]:
        if stay.left_at is None:
            found[stay.segment_id] = _noted(stay, _("since %(day)s") % {"day": _day(stay.entered_at)})
    for stay in stays.filter(left_at__isnull=False).select_related("segment").order_by("-left_at", "-id")[:PANEL_ROWS]:
        if stay.left_at is not None:
            words = {"first": _day(stay.entered_at), "last": _day(stay.left_at)}
            found.setdefault(stay.segment_id, _noted(stay, _("earlier: %(first)s to %(last)s") % words))
    return list(found.values())[:PANEL_ROWS]


def _noted(stay: SegmentStay, note: str) -> Segment:
    stay.segment.panel_note = note  # type: ignore[attr-defined]
    return stay.segment


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")
