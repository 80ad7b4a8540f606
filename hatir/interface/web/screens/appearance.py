"""Theme, density and sidebar without JavaScript: the same cookies that the browser's own code writes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from hatir.interface.web.permission import public

CHOICES = {
    "theme": ("light", "dark", "auto"),
    "density": ("compact", "normal", "comfortable"),
    "side": ("full", "rail"),
    "shortcuts": ("on", "off"),
    "language": tuple(code for code, _name in settings.LANGUAGES),
}
YEAR_SECONDS = 365 * 24 * 60 * 60


@public()
@require_POST
def change_look(request: HttpRequest) -> HttpResponse:
    """Keep the choices sent and go back to where they were made."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, allowed in CHOICES.items():
        value = request.POST.get(name, "")
        if value in allowed:
            response.set_cookie(
                f"hatir_{name}", value, max_age=YEAR_SECONDS, secure=request.is_secure(), samesite="Lax"
            )
    return response


urlpatterns = [path("appearance/", change_look, name="appearance")]
