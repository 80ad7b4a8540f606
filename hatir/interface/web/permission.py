"""Who may open an address. Every view of the house carries one of these two decorators."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import urlencode

from hatir.foundation.access.queries import has_permission, may
from hatir.foundation.records.errors import NotFoundHere
from hatir.interface.web.acting import actor_of

SIGNED_IN = "signed in"
PUBLIC = "public"
View = TypeVar("View", bound=Callable[..., Any])


def screen(permission: str = SIGNED_IN, *, of: str = "type_key") -> Callable[[View], View]:
    """Guard a view.

    `permission` is SIGNED_IN, a right such as "settings.manage", or a verb on the type in the address, written
    ":view" (`of` names the part of the address that holds the type's key). A stranger is sent to sign in and comes
    back; a user without the right gets 404, as if the page did not exist.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in_first(request)
            if not _is_allowed(request, permission, kwargs.get(of, "")):
                raise Http404
            response: HttpResponseBase = view(request, *args, **kwargs)
            patch_vary_headers(cast(HttpResponse, response), ["HX-Request", "Cookie"])
            if not response.has_header("Cache-Control"):
                response["Cache-Control"] = "private, no-cache"
            return response

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast(View, guarded)

    return guard


def public() -> Callable[[View], View]:
    """Mark a view that answers strangers; each is listed in tests/architecture/public_addresses.txt."""

    def mark(view: View) -> View:
        view.permission = PUBLIC  # type: ignore[attr-defined]
        return view

    return mark


def _is_allowed(request: HttpRequest, permission: str, type_key: str) -> bool:
    if permission == SIGNED_IN:
        return True
    if permission.startswith(":"):
        try:
            return may(actor_of(request), permission[1:], type_key)
        except NotFoundHere:
            return False
    return has_permission(actor_of(request), permission)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page; a fragment's page goes there as a whole and comes back to itself."""
    if request.headers.get("HX-Request") != "true":
        return cast(HttpResponse, redirect_to_login(request.get_full_path()))
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = f"{shown.path or '/'}{'?' + shown.query if shown.query else ''}"
    response = HttpResponse(status=401)
    response["HX-Redirect"] = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
    add_never_cache_headers(response)
    return response
