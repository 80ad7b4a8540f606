"""Rows for choosing a record by typing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from hatir.interface.web.acting import actor_of
from hatir.interface.web.inputs import options
from hatir.interface.web.permission import screen
from hatir.interface.web.types import type_or_404


@screen(":view")
@require_safe
def option_rows(request: HttpRequest, type_key: str) -> HttpResponse:
    """Give up to twelve records whose name fits the typed text."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    found = options(actor, rt, request.GET.get("q", ""))
    return render(request, "web/form/_options.html", {"options": found})


urlpatterns = [path("records/<str:type_key>/options/", option_rows, name="record_options")]
