"""The link that signs in once: for the first administrator, for the invited, for whoever lost the password."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hatir.foundation.preferences.queries import value_of
from hatir.foundation.staff.actions import LinkExpired, consume_one_time_link, peek_one_time_link
from hatir.interface.web.first_steps import first_page
from hatir.interface.web.permission import public


@public()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Greet whom the link is for; a press of the button uses it up and signs in.

    Mail programs open links to look at them, so opening alone never uses one up.
    """
    try:
        if request.method != "POST":
            user = peek_one_time_link(token)
            return _page(request, {"person": user, "is_first": user.last_login is None})
        user = consume_one_time_link(token)
    except LinkExpired as over:
        if request.user.is_authenticated:
            return HttpResponseRedirect("/")
        return _page(request, {"over": str(over)}, status=410)
    signed_in: Any = perform_login(request, user, email_verification="none", redirect_url=first_page(user))
    return signed_in  # type: ignore[no-any-return]


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    company = str(value_of("company.name") or "Hatır")
    given = {"page_title": _("Welcome"), "company": company, **context}
    return render(request, "web/welcome.html", given, status=status)


urlpatterns = [path("welcome/<str:token>/", welcome, name="welcome")]
