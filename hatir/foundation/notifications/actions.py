"""Put items into feeds, read them, follow records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone

from hatir.foundation.access.queries import get_visible
from hatir.foundation.notifications.models import KINDS, Follow, Notification, Wish
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied
from hatir.foundation.records.refs import RecordRef

KEPT_DAYS = 180


@dataclass(frozen=True)
class Item:
    """What to tell one user; `level` is task, info or team."""

    user_id: int
    kind: str
    text: str
    level: str = "info"
    detail: str = ""
    action: str = ""
    url: str = ""
    ref: RecordRef | None = None
    by: str = ""


def notify(items: Iterable[Item], *, event_id: int | None = None, at: datetime | None = None) -> int:
    """Put items into feeds, save what a user muted; give how many were meant for somebody.

    Whether the user may see `ref` is the caller's business (see `queries.those_who_see`). With `event_id` the
    same event makes each item once.
    """
    wanted = list(items)
    muted = _muted({item.user_id for item in wanted})
    moment = at or timezone.now()
    rows = [
        Notification(
            user_id=item.user_id,
            level=item.level,
            kind=item.kind,
            text=item.text[:300],
            detail=item.detail[:300],
            action=item.action[:60],
            url=item.url or (item.ref.url if item.ref else ""),
            ref_type=item.ref.type_key if item.ref else "",
            ref_id=item.ref.id if item.ref else None,
            by=item.by[:120],
            event_id=event_id,
            at=moment,
        )
        for item in wanted
        if item.kind not in muted.get(item.user_id, ())
    ]
    Notification.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def _muted(user_ids: set[int]) -> dict[int, Sequence[str]]:
    return dict(Wish.objects.filter(user_id__in=user_ids).values_list("user_id", "muted"))


def mark_read(ids: Sequence[int], *, actor: Actor) -> int:
    """Mark items of the actor's own feed as read; give how many were unread."""
    own = Notification.objects.filter(user_id=_user(actor), pk__in=list(ids), read_at=None)
    return own.update(read_at=timezone.now())


def mark_unread(ids: Sequence[int], *, actor: Actor) -> int:
    """Undo `mark_read`."""
    return Notification.objects.filter(user_id=_user(actor), pk__in=list(ids)).update(read_at=None)


def mark_all_read(*, actor: Actor) -> list[int]:
    """Mark the actor's whole feed as read; give the ids that were unread, so that it can be undone."""
    unread = Notification.objects.filter(user_id=_user(actor), read_at=None)
    ids = list(unread.values_list("pk", flat=True))
    unread.filter(pk__in=ids).update(read_at=timezone.now())
    return ids


def mark_record_read(ref: RecordRef, *, actor: Actor) -> int:
    """Mark what concerns a record as read because its page was opened."""
    own = Notification.objects.filter(user_id=_user(actor), read_at=None, ref_id=ref.id, ref_type=ref.type_key)
    return own.update(read_at=timezone.now())


def follow(ref: RecordRef, *, actor: Actor) -> None:
    """Hear of a record's changes from now on. Raises NotFoundHere when the actor may not see it."""
    get_visible(actor, ref.type_key, ref.id)
    Follow.objects.get_or_create(user_id=_user(actor), record_id=ref.id, defaults={"type_key": ref.type_key})


def unfollow(ref: RecordRef, *, actor: Actor) -> None:
    """Hear no more of a record's changes."""
    Follow.objects.filter(user_id=_user(actor), record_id=ref.id).delete()


def set_wishes(
    *,
    actor: Actor,
    muted: Sequence[str],
    quiet_from: time | None,
    quiet_until: time | None,
    digest: bool,
) -> None:
    """Keep what the actor wants to hear."""
    known = dict(KINDS)
    Wish.objects.update_or_create(
        user_id=_user(actor),
        defaults={
            "muted": [kind for kind in muted if kind in known],
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "digest": digest,
        },
    )


def _user(actor: Actor) -> int:
    if actor.user_id is None:
        raise Denied("view", "notifications")
    return actor.user_id


def note_digest_sent(user_id: int, at: datetime) -> None:
    """Keep when a user's digest went out, so that it goes out once a day."""
    Wish.objects.update_or_create(user_id=user_id, defaults={"digest_sent_at": at})


def forget_old(at: datetime) -> int:
    """Delete items that are older than an instant; give their number."""
    return Notification.objects.filter(at__lt=at).delete()[0]


def wishes_as_values(wish: Wish | None) -> Mapping[str, Any]:
    """Give wishes as plain values for a form; a user without any has the defaults."""
    if wish is None:
        return {"muted": [], "quiet_from": None, "quiet_until": None, "digest": True}
    return {
        "muted": list(wish.muted),
        "quiet_from": wish.quiet_from,
        "quiet_until": wish.quiet_until,
        "digest": wish.digest,
    }
