"""Who is calling: the holder of a key, or the signed-in user in his browser."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from hatir.foundation.access.actors import actor_for_user
from hatir.foundation.access.keys import KeyRefused, actor_for_key
from hatir.foundation.records.actor import Actor
from hatir.interface.api.problems import Problem

READING = frozenset({"GET", "HEAD", "OPTIONS"})
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}
LONGEST_KEY = 200


@dataclass(frozen=True)
class Caller:
    """The actor of a request, and the name under which its requests are counted and remembered."""

    actor: Actor
    counted_as: str


def identify(request: HttpRequest) -> Caller:
    """Find out who calls. Raises Problem 401 without a valid key or session, 403 without the CSRF token."""
    origin = origin_of(request)
    plain = _key_in(request)
    if plain:
        return _holder_of(plain, origin)
    user = request.user
    if not user.is_authenticated or not user.is_active:
        raise Problem("no_key", headers=CHALLENGE)
    if request.method not in READING and _lacks_csrf_token(request):
        raise Problem("csrf")
    return Caller(actor_for_user(user, origin), f"user:{user.pk}")


def _lacks_csrf_token(request: HttpRequest) -> bool:
    """Ask Django's own check, which the door of the API is exempt from because keys need no token."""
    check = CsrfViewMiddleware(lambda _request: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    return check.process_view(request, lambda _request: HttpResponse(), (), {}) is not None


def origin_of(request: HttpRequest) -> str:
    """Give the address that the request comes from."""
    return str(request.META.get("REMOTE_ADDR") or "")


def _key_in(request: HttpRequest) -> str:
    scheme, _space, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":  # ascii-only: a protocol word
        return credentials.strip()
    return request.headers.get("X-API-Key", "").strip()


def _holder_of(plain: str, origin: str) -> Caller:
    if len(plain) > LONGEST_KEY or not plain.isascii():
        raise Problem("no_key", headers=CHALLENGE)
    try:
        actor = actor_for_key(plain, origin)
    except KeyRefused as refused:
        raise Problem("no_key", refused, headers=CHALLENGE) from None
    return Caller(actor, f"key:{hashlib.sha256(plain.encode()).hexdigest()[:32]}")
