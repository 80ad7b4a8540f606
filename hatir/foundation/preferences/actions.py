"""Choose settings: the company's need the right to manage settings, one's own need nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.events.bus import publish
from hatir.foundation.preferences.declaration import Preference, preferences
from hatir.foundation.preferences.events import PreferenceChanged
from hatir.foundation.preferences.models import StoredPreference
from hatir.foundation.preferences.queries import memory_key, stored_rows, value_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, Invalid
from hatir.foundation.records.memory import forget
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.values import plain


def set_company(values: Mapping[str, Any], *, actor: Actor) -> list[str]:
    """Choose settings of the company from raw values by key; give the keys that changed. Raises Denied or Invalid."""
    if not has_permission(actor, MANAGE):
        raise Denied("edit", "preferences")
    allowed = {one.key: one for one in preferences("company")}
    return _set(None, _read(allowed, values), actor)


def set_own(values: Mapping[str, Any], *, actor: Actor) -> list[str]:
    """Choose one's own settings from raw values by key; give the keys that changed. Raises Denied or Invalid."""
    if actor.user_id is None:
        raise Denied("edit", "preferences")
    allowed = {one.key: one for one in preferences("user")}
    return _set(actor.user_id, _read(allowed, values), actor)


@transaction.atomic
def reset_own(key: str, *, actor: Actor) -> None:
    """Go back to the company's choice, or the default."""
    old = value_of(key, actor.user_id)
    if actor.user_id is not None and stored_rows(actor.user_id).filter(key=key).delete()[0]:
        forget(memory_key(actor.user_id))
        _tell(key, old, value_of(key, actor.user_id), actor.user_id, actor)


def _read(allowed: Mapping[str, Preference], values: Mapping[str, Any]) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    found: dict[str, Any] = {}
    for key, raw in values.items():
        if key not in allowed:
            raise Denied("edit", key)
        try:
            found[key] = allowed[key].to_stored(allowed[key].read(raw))
        except ValueError as problem:
            errors[key] = [str(problem)]
    if errors:
        raise Invalid(errors)
    return found


@transaction.atomic
def _set(user_id: int | None, values: Mapping[str, Any], actor: Actor) -> list[str]:
    stored = dict(stored_rows(user_id).filter(key__in=values).values_list("key", "value"))
    changed = [key for key, value in values.items() if key not in stored or stored[key] != value]
    now = timezone.now()
    for key in changed:
        old = value_of(key, user_id)
        held = stored_rows(user_id).filter(key=key).update(value=values[key], updated_at=now)
        if not held:
            StoredPreference.objects.create(key=key, user_id=user_id, value=values[key], updated_at=now)
        _tell(key, old, values[key], user_id, actor)
    forget(memory_key(user_id))
    return changed


def _tell(key: str, old: Any, new: Any, user_id: int | None, actor: Actor) -> None:
    about = (RecordRef("staff.user", user_id),) if user_id is not None else ()
    publish(PreferenceChanged(about=about, name=key, old=plain(old), new=plain(new), origin=actor.origin), actor=actor)
