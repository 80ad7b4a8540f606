"""What deals hand to the queue of the day: what each is worth, and those for which nothing is planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hatir.domains.catalog.queries import NoRate, convert
from hatir.domains.planning.queries import QueueItem, Worth
from hatir.domains.sales.models import OPEN, Deal
from hatir.domains.sales.queries.deals import chance_of
from hatir.domains.sales.rules import days_between
from hatir.foundation.access.queries import may, readable_fields, visible
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model

MOST_SILENT = 30
KEY = "sales.deal"
NAMES = ("name", "amount", "currency", "probability", "status", "customer", "stage", "stage_entered_at", "expected_on")


def worths_of(actor: Actor, ids: Sequence[int]) -> dict[int, Worth]:
    """Say what deals are worth in the company's currency and how likely they are; decided ones are worth nothing."""
    rows = (
        visible(actor, Deal).filter(pk__in=ids, status=OPEN).select_related("stage").only(*NAMES, "stage__probability")
    )
    deals = list(rows)
    values = home_amounts(deals) if "amount" in readable_fields(actor, type_of_model(Deal)) else {}
    return {deal.pk: Worth(values.get(deal.pk), chance_of(deal)) for deal in deals}


def home_amounts(deals: Iterable[Deal]) -> dict[int, Decimal | None]:
    """Give the amounts of deals in the company's currency, by today's rates; None where there is no rate."""
    home, today = value_of("company.currency"), timezone.localdate()
    one: dict[str, Decimal | None] = {home: Decimal(1)}
    found: dict[int, Decimal | None] = {}
    for deal in deals:
        if deal.currency not in one:
            try:
                one[deal.currency] = convert(Decimal(1), deal.currency, home, on=today)
            except NoRate:
                one[deal.currency] = None
        rate = one[deal.currency]
        found[deal.pk] = None if rate is None or deal.amount is None else deal.amount * rate
    return found


def silent_deals(actor: Actor, at: datetime, until: datetime) -> list[QueueItem]:
    """Give the actor's own open deals for which nothing is planned, the largest first: none of them falls asleep."""
    del until
    if actor.user_id is None or not may(actor, "view", Deal):
        return []
    rows = visible(actor, Deal).filter(owner=actor.user_id, status=OPEN, next_step_at=None, archived_at=None)
    names = (*NAMES, "stage__name", "stage__probability", "stage__stale_days")
    deals = list(rows.select_related("stage").only(*names).order_by("-amount", "id")[:MOST_SILENT])
    values = home_amounts(deals) if "amount" in readable_fields(actor, type_of_model(Deal)) else {}
    return [_item(deal, at, values.get(deal.pk)) for deal in deals]


def _item(deal: Deal, at: datetime, value: Decimal | None) -> QueueItem:
    days = days_between(deal.stage_entered_at, at)
    stood = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    told = _("nothing planned; %(days)s in “%(stage)s”") % {"days": stood, "stage": deal.stage.name}
    return QueueItem(
        key=f"{KEY}:{deal.public_id}",
        title=_("Plan the next step: %(deal)s") % {"deal": deal.name},
        ref=RecordRef(KEY, deal.pk),
        reason=told,
        icon="trending-up",
        value=value,
        probability=chance_of(deal),
        due_at=deal.stage_entered_at if _is_stale(deal, days) else None,
        customer_id=deal.customer_id,
    )


def _is_stale(deal: Deal, days: int) -> bool:
    limit = deal.stage.stale_days
    return limit is not None and days > limit
