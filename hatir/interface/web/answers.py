"""What screens answer with: fragments or pages, toasts with undo, refusals; the same way everywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from hatir.foundation.audit.undo import undo_token
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, NotFoundHere, RecordError


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks; then a fragment is wanted."""
    return request.headers.get("HX-Request") == "true"


def undo_url(actor: Actor, operation: str | None = None) -> str:
    """Give the address that takes the actor's present (or the named) operation back."""
    return f"/undo/?{urlencode({'token': undo_token(actor, operation)})}"


def trigger(response: HttpResponse, events: Mapping[str, Any]) -> HttpResponse:
    """Let the browser hear events after an answer."""
    known = json.loads(response.headers.get("HX-Trigger", "{}"))
    response["HX-Trigger"] = json.dumps({**known, **events})
    return response


def toast(response: HttpResponse, text: str, *, undo: str = "", kind: str = "ok", **more: str) -> HttpResponse:
    """Say something for eight seconds, with a way back."""
    said = {"text": text, "kind": kind, **({"undo": undo} if undo else {}), **more}
    return trigger(response, {"toast": said})


def done(
    request: HttpRequest,
    text: str,
    *,
    back: str,
    undo: str = "",
    events: Mapping[str, Any] | None = None,
    kind: str = "ok",
) -> HttpResponse:
    """Answer a change: to htmx with events and a toast, otherwise by going back to a page that says so."""
    if is_fragment(request):
        return trigger(toast(HttpResponse(status=204), text, undo=undo, kind=kind), events or {})
    level = messages.SUCCESS if kind == "ok" else messages.WARNING
    messages.add_message(request, level, text, extra_tags=undo)
    return HttpResponseRedirect(back)


def refused(request: HttpRequest, problem: RecordError, *, back: str) -> HttpResponse:
    """Answer what the doors refused: what is not there for the actor gives 404, the rest a sentence."""
    if isinstance(problem, NotFoundHere):
        raise Http404
    if is_fragment(request):
        status = 403 if isinstance(problem, Denied) else 422
        return toast(HttpResponse(status=status), str(problem), kind="bad")
    messages.add_message(request, messages.ERROR, str(problem))
    return HttpResponseRedirect(back)


def panel(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str, status: int = 200
) -> HttpResponse:
    """Show something that opens in a dialog or menu; without JavaScript it is a page of its own."""
    if is_fragment(request):
        return render(request, template, dict(context), status=status)
    page = {**context, "page_title": title, "fragment": template, "is_page": True}
    return render(request, "web/form/screen.html", page, status=status)


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Give where to go on; never to another house."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if allowed else fallback
