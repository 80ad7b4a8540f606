"""The verbs of staff: colleagues come, sign in for the first time, and leave."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, Invalid, RecordError
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.foundation.staff.models import OneTimeLink, User
from hatir.kit.email_address import normalise_email
from hatir.kit.ids import encode_id

LINK_HOURS = 72
NOWHERE = "@no-sign-in.invalid"
LINK_PATH = "/welcome/"
OWN_FIELDS = frozenset({"name", "job_title", "phone", "language"})


class LinkExpired(RecordError):
    """The sign-in link is unknown, was used, or is over."""

    def __str__(self) -> str:
        return _("This sign-in link was used or has expired. Ask for a new one.")


def create_users(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[User]:
    """Create colleagues from cleaned values; none has a password yet, so they sign in by a one-time link.

    One without an e-mail address (people of a file) can own records, and cannot sign in until somebody gives the
    address and opens the account. Raises Denied, or Invalid naming the row.
    """
    rt = type_of_model(User)
    users: list[User] = []
    for row in rows:
        user: User = blank(rt)
        put_all(rt, user, row)
        _settle_address(user)
        user.password = make_password(None)
        users.append(user)
    _refuse_twins(users)
    return writing.save_many(users, actor=actor)


def create_user(name: str, email: str, *, actor: Actor, is_admin: bool = False, **values: Any) -> User:
    """Create one colleague. Only an administrator or the house itself makes an administrator."""
    if is_admin:
        _only_admins(actor)
    return create_users([{"name": name, "email": email, "is_admin": is_admin, **values}], actor=actor)[0]


def update_users(
    pairs: Sequence[tuple[User, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[User]:
    """Change colleagues, each with their own cleaned values; e-mail addresses are kept in one spelling.

    An administrator's account is changed by administrators only, or its e-mail would open it. Raises Denied.
    """
    rt = type_of_model(User)
    if any(user.is_admin for user, _values in pairs):
        _only_admins(actor)
    for user, values in pairs:
        put_all(rt, user, values)
        _settle_address(user)
    users = [user for user, _values in pairs]
    _refuse_twins(users)
    return writing.save_many(users, actor=actor, expected_version=expected_version)


def update_own_profile(user: User, values: Mapping[str, Any], *, actor: Actor) -> User:
    """Change one's own name, title, telephone and language; no right is needed. Raises Denied for anything else."""
    if actor.user_id != user.pk or actor.kind != "user" or set(values) - OWN_FIELDS:
        raise Denied("edit", "staff.user")
    put_all(type_of_model(User), user, values)
    return writing.save(user, actor=actor.acting_as("system", actor.label))


def set_admin(user: User, is_admin: bool, *, actor: Actor) -> User:
    """Make a colleague an administrator, or end it. Raises Denied, or Invalid for the last one."""
    _only_admins(actor)
    if not is_admin:
        _keep_one_admin(user)
    user.is_admin = is_admin
    return writing.save(user, actor=actor)


def deactivate_user(user: User, *, actor: Actor) -> User:
    """Close a colleague's account: no sign-in, no rights, dead keys and links. Records stay theirs.

    Raises Denied, or Invalid for oneself and for the last administrator.
    """
    if actor.user_id == user.pk:
        raise Invalid({"": [_("You cannot close your own account.")]})
    if user.is_admin:
        _only_admins(actor)
        _keep_one_admin(user)
    with transaction.atomic():
        user.is_active = False
        writing.save(user, actor=actor)
        OneTimeLink.objects.filter(user=user, used_at=None).delete()
    return user


def _settle_address(user: User) -> None:
    """Keep addresses in one spelling; who has none gets one that leads nowhere (RFC 2606), and no sign-in."""
    if user.email:
        user.email = normalise_email(user.email)
    else:
        user.email, user.is_active = f"{encode_id(user.pk).lower()}{NOWHERE}", False  # ascii-only: an id


