"""The styleguide: every component and every screen template with made-up content, for looking and for axe."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from hatir.foundation.access.grants import MANAGE
from hatir.interface.web import samples
from hatir.interface.web.permission import screen

SCREENS: dict[str, str] = {
    "list": "web/list/screen.html",
    "record": "web/record/screen.html",
    "import-file": "web/import/file.html",
    "import": "web/import/mapping.html",
    "import-check": "web/import/check.html",
    "import-duplicates": "web/import/duplicates.html",
    "import-result": "web/import/result.html",
    "form": "web/form/screen.html",
    "settings": "web/settings/form.html",
    "settings-table": "web/settings/table.html",
    "first-steps": "web/onboarding/screen.html",
    "notifications": "web/notifications/screen.html",
}
FRAGMENTS: dict[str, str] = {
    "dialog": "web/form/dialog.html",
    "peek": "web/record/_peek.html",
    "related": "web/record/_related.html",
    "walk": "web/record/_walk.html",
    "filter": "web/list/_filter_editor.html",
    "columns": "web/list/_columns.html",
    "palette": "web/palette/_results.html",
    "history": "web/record/_history.html",
    "feed": "web/notifications/_feed.html",
    "options": "web/form/_options.html",
    "cell": "web/list/_cell_edit.html",
}
BORROWED = {"peek": "record", "related": "record", "walk": "record", "feed": "notifications"}


def _content(name: str) -> dict[str, Any]:
    if name == "list":
        return samples.a_list()
    if name == "options":
        return {"options": [samples.option("1", "Elif Kaya", name="Elif Kaya")]}
    if name == "cell":
        return {"input": samples.fields()[0]["input"], "label": "Ad", "url": "/styleguide/cell/"}
    return samples.page(BORROWED.get(name, name))


@screen(permission=MANAGE)
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show all components."""
    screens = [{"label": name, "url": f"/styleguide/{name}/"} for name in (*SCREENS, *FRAGMENTS)]
    return render(request, "web/styleguide.html", {**samples.components(), "screens": screens})


@screen(permission=MANAGE)
@require_safe
def one_screen(request: HttpRequest, name: str) -> HttpResponse:
    """Show one screen template with made-up content."""
    template = {**SCREENS, **FRAGMENTS}.get(name)
    if template is None:
        raise Http404
    return render(request, template, _content(name))


urlpatterns = [
    path("styleguide/", components, name="styleguide"),
    path("styleguide/<slug:name>/", one_screen, name="styleguide_screen"),
]
