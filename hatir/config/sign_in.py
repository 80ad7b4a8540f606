"""How allauth behaves here: nobody signs up by himself, colleagues are invited."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes open registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
