"""Notifications as plain values for templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from hatir.foundation.notifications.models import LEVELS, Notification
from hatir.foundation.notifications.queries import PAGE, feed
from hatir.foundation.records.actor import Actor
from hatir.kit.ids import decode_id, encode_id

ICONS = {
    "mention": ("at-sign", 7),
    "assigned": ("user", 5),
    "task": ("circle-check", 5),
    "followed": ("star", 1),
    "job_done": ("check", 4),
    "job_failed": ("triangle-alert", 0),
    "mass_export": ("triangle-alert", 0),
}
PLACE = "/notifications/"


@dataclass(frozen=True)
class NoticeAction:
    """What can be done with an item in place."""

    label: str
    url: str
    primary: bool = False


@dataclass(frozen=True)
class Notice:
    """One item as `notifications/_items.html` draws it."""

    id: str
    title_html: str
    at: datetime
    icon: str
    hue: int
    is_new: bool
    url: str
    note: str = ""
    level: str = ""
    actions: Sequence[NoticeAction] = field(default_factory=tuple)


@dataclass(frozen=True)
class Level:
    """A pill above the feed."""

    label: str
    url: str
    is_active: bool


@dataclass(frozen=True)
class Notices:
    """A page of the feed."""

    items: Sequence[Notice]
    levels: Sequence[Level]
    next_url: str = ""


def notices_of(actor: Actor, *, level: str = "", before: str = "", base: str = PLACE) -> Notices:
    """Read and draw a page of the actor's feed; `base` is the address that the pills and the next page belong to."""
    wanted = level if level in dict(LEVELS) else ""
    rows = feed(actor, level=wanted, before=_id(before), limit=PAGE + 1)
    said = {"level": wanted} if wanted else {}
    more = {**said, "before": encode_id(rows[PAGE - 1].pk)} if len(rows) > PAGE else {}
    return Notices(
        items=[drawn(row) for row in rows[:PAGE]],
        levels=[
            Level(str(label), f"{base}?level={key}" if key else base, key == wanted)
            for key, label in (("", _("All")), *LEVELS)
        ],
        next_url=f"{base}?{urlencode(more)}" if more else "",
    )


def drawn(row: Notification) -> Notice:
    """Draw one item; opening it goes through an address that marks it as read."""
    icon, hue = ICONS.get(row.kind, ("bell", 3))
    own = encode_id(row.pk)
    is_new = row.read_at is None
    actions = (NoticeAction(_("Mark as read"), f"{PLACE}{own}/read/"),) if is_new else ()
    return Notice(
        id=own,
        title_html=row.text,
        at=row.at,
        icon=icon,
        hue=hue,
        is_new=is_new,
        url=f"{PLACE}{own}/",
        note=row.detail,
        level=row.level,
        actions=actions,
    )


def _id(text: str) -> int | None:
    try:
        return decode_id(text) if text else None
    except ValueError:
        return None
