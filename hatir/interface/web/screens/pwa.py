"""What makes Hatır an installable application: manifest, service worker, offline page."""

from __future__ import annotations

import json
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hatir.interface.web.permission import public

DAY_SECONDS = 24 * 60 * 60
ICONS = (("icon", "any"), ("maskable", "maskable"))
SIZES = (192, 512)


@public()
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the worker from the top of the site, where it may answer for all pages."""
    del request
    found = finders.find("js/sw.js")
    source = Path(found) if isinstance(found, str) else Path(staticfiles_storage.path("js/sw.js"))
    response = HttpResponse(source.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    kind = "image/png" if name.endswith(".png") else "image/svg+xml"
    return {"src": static(name), "sizes": sizes, "type": kind, "purpose": purpose}


@public()
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the application in the visitor's language."""
    del request
    content = {
        "name": "Hatır",
        "short_name": "Hatır",
        "description": _("Your customers, remembered."),
        "id": "/",
        "start_url": "/today",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f2f0",
        "theme_color": "#f4f2f0",
        "icons": [
            *(
                _icon(f"vendor/{name}-{size}.png", f"{size}x{size}", purpose)
                for name, purpose in ICONS
                for size in SIZES
            ),
            _icon("img/app-icon.svg", "any", "any"),
        ],
        "shortcuts": [
            {"name": _("Today"), "url": "/today"},
            {"name": _("Customers"), "url": "/customers/"},
        ],
    }
    response = HttpResponse(json.dumps(content, ensure_ascii=False), content_type="application/manifest+json")
    response["Cache-Control"] = f"private, max-age={DAY_SECONDS}"
    return response


@public()
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Say that there is no connection; the worker keeps this page for that moment."""
    return render(request, "web/offline.html")


urlpatterns = [
    path("sw.js", service_worker, name="service_worker"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("offline/", offline, name="offline"),
]
