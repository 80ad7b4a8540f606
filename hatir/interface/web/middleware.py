"""Around every request: a fresh memory, the user's language, and headers that keep strangers' scripts out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from hatir.foundation.records.memory import piece_of_work

Answer = Callable[[HttpRequest], HttpResponse]
UNUSED_POWERS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


class SecurityHeaders:
    """Sends the content security policy with every answer and tells caches that fragments differ from pages.

    It stands first, so it also opens the memory that lasts for one request.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        policy: dict[str, str] = settings.CONTENT_SECURITY_POLICY
        self.policy = "; ".join(f"{name} {value}" for name, value in policy.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with piece_of_work():
            response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", UNUSED_POWERS)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["HX-Request"])
        return response


class UserLanguage:
    """Speaks the signed-in user's language; strangers get their cookie's or browser's (LocaleMiddleware).

    Stands behind AuthenticationMiddleware. The cookie follows the user's choice, so that the sign-in page of the
    same browser speaks it too.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        chosen = getattr(user, "language", "") if user.is_authenticated else ""
        if chosen and chosen != translation.get_language():
            translation.activate(chosen)
            setattr(request, "LANGUAGE_CODE", chosen)  # noqa: B010 — Django's own request carries it like this
        response = self.get_response(request)
        if chosen and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != chosen:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                max_age=365 * 24 * 3600,
                secure=request.is_secure(),
                samesite="Lax",
            )
        return response
