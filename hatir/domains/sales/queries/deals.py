"""Questions about deals: those of a customer, and what its page shows of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hatir.domains.sales.models import HELD, LOST, OPEN, WON, Deal, DealContact, StageStay
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.kit.money import round_money

PANEL_ROWS = 6
CHANCE = Coalesce(F("probability"), F("stage__probability"))
WEIGHTED = ExpressionWrapper(F("amount") * CHANCE / Value(Decimal(100)), output_field=DecimalField())


def live_deals(actor: Actor) -> QuerySet[Deal]:
    """Give the deals that the actor sees and that nobody archived."""
    rows: QuerySet[Deal] = visible(actor, Deal).filter(archived_at=None)
    return rows


def deals_of(actor: Actor, customer: Any) -> list[Deal]:
    """List a customer's deals for its page, open ones first; those of its people too."""
    open_first = Case(When(status__in=(OPEN, HELD), then=0), default=1)
    rows = live_deals(actor).filter(Q(customer=customer) | Q(customer__company=customer))
    return list(rows.order_by(open_first, "-id").distinct()[:PANEL_ROWS])


def contacts_of(actor: Actor, deal: Any) -> list[DealContact]:
    """List who takes part in a deal."""
    rows = visible(actor, DealContact).filter(deal=deal, archived_at=None)
    return list(rows.select_related("person").order_by("pk")[:PANEL_ROWS])


def parts_of(actor: Actor, person: Any) -> list[DealContact]:
    """List the deals in which a person has a part."""
    rows = visible(actor, DealContact).filter(person=person, archived_at=None, deal__archived_at=None)
    return list(rows.select_related("deal").order_by("-pk")[:PANEL_ROWS])


def open_worth(actor: Actor, customer: Any) -> Any:
    """Give what a customer's open deals are worth, and how many they are."""
    rows = live_deals(actor).filter(Q(customer=customer) | Q(customer__company=customer), status=OPEN)
    found = rows.order_by().aggregate(n=Count("pk"), worth=Sum("amount"))
    if not found["n"]:
        return None
    text = ngettext("%(count)d deal", "%(count)d deals", found["n"]) % {"count": found["n"]}
    return Decimal(found["worth"] or 0), text


def amount_figure(actor: Actor, deal: Deal) -> Any:
    """Give the amount of a deal with what its probability lets expect."""
    if deal.amount is None:
        return None
    chance = chance_of(deal)
    return deal.amount, _("%(percent)d%% likely") % {"percent": chance}


def expected_figure(actor: Actor, deal: Deal) -> Any:
    """Give the expected value of a deal."""
    if deal.amount is None:
        return None
    return round_money(deal.amount * chance_of(deal) / 100)


def chance_of(deal: Deal) -> int:
    """Give the probability that counts for a deal."""
    if deal.status in (WON, LOST):
        return 100 if deal.status == WON else 0
    return deal.stage.probability if deal.probability is None else deal.probability


def stage_figure(actor: Actor, deal: Deal) -> Any:
    """Say in which stage a deal stands and for how long, and whether that is too long."""
    days = (timezone.now() - deal.stage_entered_at).days
    limit = deal.stage.stale_days
    text = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if deal.status == OPEN and limit is not None and days > limit:
        text = _("%(days)s, stale") % {"days": text}
    return deal.stage.name, text


def step_figure(actor: Actor, deal: Deal) -> Any:
    """Give the next step of a deal."""
    if deal.status not in (OPEN, HELD):
        return None
    return deal.next_step_at or _("Nothing planned")


def is_close_late(deal: Deal, at: datetime) -> bool:
    """Tell whether a deal is open though its expected day is over."""
    return deal.status == OPEN and deal.expected_on is not None and deal.expected_on < timezone.localdate(at)


def is_step_late(deal: Deal, at: datetime) -> bool:
    """Tell whether the next step of an open deal was let pass."""
    return deal.status == OPEN and deal.next_step_at is not None and deal.next_step_at < at


def stays_of(deal: Deal) -> list[StageStay]:
    """List the stages through which a deal went, the latest first."""
    return list(StageStay.objects.filter(deal=deal).select_related("stage", "came_from").order_by("-entered_at", "-pk"))
