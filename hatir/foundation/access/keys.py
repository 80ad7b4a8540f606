"""Keys by which programs act for a user: made once in plain, kept as a hash, narrowed by scopes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.events import ApiKeyCreated, ApiKeyRevoked
from hatir.foundation.access.grants import MANAGE, rights_of
from hatir.foundation.access.models import EVERY_TYPE, VERBS, ApiKey
from hatir.foundation.access.permissions import permissions
from hatir.foundation.access.queries import has_permission
from hatir.foundation.events.bus import publish
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.records.stamps import while_unchanged
from hatir.foundation.staff.models import User

MARK = "hatir_"
SHOWN_LENGTH = len(MARK) + 6
USE_NOTED_EVERY = timedelta(minutes=1)
FULL = "*:*"


@dataclass(frozen=True)
class NewKey:
    """A key just made. `plain` is shown this one time."""

    plain: str
    key: ApiKey


class KeyRefused(Exception):
    """The key is unknown, withdrawn or over, or its user may no longer sign in."""

    def __str__(self) -> str:
        return _("This API key is not valid.")


def hash_of(plain: str) -> str:
    """Give what is stored of a key; the key is long and random, so a plain hash is enough."""
    return hashlib.sha256(plain.encode()).hexdigest()


@transaction.atomic
def create_api_key(
    user: User, name: str, scopes: Iterable[str] = (FULL,), *, actor: Actor, expires_at: datetime | None = None
) -> NewKey:
    """Make a key that acts for `user` within `scopes` ("view:customers.customer", "edit:*",
    "permission:settings.manage", "*:*").

    One's own key needs no right, another's needs settings.manage. Raises Denied or Invalid.
    """
    _check_manager(user, actor)
    wanted = _checked(scopes)
    if not name.strip():
        raise Invalid({"name": [_("Give the key a name, so that you know later what it is for.")]})
    plain = MARK + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name.strip()[:80],
        prefix=plain[:SHOWN_LENGTH],
        key_hash=hash_of(plain),
        scopes=wanted,
        created_at=timezone.now(),
        expires_at=expires_at,
    )
    about = (RecordRef("staff.user", user.pk),)
    publish(
        ApiKeyCreated(about=about, name=key.name, prefix=key.prefix, scopes=tuple(wanted), origin=actor.origin),
        actor=actor,
    )
    return NewKey(plain, key)


@transaction.atomic
def revoke_api_key(key: ApiKey, *, actor: Actor) -> None:
    """Withdraw a key at once; withdrawing twice changes nothing. Raises Denied."""
    _check_manager(key.user, actor)
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return
    about = (RecordRef("staff.user", key.user_id),)
    publish(ApiKeyRevoked(about=about, name=key.name, prefix=key.prefix, origin=actor.origin), actor=actor)


def actor_for_key(plain: str, origin: str, *, at: datetime | None = None) -> Actor:
    """Give the actor that a key stands for, with the user's rights narrowed by the key's scopes.

    Keys and their users are kept until one of them changes; that it is used is noted once a minute.
    Raises KeyRefused.
    """
    now = at or timezone.now()
    key = while_unchanged("access.open_keys", _open_keys).get(hash_of(plain))
    if key is None or (key.expires_at is not None and key.expires_at <= now):
        raise KeyRefused
    _note_use(key, now)
    return Actor(
        kind="api_key",
        label=f"{key.user} ({key.name})",
        user_id=key.user_id,
        origin=origin,
        is_admin=key.user.is_admin,
        permissions=frozenset(key.scopes),
        memory={"user": copy(key.user)},
    )


def _open_keys() -> dict[str, ApiKey]:
    """Read every key that may open something, by its hash, each with its user."""
    keys = ApiKey.objects.select_related("user").filter(revoked_at=None, user__is_active=True)
    return {key.key_hash: key for key in keys}


def _note_use(key: ApiKey, now: datetime) -> None:
    """Note that the key is used, once in USE_NOTED_EVERY; the kept key remembers when it did so last."""
    if key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY:
        key.last_used_at = now
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def api_keys(actor: Actor) -> QuerySet[ApiKey]:
    """List the keys that the actor may see: all with settings.manage, else own ones; newest first."""
    rows = ApiKey.objects.select_related("user").order_by("-id")
    return rows if has_permission(actor, MANAGE) else rows.filter(user_id=actor.user_id or 0)


def api_key(actor: Actor, key_id: int) -> ApiKey:
    """Find one key that the actor may see. Raises NotFoundHere."""
    found = api_keys(actor).filter(pk=key_id).first()
    if found is None:
        raise NotFoundHere(str(key_id))
    return found


def live_keys(at: datetime) -> Q:
    """Give the condition for keys that still open something."""
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=at))


def _check_manager(user: User, actor: Actor) -> None:
    if actor.permissions is not None and FULL not in actor.permissions:
        raise Denied("create", "access.api_key")  # a narrow key must not make a wide one
    if actor.is_system or actor.user_id == user.pk:
        return
    if not has_permission(actor, MANAGE) or (user.is_admin and not rights_of(actor).everything):
        raise Denied("create", "access.api_key")


def _checked(scopes: Iterable[str]) -> list[str]:
    verbs = {*dict(VERBS), EVERY_TYPE}
    singles = {f"permission:{permission.code}" for permission in permissions()}
    wanted = sorted(set(scopes))
    for scope in wanted:
        verb, _colon, type_key = scope.partition(":")
        try:
            known = scope in singles or (
                verb in verbs and (type_key == EVERY_TYPE or record_type(type_key).root_key == type_key)
            )
        except NotFoundHere:
            known = False
        if not known:
            raise Invalid({"scopes": [_("There is no scope called “%(scope)s”.") % {"scope": scope}]})
    if not wanted:
        raise Invalid({"scopes": [_("Choose at least one scope.")]})
    return wanted
