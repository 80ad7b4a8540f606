"""The frame of the settings: which pages there are, who may open them, and how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hatir.foundation.access.grants import MANAGE, VIEW_AUDIT
from hatir.foundation.access.queries import has_permission
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import root_types
from hatir.interface.web.acting import actor_of
from hatir.interface.web.presenting import capital

Text = str | Promise


@dataclass(frozen=True)
class SettingsPage:
    """One line of the settings' navigation; empty `permission` is for everybody."""

    key: str
    label: Text
    url: str
    icon: str
    permission: str = ""


@dataclass(frozen=True)
class NavLine:
    label: Text
    url: str
    icon: str
    is_active: bool


@dataclass(frozen=True)
class NavSection:
    label: Text
    pages: tuple[NavLine, ...]


SECTIONS: dict[Text, list[SettingsPage]] = {
    _("My account"): [
        SettingsPage("profile", _("My profile"), "/settings/profile/", "circle-user"),
        SettingsPage("security", _("Sign-in and security"), "/settings/security/", "shield-check"),
        SettingsPage("notifications", _("Notifications"), "/notifications/settings/", "bell"),
    ],
    _("Our company"): [
        SettingsPage("company", _("Our company"), "/settings/company/", "building-2", MANAGE),
        SettingsPage("people", _("Users"), "/settings/people/", "users", MANAGE),
        SettingsPage("teams", _("Teams"), "/records/staff.team/", "network", MANAGE),
        SettingsPage("departments", _("Departments"), "/records/staff.department/", "briefcase", MANAGE),
        SettingsPage("branches", _("Branches"), "/records/staff.branch/", "map-pin", MANAGE),
        SettingsPage("roles", _("Roles and rights"), "/settings/roles/", "shield", MANAGE),
    ],
    _("Records"): [
        SettingsPage("fields", _("Fields and objects"), "/settings/fields/", "boxes", MANAGE),
    ],
    _("Programs"): [
        SettingsPage("api_keys", _("API keys"), "/settings/api-keys/", "key", MANAGE),
        SettingsPage("webhooks", _("Webhooks"), "/settings/webhooks/", "webhook", MANAGE),
        SettingsPage("developers", _("For developers"), "/developers/", "code", MANAGE),
    ],
    _("Record keeping"): [
        SettingsPage("audit", _("Audit trail"), "/settings/audit/", "history", VIEW_AUDIT),
    ],
}


LOOKUPS_AFTER = "fields"
"""Small tables that records choose from (tags, kinds of relation) stand after this page."""


def add_settings_page(section: int, page: SettingsPage) -> SettingsPage:
    """Let a screens module put its page into a section (counted from 0), at start-up."""
    list(SECTIONS.values())[section].append(page)
    return page


def nav_of(actor: Actor, active: str) -> list[NavSection]:
    """List the sections with the pages that the actor may open."""
    sections = []
    for label, pages in SECTIONS.items():
        wanted = [line for page in pages for line in (page, *_lookups(page))]
        allowed = [page for page in wanted if _is_open(page) and _may_open(actor, page)]
        lines = tuple(NavLine(page.label, page.url, page.icon, page.key == active) for page in allowed)
        if lines:
            sections.append(NavSection(label, lines))
    return sections


PLACES = {
    "staff.user": "people",
    "access.role": "roles",
    "webhooks.endpoint": "webhooks",
    "customization.field": "fields",
    "customization.object": "fields",
}
"""Lists of settings that stand under a page of their own."""


def frame_of(actor: Actor, rt: RecordType) -> list[NavSection]:
    """List the sections of the settings around a generic list that belongs to them; none for any other list."""
    if not has_permission(actor, MANAGE):
        return []
    active = PLACES.get(rt.key) or next((page.key for page in _all_pages() if page.url == f"/records/{rt.key}/"), "")
    return nav_of(actor, active) if active else []


def _all_pages() -> list[SettingsPage]:
    return [line for pages in SECTIONS.values() for page in pages for line in (page, *_lookups(page))]


def _lookups(page: SettingsPage) -> list[SettingsPage]:
    if page.key != LOOKUPS_AFTER:
        return []
    types = [rt for rt in root_types() if not (rt.scope or rt.admin_only or rt.area or rt.part_of)]
    return [SettingsPage(rt.key, capital(rt.plural_label), f"/records/{rt.key}/", rt.icon, MANAGE) for rt in types]


def _may_open(actor: Actor, page: SettingsPage) -> bool:
    return not page.permission or has_permission(actor, page.permission)


@cache
def _has_address(url: str) -> bool:
    return bool(is_valid_path(url))


def _is_open(page: SettingsPage) -> bool:
    """Leave out pages whose screen this installation does not have."""
    return _has_address(page.url)


def show(
    request: HttpRequest, template: str, key: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw a page of the settings; `context` holds at least page_title."""
    return render(request, template, {"sections": nav_of(actor_of(request), key), **context}, status=status)