def reactivate_user(user: User, *, actor: Actor) -> User:
    """Open a closed account again. Raises Invalid for a colleague without an e-mail address."""
    if user.email.endswith(NOWHERE):
        raise Invalid({"email": [_("Give an e-mail address first: the sign-in link goes there.")]})
    if user.is_admin:
        _only_admins(actor)
    user.is_active = True
    return writing.save(user, actor=actor)


def sign_out_everywhere(user: Any, *, but: str = "") -> int:
    """End every session of a user but the one named; give how many were ended."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=but)
    for session in rows:
        session.end()
    return len(rows)


def sign_out_place(user: Any, place_id: int) -> bool:
    """End one session of a user; tell whether it was there."""
    session = UserSession.objects.filter(user=user, pk=place_id).first()
    if session is None:
        return False
    session.end()
    return True


def set_password(user: User, password: str, *, actor: Actor) -> None:
    """Set one's own password (already judged by the form); an administrator may set anybody's. Raises Denied."""
    if not actor.is_system and actor.user_id != user.pk:
        _only_admins(actor)
    user.set_password(password)
    User.objects.filter(pk=user.pk).update(password=user.password)


def one_time_link(user: User, *, actor: Actor, at: datetime | None = None) -> str:
    """Make the path of a sign-in link for oneself, or as administrator or the house for anybody.

    Who manages settings without being administrator goes through `access.actions.sign_in_link`.
    Raises Denied.
    """
    if actor.user_id != user.pk or actor.permissions is not None:
        _only_admins(actor)
    return issue_link(user, at=at)


@transaction.atomic
def issue_link(user: User, *, at: datetime | None = None) -> str:
    """Make a link that works once within 72 hours; older ones of the user stop working. Asks no rights."""
    token = secrets.token_urlsafe(32)
    now = at or timezone.now()
    OneTimeLink.objects.filter(user=user, used_at=None).delete()
    OneTimeLink.objects.create(user=user, token_hash=_hash(token), expires_at=now + timedelta(hours=LINK_HOURS))
    return f"{LINK_PATH}{token}/"


@transaction.atomic
def consume_one_time_link(token: str, *, at: datetime | None = None) -> User:
    """Use up a sign-in link and give its user. Raises LinkExpired."""
    now = at or timezone.now()
    rows = OneTimeLink.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=now)
    link = rows.select_related("user").first()
    if link is None or not link.user.is_active or not rows.update(used_at=now):
        raise LinkExpired
    return link.user


def peek_one_time_link(token: str, *, at: datetime | None = None) -> User:
    """Tell whose link this is without using it up (for the page that asks to go on). Raises LinkExpired."""
    now = at or timezone.now()
    link = (
        OneTimeLink.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=now, user__is_active=True)
        .select_related("user")
        .first()
    )
    if link is None:
        raise LinkExpired
    return link.user


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _only_admins(actor: Actor) -> None:
    is_narrow = actor.permissions is not None and "*:*" not in actor.permissions
    admins = User.objects.filter(pk=actor.user_id or 0, is_admin=True, is_active=True)
    if actor.is_system or (not is_narrow and admins.exists()):
        return
    raise Denied("edit", "staff.user")


def _keep_one_admin(user: User) -> None:
    if not User.objects.filter(is_admin=True, is_active=True).exclude(pk=user.pk).exists():
        raise Invalid({"": [_("The company needs at least one administrator.")]})


def _refuse_twins(users: Sequence[User]) -> None:
    """Say which row repeats an address of another row; the write door judges against the database."""
    seen: set[str] = set()
    wrong: dict[int, dict[str, list[str]]] = {}
    for at, user in enumerate(users):
        if not user.email or user.email in seen:
            text = _("This address is given twice.") if user.email else _("This field is required.")
            wrong[at] = {"email": [text]}
        seen.add(user.email)
    if wrong:
        raise Invalid(rows=wrong)
