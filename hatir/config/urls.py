"""Every address. A room that has screens of its own keeps them in its `urls.py`."""

from __future__ import annotations

from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from hatir.interface.api import door
from hatir.interface.web.screens.account import to_security


def _rooms_with_screens() -> list[str]:
    rooms = [app.name for app in apps.get_app_configs() if app.name.startswith("hatir.domains.")]
    return [f"{room}.urls" for room in rooms if find_spec(f"{room}.urls") is not None]


handler400 = "hatir.config.errors.unreadable"
handler500 = "hatir.config.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/2fa/", to_security),
    path("accounts/sessions/", to_security),
    path("accounts/", include("allauth.urls")),
    path("api", door.versions),
    path("api/", include("hatir.interface.api.urls")),
    *(path("", include(room)) for room in _rooms_with_screens()),
    path("", include("hatir.interface.web.urls")),
]
