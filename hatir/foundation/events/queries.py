"""Questions about what reactions did with events. For whoever looks after the house; the corridor asks the right."""

from __future__ import annotations

from django.db.models import QuerySet

from hatir.foundation.events.models import Handling


def failing_reactions() -> QuerySet[Handling]:
    """List reactions that failed and wait for another try or were given up, newest first, each with its event."""
    return Handling.objects.filter(done_at=None, attempts__gt=0).select_related("event").order_by("-event_id", "pk")


def failing_reaction(handling_id: int) -> Handling | None:
    """Find one of them."""
    return failing_reactions().filter(pk=handling_id).first()
