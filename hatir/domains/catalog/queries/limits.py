"""How much somebody may take off a price alone."""

from __future__ import annotations

from decimal import Decimal

from hatir.domains.catalog.models import DiscountLimit
from hatir.domains.catalog.preferences import DISCOUNT_LIMIT
from hatir.domains.catalog.rules import HUNDRED
from hatir.foundation.access.queries import has_permission
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor

APPROVE = "catalog.approve_discounts"


def discount_limit(actor: Actor) -> Decimal:
    """Give the most per cent off that the actor may give or approve alone.

    Whoever holds the right to approve discounts: 100. Else the highest limit of the actor's roles; without any the
    company's setting. An import or a part of the system repeats what was agreed elsewhere: 100.
    """
    if actor.is_system or actor.kind == "import" or has_permission(actor, APPROVE):
        return HUNDRED
    assert actor.user_id is not None
    own = DiscountLimit.objects.filter(archived_at=None, role__assignments__user_id=actor.user_id)
    limits = list(own.values_list("percent", flat=True))
    return max(limits) if limits else Decimal(int(value_of(DISCOUNT_LIMIT.key)))
