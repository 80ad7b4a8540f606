"""Short messages with undo, on fragments and on whole pages alike."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

LEVELS = {"ok": messages.SUCCESS, "warn": messages.WARNING, "bad": messages.ERROR}


def add_toast(
    request: HttpRequest, response: HttpResponse, text: str, *, undo: str = "", kind: str = "ok"
) -> HttpResponse:
    """Say what was done, for eight seconds, with a way back.

    On a fragment it travels in a header; before a redirect it waits for the next page. `undo` is an address that
    takes it back when posted to; `kind` is ok, warn or bad.
    """
    if request.headers.get("HX-Request") == "true" and not _leads_elsewhere(response):
        return trigger(response, "toast", {"text": text, "undo": undo, "kind": kind})
    messages.add_message(request, LEVELS[kind], text, extra_tags=undo)
    return response


def trigger(response: HttpResponse, event: str, detail: dict[str, str] | None = None) -> HttpResponse:
    """Let the page hear an event once the fragment is in: toast, dialog:close, sheet:close, list:refresh."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events[event] = detail or {}
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def _leads_elsewhere(response: HttpResponse) -> bool:
    return "HX-Redirect" in response.headers or "HX-Refresh" in response.headers or response.status_code in (301, 302)
