"""The condition editor inside a form: drawn anew with what one of its buttons changed."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from hatir.foundation.access.queries import readable_fields
from hatir.interface.web.acting import actor_of
from hatir.interface.web.controls import control_of
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.types import type_or_404
from hatir.kit.filters.schema import FilterError


@screen(":view")
@require_safe
def condition(request: HttpRequest, type_key: str, name: str) -> HttpResponse:
    """Draw the editor of one field's condition from what the form holds now; nothing is stored."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    spec = readable_fields(actor, rt).get(name)
    if spec is None or not spec.condition_on:
        raise Http404
    try:
        made = control_of(actor, rt, spec, "", sent=request.GET)
    except FilterError:
        raise Http404 from None
    context = {"input": replace(made, described_by=""), "label": capital(spec.label)}
    return render(request, "web/form/_condition.html", context)


urlpatterns = [path("records/<str:type_key>/conditions/<str:name>/", condition, name="form_condition")]
