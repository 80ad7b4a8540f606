"""Approvals stand in the queue of the day of whoever may decide them, each with one press."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hatir.domains.planning.queries import QueueItem, QueuePress, add_queue_source
from hatir.domains.quotes.models import Approval, Quote
from hatir.domains.quotes.queries.approving import Asking, reasons_against
from hatir.domains.quotes.queries.quotes import waiting_for
from hatir.foundation.access.queries import may
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.kit.formats_tr import format_money, format_percent

MOST = 50


def approvals_for(actor: Actor, at: datetime, until: datetime) -> Iterator[QueueItem]:
    """Give the quotes that wait for a decision of this actor; what he asked himself waits for others."""
    del at, until
    if not may(actor, "view", Quote):
        return
    for quote, asked in waiting_for(actor, MOST):
        if not reasons_against(actor, Asking(asked.discount, asked.worth)):
            yield _item(quote, asked)


def _item(quote: Quote, asked: Approval) -> QueueItem:
    ref, language = RecordRef("quotes.quote", quote.pk), get_language() or "tr"
    asker = asked.asked_by.name if asked.asked_by else ""
    parts = (
        asker,
        format_money(quote.total, quote.currency, language=language),
        _("discount %(percent)s") % {"percent": format_percent(asked.discount.normalize(), language=language)},
    )
    return QueueItem(
        key=f"approval:{quote.public_id}",
        title=_("Approve quote %(number)s") % {"number": quote.number},
        ref=ref,
        icon="file-check",
        reason=" · ".join(part for part in parts if part),
        value=asked.worth,
        due_at=asked.asked_at + timedelta(days=1),
        priority="high",
        customer_id=quote.customer_id,
        press=QueuePress(_("Approve"), f"{ref.url}approval/"),
    )


APPROVALS = add_queue_source(approvals_for)
