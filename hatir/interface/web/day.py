"""Parts of the first page of the day that belong to the corridors: greeting, mentions, what was opened, first steps."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.notifications.queries import feed
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import type_of
from hatir.foundation.savedviews.queries import recent_records
from hatir.interface.web.first_steps import steps_of
from hatir.interface.web.presenting import Presenter
from hatir.kit.ids import encode_id

MOST_MENTIONS, MOST_RECENT = 5, 6


def greeting(hour: int) -> str:
    """Give the greeting of an hour, with a place for the name."""
    if 5 <= hour < 12:
        return _("Good morning, %(name)s")
    return _("Good day, %(name)s") if 12 <= hour < 18 else _("Good evening, %(name)s")


def first_steps_of(actor: Actor) -> dict[str, Any] | None:
    """Lead who manages the house to what is left of setting it up; to others and afterwards nothing."""
    if value_of("company.onboarded") or not has_permission(actor, MANAGE):
        return None
    steps = steps_of(actor)
    following = next((each.step.label for each in steps if each.is_next), "")
    done = sum(each.is_done for each in steps)
    return {"done": done, "total": len(steps), "url": "/first-steps/", "next": following}


def mentions_of(actor: Actor) -> list[dict[str, str]]:
    """List where colleagues named the actor and nobody looked yet."""
    return [
        {"text": item.text, "note": item.detail, "url": f"/notifications/{encode_id(item.pk)}/"}
        for item in feed(actor, kind="mention", only_unread=True, limit=MOST_MENTIONS)
    ]


def recent_of(actor: Actor) -> list[dict[str, str]]:
    """List the records that the actor opened lately."""
    found = []
    for record in recent_records(actor, MOST_RECENT):
        rt = type_of(record)
        narrowed = Presenter(actor, rt, ()).narrowed(record)
        found.append({"title": rt.title_of(record), "url": rt.ref(record).url, "note": str(narrowed.singular_label)})
    return found
