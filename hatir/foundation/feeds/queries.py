"""Questions about feeds."""

from __future__ import annotations

from django.db.models import QuerySet

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.feeds.models import Feed
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere


def feeds_of(actor: Actor) -> QuerySet[Feed]:
    """List the actor's feeds by name; everybody's for whoever manages settings."""
    rows = Feed.objects.select_related("created_by", "last_run").order_by("name", "id")
    if has_permission(actor, MANAGE):
        return rows
    return rows.filter(created_by=actor.user_id) if actor.user_id is not None else rows.none()


def feed_of(actor: Actor, feed_id: int) -> Feed:
    """Find one feed. Raises NotFoundHere when it is not the actor's."""
    found = feeds_of(actor).filter(pk=feed_id).first()
    if found is None:
        raise NotFoundHere(str(feed_id))
    return found
