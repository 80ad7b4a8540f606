"""What waits for an approval stands in the queue of the day of whoever may decide, with one press."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hatir.domains.planning.queries import QueueItem, QueuePress, add_queue_source
from hatir.domains.sales.models import Deal, DealApproval
from hatir.domains.sales.queries.approving import asked_of
from hatir.domains.sales.queries.day import home_amounts
from hatir.domains.sales.queries.deals import chance_of
from hatir.foundation.access.queries import may, readable_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model
from hatir.kit.formats_tr import format_money

MOST = 50
WAITS = timedelta(days=1)


def approvals_for(actor: Actor, at: datetime, until: datetime) -> Iterator[QueueItem]:
    """Give the deals that wait for a decision of this actor, largest worth first by the queue's own order."""
    del at, until
    if not may(actor, "view", Deal):
        return
    found = asked_of(actor, MOST)
    sees_amounts = "amount" in readable_fields(actor, type_of_model(Deal))
    values = home_amounts([asked.deal for asked in found]) if sees_amounts else {}
    for asked in found:
        yield _item(asked, values.get(asked.deal_id), sees_amounts)


def _item(asked: DealApproval, value: Decimal | None, sees_amounts: bool) -> QueueItem:
    deal, language = asked.deal, get_language() or "tr"
    amount = format_money(deal.amount, deal.currency, language=language) if sees_amounts and deal.amount else ""
    parts = (asked.asked_by.name if asked.asked_by else "", amount, asked.note)
    return QueueItem(
        key=f"approval:{asked.public_id}",
        title=_("Approve “%(stage)s”: %(deal)s") % {"stage": asked.stage.name, "deal": deal.name},
        ref=RecordRef("sales.deal", deal.pk),
        icon="trending-up",
        reason=" · ".join(part for part in parts if part),
        value=value,
        probability=chance_of(deal),
        due_at=asked.asked_at + WAITS,
        priority="high",
        customer_id=deal.customer_id,
        press=QueuePress(_("Approve"), f"/sales/approvals/{asked.public_id}/approval/"),
    )


APPROVALS = add_queue_source(approvals_for)
