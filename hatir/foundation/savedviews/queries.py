"""Which views and recent records somebody has."""

from __future__ import annotations

from copy import copy

from django.db.models import Q, QuerySet

from hatir.foundation.access.grants import MANAGE, rights_of
from hatir.foundation.access.queries import has_permission, may, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.memory import per_request
from hatir.foundation.records.models import Record
from hatir.foundation.records.registry import record_type
from hatir.foundation.records.stamps import while_unchanged
from hatir.foundation.savedviews.models import ALL, MINE, TEAM, RecentRecord, SavedView
from hatir.kit.ids import decode_id

RECENT_SHOWN = 8
MOST_VIEWS = 200


def _shared_with(actor: Actor) -> QuerySet[SavedView]:
    rights = rights_of(actor)
    own = Q(owner=actor.user_id)
    # An administrator sees every team's views, so that his pages need not know his teams.
    team = Q(shared=TEAM) if rights.everything else Q(shared=TEAM, team__in=rights.subteam_ids)
    return SavedView.objects.filter(own | team | Q(shared=ALL))


def _all_views(actor: Actor) -> list[SavedView]:
    """Read all views of the actor once; tabs and sidebar share them, and may alter what they are given."""
    if actor.user_id is None:
        return []
    return per_request(
        f"savedviews.{actor.user_id}",
        lambda: [copy(view) for view in _kept_views(actor)],
    )


def _kept_views(actor: Actor) -> list[SavedView]:
    everything = rights_of(actor).everything  # the user's row is not watched
    return while_unchanged(
        f"savedviews.kept.{actor.user_id}.{everything}",
        lambda: list(_shared_with(actor).order_by("position", "pk")[:MOST_VIEWS]),
    )


def views_of(actor: Actor, type_key: str) -> list[SavedView]:
    """List the views of a type that the actor made or that were shared with them."""
    return [view for view in _all_views(actor) if view.type_key == type_key]


def pinned_views(actor: Actor) -> list[SavedView]:
    """List the pinned views of types that the actor may see."""
    pinned = [view for view in _all_views(actor) if view.pinned]
    return [view for view in pinned if _exists(view.type_key) and may(actor, "view", view.type_key)]


def _exists(type_key: str) -> bool:
    try:
        record_type(type_key)
    except NotFoundHere:
        return False
    return True


def view_by_id(actor: Actor, public_id: str) -> SavedView:
    """Find one view that the actor may use. Raises NotFoundHere."""
    try:
        key = decode_id(public_id)
    except ValueError:
        raise NotFoundHere(public_id) from None
    found = next((view for view in _all_views(actor) if view.pk == key), None)
    if found is None:
        raise NotFoundHere(public_id)
    return found


def may_change(actor: Actor, view: SavedView) -> bool:
    """Ask whether the actor may change or delete a view: their own, or a shared one with settings rights."""
    if view.owner_id == actor.user_id:
        return True
    return view.shared != MINE and has_permission(actor, MANAGE)


def recent_records(actor: Actor, limit: int = RECENT_SHOWN) -> list[Record]:
    """List the records that the actor opened last, newest first, without what they may no longer see."""
    if actor.user_id is None:
        return []
    opened = list(
        RecentRecord.objects.filter(user=actor.user_id)
        .order_by("-opened_at")
        .values_list("type_key", "record_id")[: 2 * limit]
    )
    found: dict[tuple[str, int], Record] = {}
    for type_key in dict.fromkeys(key for key, _id in opened):
        if not _exists(type_key):
            continue
        ids = [record_id for key, record_id in opened if key == type_key]
        for record in visible(actor, type_key).filter(pk__in=ids, archived_at=None):
            found[type_key, record.pk] = record
    return [found[place] for place in opened if place in found][:limit]
