"""Whose stream it is, and whether it may stay open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from hatir.foundation.staff.models import User


def session_key_of(cookie_header: str) -> str:
    """Read the session's key from a Cookie header; "" when there is none."""
    try:
        found = SimpleCookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


def signed_in(session_key: str) -> User | None:
    """Give the active user of a live session, or None."""
    return living_sessions([session_key]).get(session_key) if session_key else None


def living_sessions(keys: Sequence[str]) -> dict[str, User]:
    """Give those of the sessions that still hold, each with its active user; two statements.

    A session ends by sign-out, by remote sign-out, by a changed password, or with its user.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    rows = Session.objects.filter(session_key__in=list(keys), expire_date__gt=timezone.now())
    data: dict[str, Mapping[str, Any]] = {row.session_key: store.decode(row.session_data) for row in rows}
    ids = {key: _user_id(found) for key, found in data.items()}
    users = User.objects.in_bulk([user_id for user_id in ids.values() if user_id is not None])
    return {
        key: users[user_id] for key, user_id in ids.items() if user_id in users and _holds(users[user_id], data[key])
    }


def _user_id(found: Mapping[str, Any]) -> int | None:
    try:
        return int(found[SESSION_KEY])
    except (KeyError, ValueError):
        return None


def _holds(user: User, found: Mapping[str, Any]) -> bool:
    if not user.is_active or user.archived_at is not None or BACKEND_SESSION_KEY not in found:
        return False
    return constant_time_compare(str(found.get(HASH_SESSION_KEY, "")), user.get_session_auth_hash())
