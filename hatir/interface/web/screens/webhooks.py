"""Webhooks in the settings: who is told, and the log of what was told."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import visible
from hatir.foundation.records.errors import RecordError
from hatir.foundation.records.expressions import SortText
from hatir.foundation.webhooks import actions
from hatir.foundation.webhooks.models import DELIVERED, GIVEN_UP, STATES, WebhookDelivery, WebhookEndpoint
from hatir.foundation.webhooks.queries import deliveries_of, delivery_of, endpoint_of
from hatir.interface.web.acting import actor_of
from hatir.interface.web.permission import screen
from hatir.interface.web.settings_frame import show
from hatir.kit.ids import decode_id

LIST = "/settings/webhooks/"
RECORDS = "/records/webhooks.endpoint/"


@screen(MANAGE)
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """List the addresses that are told what happens here."""
    endpoints = visible(actor_of(request), WebhookEndpoint).filter(archived_at=None).order_by(SortText("name"))
    context: dict[str, Any] = {
        "page_title": _("Webhooks"),
        "intro": _("Other programs hear at once what changes here. Every message is signed."),
        "add": {"label": _("New webhook"), "url": f"{RECORDS}new/"},
        "columns": [{"label": _("Name")}, {"label": _("Address")}, {"label": _("Events")}, {"label": _("State")}],
        "rows": [_row(endpoint) for endpoint in endpoints],
        "empty": {
            "title": _("No webhook yet"),
            "text": _("Give the address of a program and choose what it shall hear."),
            "icon": "webhook",
        },
    }
    return show(request, "web/settings/table.html", "webhooks", context)


def _row(endpoint: WebhookEndpoint) -> dict[str, Any]:
    state = _("active") if endpoint.is_active else _("switched off")
    if endpoint.is_active and endpoint.failing_since is not None:
        state = _("failing")
    page = f"{LIST}{endpoint.public_id}/"
    return {
        "url": page,
        "cells": [{"html": text} for text in (endpoint.name, endpoint.url, endpoint.events, state)],
        "actions": [
            {"label": _("Edit"), "icon": "pencil", "url": f"{RECORDS}{endpoint.public_id}/edit/"},
            {"label": _("Log"), "icon": "history", "url": page},
        ],
    }


@screen(MANAGE)
@require_safe
def log(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what an endpoint was told, what it answered, and, the first time, its secret."""
    return _log(request, _found(request, public_id), "")


def _log(request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    state = request.GET.get("state", "")
    chosen = state if state in dict(STATES) else ""
    context: dict[str, Any] = {
        "page_title": endpoint.name,
        "intro": endpoint.url,
        "endpoint": endpoint,
        "secret": secret or actions.show_secret_once(endpoint, actor=actor_of(request)),
        "deliveries": [_delivery(one) for one in deliveries_of(endpoint, chosen)],
        "states": [{"key": key, "label": label, "is_chosen": key == chosen} for key, label in STATES],
        "state": chosen,
        "record_url": f"{RECORDS}{endpoint.public_id}/edit/",
    }
    return show(request, "web/developers/webhook.html", "webhooks", context)


def _delivery(delivery: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": delivery.message_id.removeprefix("msg_"),
        "message_id": delivery.message_id,
        "event_type": delivery.event_type,
        "state": delivery.get_state_display(),
        "tone": {GIVEN_UP: "bad", DELIVERED: "ok"}.get(delivery.state, "gray"),
        "created_at": delivery.created_at,
        "next_at": delivery.next_at,
        "body": delivery.body,
        "attempts": list(delivery.attempts.all()),
    }


def _found(request: HttpRequest, public_id: str) -> WebhookEndpoint:
    try:
        return endpoint_of(actor_of(request), decode_id(public_id))
    except (ValueError, RecordError):
        raise Http404 from None


@screen(MANAGE)
@require_POST
def ping(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send a test event."""
    endpoint = _found(request, public_id)
    actions.send_ping(endpoint, actor=actor_of(request))
    return HttpResponseRedirect(f"{LIST}{endpoint.public_id}/")


@screen(MANAGE)
@require_POST
def replace_secret(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the endpoint a new secret and show it this once."""
    endpoint = _found(request, public_id)
    return _log(request, endpoint, actions.replace_secret(endpoint, actor=actor_of(request)))


@screen(MANAGE)
@require_POST
def replay(request: HttpRequest, public_id: str, delivery_id: str) -> HttpResponse:
    """Deliver one event again."""
    endpoint = _found(request, public_id)
    try:
        delivery = delivery_of(actor_of(request), decode_id(delivery_id))
    except (ValueError, RecordError):
        raise Http404 from None
    if delivery.endpoint_id != endpoint.pk:
        raise Http404
    actions.replay_delivery(delivery, actor=actor_of(request))
    return HttpResponseRedirect(f"{LIST}{endpoint.public_id}/")


urlpatterns = [
    path("settings/webhooks/", webhooks, name="webhooks"),
    path("settings/webhooks/<str:public_id>/", log, name="webhook_log"),
    path("settings/webhooks/<str:public_id>/ping/", ping, name="webhook_ping"),
    path("settings/webhooks/<str:public_id>/secret/", replace_secret, name="webhook_secret"),
    path("settings/webhooks/<str:public_id>/deliveries/<str:delivery_id>/replay/", replay, name="webhook_replay"),
]
