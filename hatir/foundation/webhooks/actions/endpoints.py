"""Make and change endpoints, and handle their secrets."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.outbound.addresses import is_inner
from hatir.foundation.outbound.preferences import inner_addresses_allowed
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.foundation.webhooks.models import WebhookEndpoint
from hatir.foundation.webhooks.sealed import first_secret, replaced, valid_secrets

_PATTERN = re.compile(r"\*|[a-z0-9_]+(\.[a-z0-9_]+)*(\.\*)?", re.ASCII)


def create_endpoints(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[WebhookEndpoint]:
    """Make endpoints, each with a secret of its own; who makes one is the colleague it acts for."""
    rt = type_of_model(WebhookEndpoint)
    endpoints = []
    for row in rows:
        endpoint: WebhookEndpoint = blank(rt)
        put_all(rt, endpoint, row)
        endpoint.sealed_secrets = first_secret()
        endpoint.owner_id = endpoint.owner_id or actor.user_id
        endpoints.append(endpoint)
    _judge(endpoints, actor)
    return writing.save_many(endpoints, actor=actor)


def update_endpoints(
    pairs: Sequence[tuple[WebhookEndpoint, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[WebhookEndpoint]:
    """Change endpoints; switching one on again forgets that it failed."""
    rt = type_of_model(WebhookEndpoint)
    endpoints = [endpoint for endpoint, _values in pairs]
    for endpoint, values in pairs:
        put_all(rt, endpoint, values)
        if values.get("is_active"):
            endpoint.failing_since, endpoint.disabled_because = None, ""
    _judge(endpoints, actor)
    return writing.save_many(endpoints, actor=actor, expected_version=expected_version)


@transaction.atomic
def replace_secret(endpoint: WebhookEndpoint, *, actor: Actor) -> str:
    """Give an endpoint a new secret and show it; the old one signs too for a day. Raises Denied."""
    _check_manager(actor)
    endpoint.sealed_secrets = replaced(endpoint.sealed_secrets, timezone.now())
    endpoint.secret_shown_at = timezone.now()
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        sealed_secrets=endpoint.sealed_secrets, secret_shown_at=endpoint.secret_shown_at
    )
    return valid_secrets(endpoint.sealed_secrets, timezone.now())[0]


def show_secret_once(endpoint: WebhookEndpoint, *, actor: Actor) -> str:
    """Give the secret of a new endpoint the first time somebody asks, later nothing. Raises Denied."""
    _check_manager(actor)
    shown = WebhookEndpoint.objects.filter(pk=endpoint.pk, secret_shown_at=None).update(secret_shown_at=timezone.now())
    return valid_secrets(endpoint.sealed_secrets, timezone.now())[0] if shown else ""


def _check_manager(actor: Actor) -> None:
    if not has_permission(actor, MANAGE):
        raise Denied("edit", "webhooks.endpoint")


def _judge(endpoints: Sequence[WebhookEndpoint], actor: Actor) -> None:
    wrong = {at: errors for at, one in enumerate(endpoints) if (errors := _problems(one, actor))}
    if wrong:
        raise Invalid(rows=wrong)


def _problems(endpoint: WebhookEndpoint, actor: Actor) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    problem = _address_problem(endpoint.url)
    if problem:
        errors["url"] = [problem]
    patterns = [part.strip() for part in endpoint.events.replace("\n", ",").split(",") if part.strip()]
    unknown = [pattern for pattern in patterns if not _PATTERN.fullmatch(pattern)]
    if unknown or not patterns:
        shown = {"name": unknown[0][:60] if unknown else ""}
        errors["events"] = [_("“%(name)s” names no event; write for example customers.customer.created or *.") % shown]
    endpoint.events = ", ".join(patterns)
    # Acting for somebody with more rights would show their records to whoever reads the outside program.
    if endpoint.owner_id != actor.user_id and not (actor.is_admin or actor.is_system):
        errors["owner"] = [_("Only an administrator lets a webhook act for somebody else.")]
    return errors


def _address_problem(url: str) -> str:
    """Refuse at once what needs no look-up; every call judges the looked-up address again."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return _("This is no web address.")
    if parts.scheme not in ("http", "https") or not host or parts.username:
        return _("Only http and https addresses without a user name are called.")
    if inner_addresses_allowed():
        return ""
    try:
        inner = is_inner(ipaddress.ip_address(host))
    except ValueError:
        inner = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    return _("%(host)s lies inside your own network; webhooks only go outside.") % {"host": host} if inner else ""
