"""How allauth behaves here: nobody signs up by himself, and every coming and going is kept in the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from hatir.foundation.access.actors import actor_for_user
from hatir.foundation.audit.actions import record_event
from hatir.foundation.preferences.queries import user_values
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.interface.web.screens.account import LOOK, SECURITY, wear_look

SHOWN_ADDRESS = 120


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes open registration, keeps a trail, and dresses the browser in the user's own look."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Any, **details: Any) -> HttpResponse:
        """Keep that somebody came in, and let the browser wear what he chose."""
        response: HttpResponse = super().post_login(request, user, **details)
        record_event("sign_in", actor=_actor(user, request), ref=RecordRef("staff.user", user.pk), title=str(user))
        own = user_values(user.pk)
        return wear_look(response, {key: own[key] for key in LOOK}, request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep that somebody was refused; never the password."""
        tried = str(credentials.get("email") or credentials.get("username") or "")[:SHOWN_ADDRESS]
        stranger = Actor(kind="system", label=tried, origin=_address(request))
        record_event("sign_in_failed", actor=stranger, type_key="staff.user", title=tried)

    def logout(self, request: HttpRequest) -> None:
        """Keep that somebody left."""
        user: Any = request.user
        if user.is_authenticated:
            ref = RecordRef("staff.user", user.pk)
            record_event("sign_out", actor=_actor(user, request), ref=ref, title=str(user))
        super().logout(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead back to the page from which one came to choose a password."""
        return SECURITY

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing at the door: the page itself shows that one is in."""


def _actor(user: Any, request: HttpRequest) -> Actor:
    return actor_for_user(user, _address(request))


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
