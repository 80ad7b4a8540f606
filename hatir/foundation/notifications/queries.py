"""Read feeds, counts and followers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from hatir.foundation.access.queries import visible
from hatir.foundation.notifications.models import Follow, Notification, Wish
from hatir.foundation.notifications.rules import is_quiet
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.models import User

PAGE = 30
DIGEST_EVERY = timedelta(hours=20)


@dataclass(frozen=True)
class Digest:
    """What waits for one user: the address, the language and the unread items since the last digest."""

    user: User
    items: tuple[Notification, ...]


def feed(
    actor: Actor,
    *,
    level: str = "",
    kind: str = "",
    only_unread: bool = False,
    before: int | None = None,
    limit: int = PAGE,
) -> list[Notification]:
    """List the actor's items, newest first; `before` is the id of the last one seen."""
    if actor.user_id is None:
        return []
    rows = Notification.objects.filter(user_id=actor.user_id)
    if level:
        rows = rows.filter(level=level)
    if kind:
        rows = rows.filter(kind=kind)
    if only_unread:
        rows = rows.filter(read_at=None)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def own_item(actor: Actor, item_id: int) -> Notification | None:
    """Find one item of the actor's own feed."""
    return Notification.objects.filter(pk=item_id, user_id=actor.user_id or 0).first()


def unread_count(actor: Actor) -> int:
    """Count the actor's unread items exactly; answered from a small index."""
    if actor.user_id is None:
        return 0
    return unread_counts([actor.user_id]).get(actor.user_id, 0)


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """Count unread items of several users in one statement."""
    rows = Notification.objects.filter(user_id__in=set(user_ids), read_at=None)
    return dict(rows.values_list("user_id").annotate(n=Count("pk")).order_by())


def is_following(actor: Actor, ref: RecordRef) -> bool:
    """Ask whether the actor follows a record."""
    if actor.user_id is None:
        return False
    return Follow.objects.filter(user_id=actor.user_id, record_id=ref.id).exists()


def followers(refs: Sequence[RecordRef]) -> dict[int, list[int]]:
    """Give the user ids that follow each record, by record id; one statement."""
    found: dict[int, list[int]] = {}
    rows = Follow.objects.filter(record_id__in=[ref.id for ref in refs]).values_list("record_id", "user_id")
    for record_id, user_id in rows:
        found.setdefault(record_id, []).append(user_id)
    return found


def is_followed_by(user_id: int | None) -> Exists:
    """Give the expression that says of each record of a query whether the user follows it."""
    return Exists(Follow.objects.filter(record_id=OuterRef("pk"), user_id=user_id or 0))


def active_users(user_ids: Iterable[int]) -> list[User]:
    """Give those of the users who may sign in."""
    return list(User.objects.filter(pk__in=list(user_ids), is_active=True))


def administrators(*, without: int | None) -> list[User]:
    """Give the administrators who may sign in, but for one."""
    return list(User.objects.filter(is_admin=True, is_active=True).exclude(pk=without or 0).order_by("pk"))


def records_of(rt: RecordType, record_ids: Sequence[int]) -> QuerySet[Any]:
    """Give records for the house itself, to name them; who is told of them is judged by `those_who_see`."""
    return rt.model._base_manager.filter(pk__in=record_ids)


def those_who_see(user_ids: Iterable[int], ref: RecordRef) -> list[User]:
    """Give those of the users who are active and may see the record."""
    users = User.objects.filter(pk__in=set(user_ids), is_active=True, archived_at=None)
    return [user for user in users if visible(actor_of(user), record_type(ref.type_key)).filter(pk=ref.id).exists()]


def actor_of(user: User) -> Actor:
    """Give a user's rights to ask with, outside a request."""
    return Actor(kind="user", label=user.name, user_id=user.pk, is_admin=user.is_admin, memory={"user": user})


def wish_of(user_id: int) -> Wish | None:
    """Find what a user wants to hear, when they ever said it."""
    return Wish.objects.filter(user_id=user_id).first()


def wants_quiet(user_id: int, at: datetime | None = None) -> bool:
    """Ask whether a user has quiet hours now."""
    wish = wish_of(user_id)
    if wish is None:
        return False
    local = timezone.localtime(at or timezone.now()).time()
    return is_quiet(local, wish.quiet_from, wish.quiet_until)


def due_digests(at: datetime) -> list[Digest]:
    """List the digests that are due: for users with unread items who want one and got none for 20 hours."""
    wishes = {wish.user_id: wish for wish in Wish.objects.all()}
    due = []
    for user in User.objects.filter(is_active=True, archived_at=None).order_by("pk"):
        wish = wishes.get(user.pk)
        if wish is not None and not _is_due(wish, at):
            continue
        since = (wish.digest_sent_at if wish else None) or at - timedelta(days=7)
        items = Notification.objects.filter(user_id=user.pk, read_at=None, at__gt=since).order_by("-id")[:20]
        found = tuple(items)
        if found:
            due.append(Digest(user, found))
    return due


def _is_due(wish: Wish, at: datetime) -> bool:
    if not wish.digest:
        return False
    if is_quiet(timezone.localtime(at).time(), wish.quiet_from, wish.quiet_until):
        return False
    return wish.digest_sent_at is None or at - wish.digest_sent_at >= DIGEST_EVERY
