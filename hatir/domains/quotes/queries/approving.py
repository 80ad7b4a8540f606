"""Who may let a quote go, and why it may not go by itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hatir.domains.catalog.queries import discount_limit
from hatir.domains.quotes.models import Quote, QuoteLine
from hatir.domains.quotes.preferences import APPROVAL_TOTAL
from hatir.domains.quotes.queries.quotes import open_approval, worth_in_lira
from hatir.domains.quotes.rules import largest_discount
from hatir.foundation.access.queries import has_permission
from hatir.foundation.notifications.queries import actor_of
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.staff.models import User
from hatir.kit.formats_tr import format_money, format_percent

APPROVE = "quotes.approve"
MOST_ASKED = 500


@dataclass(frozen=True)
class Asking:
    """What is to be approved: the largest discount in per cent, and what the quote is worth in lira."""

    discount: Decimal
    worth: Decimal


def approvers_of(quote: Quote) -> list[int]:
    """Name the people who may decide what is asked about a quote, but for who asked; at most so many as are told."""
    asked = open_approval(quote)
    if asked is None:
        return []
    asking = Asking(asked.discount, asked.worth)
    users = User.objects.filter(is_active=True, archived_at=None).order_by("pk")[:MOST_ASKED]
    others = [user for user in users if user.pk != asked.asked_by_id]
    return [user.pk for user in others if not reasons_against(actor_of(user), asking)]


def asking_of(quote: Quote, lines: list[QuoteLine]) -> Asking:
    """Give what a quote asks of an approver; optional lines count as if they were chosen."""
    percents = [line.discount_percent or Decimal(0) for line in lines if line.kind == "item"]
    found = largest_discount(percents, quote.gross, quote.discount)
    return Asking(found.quantize(Decimal("0.01")), worth_in_lira(quote))


def reasons_against(actor: Actor, asking: Asking) -> list[str]:
    """Say why the actor may not let a quote go alone; nothing when he may."""
    found, language = [], get_language() or "tr"
    limit = discount_limit(actor)
    if asking.discount > limit:
        told = _("A discount of %(asked)s is beyond your limit of %(limit)s.")
        found.append(
            told
            % {
                "asked": format_percent(asking.discount, language=language),
                "limit": format_percent(limit, language=language),
            }
        )
    most = int(value_of(APPROVAL_TOTAL.key))
    free = actor.is_system or actor.kind == "import" or has_permission(actor, APPROVE)
    if most and asking.worth > most and not free:
        told = _("A total of %(total)s is above %(limit)s.")
        found.append(
            told
            % {
                "total": format_money(asking.worth, language=language),
                "limit": format_money(Decimal(most), language=language),
            }
        )
    return found
