"""What can be done with views: save, change, delete, pin; and remembering what was opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.grants import MANAGE, rights_of
from hatir.foundation.access.queries import has_permission, may
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.memory import forget
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews import lists
from hatir.foundation.savedviews.models import ALL, MINE, SHARING, TEAM, RecentRecord, SavedView
from hatir.foundation.savedviews.queries import may_change, view_by_id

DENSITIES = ("", "compact", "normal", "comfortable")
RECENT_KEPT = 40
CHANGEABLE = ("name", "shared", "filter", "columns", "sort", "density", "pinned", "position")


def save_view(type_key: str, values: Mapping[str, Any], *, actor: Actor, source: str = "") -> SavedView:
    """Save a new view of a type; `source` names what brought it, when no person did.

    Raises NotFoundHere, Denied, Invalid or FilterError.
    """
    rt = record_type(type_key)
    if actor.user_id is None or not may(actor, "view", rt):
        raise NotFoundHere(type_key)
    view = SavedView(type_key=rt.key, owner_id=actor.user_id, source=source)
    _put(view, values, actor)
    view.save(force_insert=True)
    _forget(actor)
    return view


def change_view(public_id: str, values: Mapping[str, Any], *, actor: Actor) -> SavedView:
    """Change a view. Raises NotFoundHere, Denied, Invalid or FilterError."""
    view = _own(public_id, actor)
    _put(view, values, actor)
    view.save()
    _forget(actor)
    return view


def delete_view(public_id: str, *, actor: Actor) -> dict[str, Any]:
    """Delete a view; gives what `save_view` needs to bring it back. Raises NotFoundHere or Denied."""
    view = _own(public_id, actor)
    kept = {name: getattr(view, name) for name in CHANGEABLE}
    view.delete()
    _forget(actor)
    return kept


def _own(public_id: str, actor: Actor) -> SavedView:
    view = view_by_id(actor, public_id)
    if not may_change(actor, view):
        raise Denied("edit", view.type_key)
    return view


def _put(view: SavedView, values: Mapping[str, Any], actor: Actor) -> None:
    rt = record_type(view.type_key)
    for name, value in values.items():
        if name not in CHANGEABLE:
            raise Invalid({name: [_("There is no such field to write.")]})
        setattr(view, name, value)
    view.name = str(view.name).strip()[:80]
    if not view.name:
        raise Invalid({"name": [_("Give the view a name.")]})
    if view.shared not in dict(SHARING) or view.density not in DENSITIES:
        raise Invalid({"shared": [_("Choose who sees the view.")]})
    lists.read_filter(actor, rt, view.filter)
    columns = lists.columns_of(actor, rt, view.columns or ())
    view.columns = [spec.name for spec in columns] if view.columns else []
    view.sort = lists.tidy_sort(actor, rt, view.sort)
    _share(view, actor)


def _share(view: SavedView, actor: Actor) -> None:
    view.team_id = None
    if view.shared == ALL and view.owner_id == actor.user_id and not has_permission(actor, MANAGE):
        raise Denied("edit", view.type_key, [_("visible to")])
    if view.shared == TEAM:
        teams = rights_of(actor).team_ids
        if not teams:
            raise Invalid({"shared": [_("You are in no team.")]})
        view.team_id = teams[0]
    if view.shared == MINE and view.owner_id != actor.user_id:
        raise Denied("edit", view.type_key)


def _forget(actor: Actor) -> None:
    forget(f"savedviews.{actor.user_id}")


def remember_opened(ref: RecordRef, *, actor: Actor) -> None:
    """Remember that the actor opened a record; opening the same one again within a minute costs one read only."""
    if actor.user_id is None:
        return
    now = timezone.now()
    rows = RecentRecord.objects.filter(user=actor.user_id)
    newest = rows.order_by("-opened_at").values_list("type_key", "record_id").first()
    if newest == tuple(ref):
        return
    RecentRecord.objects.update_or_create(
        user_id=actor.user_id, type_key=ref.type_key, record_id=ref.id, defaults={"opened_at": now}
    )
    old = list(rows.order_by("-opened_at").values_list("pk", flat=True)[RECENT_KEPT : RECENT_KEPT + 20])
    if old:
        RecentRecord.objects.filter(pk__in=old).delete()
