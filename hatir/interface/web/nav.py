"""The sidebar: areas are known here by their place and letter; rooms add pages, and an area without pages is absent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hatir.foundation.access.queries import has_permission, homes_of, may
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.registry import record_type, record_types
from hatir.interface.web.presenting import capital
from hatir.interface.web.types import list_url

Text = str | Promise
Counts = Callable[[Actor], Mapping[str, int]]


@dataclass(frozen=True)
class Page:
    """One line under an area, for who may use `verb` on `type_key` and has `permission`; empty ones ask nothing."""

    key: str
    label: Text
    url: str
    type_key: str = ""
    permission: str = ""
    verb: str = "view"
    order: int = 50
    within: str = ""
    """The address below which the page is marked, where that is more than its own."""


@dataclass(frozen=True)
class Area:
    """A place in the sidebar; `letter` is pressed after g. Counts named `key` are shown beside it."""

    key: str
    label: Text
    icon: str
    letter: str = ""
    is_hot: bool = False


@dataclass(frozen=True)
class NavPage:
    label: Text
    url: str
    badge: int = 0
    active: bool = False
    within: str = ""


@dataclass(frozen=True)
class NavArea:
    """An area as the template draws it."""

    key: str
    label: Text
    icon: str
    letter: str
    url: str
    badge: int
    is_hot: bool
    active: bool
    pages: tuple[NavPage, ...] = field(default=())


AREAS = (
    Area("today", _("Today"), "sun", "b"),
    Area("inbox", _("Inbox"), "inbox", "g", is_hot=True),
    Area("customers", _("Customers"), "users", "m"),
    Area("sales", _("Sales"), "trending-up", "s"),
    Area("marketing", _("Marketing"), "megaphone", "p"),
    Area("service", _("Service"), "headset", "h"),
    Area("loyalty", _("Loyalty"), "gift", "l"),
    Area("analytics", _("Analytics"), "chart", "a"),
    Area("documents", _("Documents"), "file-text", "d"),
    Area("automation", _("Automation"), "zap", "o"),
    Area("objects", _("Our records"), "boxes", "k"),
)
"""All areas of the house, in order; which of them exist is told by the pages. Letters come from the Turkish names."""

_pages: dict[str, list[Page]] = {area.key: [] for area in AREAS}
_counts: list[Counts] = []


def add_page(area: str, page: Page) -> Page:
    """Put a page into an area, at start-up."""
    _pages[area].append(page)
    return page


def add_counts(counts: Counts) -> Counts:
    """Let a room say how much work waits, by area or page key; asked once a page, so one statement at most."""
    _counts.append(counts)
    return counts


def home_of(actor: Actor) -> str:
    """Give somebody's first page: that of a ready-made role, as long as he may see it, else the day."""
    wanted = homes_of(actor.user_id) if actor.user_id else []
    allowed = {page.url for area in AREAS for page in _pages[area.key] if _may_see(actor, page)} if wanted else set()
    return next((url for url in wanted if url in allowed), "/today")


def navigation(actor: Actor, path: str) -> list[NavArea]:
    """List the areas that exist and that the actor may use, with the one that `path` lies in marked."""
    counts: dict[str, int] = {}
    for ask in _counts:
        counts.update(ask(actor))
    shown = [(area, _allowed_pages(actor, area.key)) for area in AREAS]
    areas = [_drawn(area, pages, counts) for area, pages in shown if pages]
    return _with_place(areas, _listed(path))


def _listed(path: str) -> str:
    """Give where a record is listed for the address of a record, so that its page is marked; other paths stay."""
    _empty, place, key, *_rest = [*path.split("/"), "", ""]
    if place != "records":
        return path
    try:
        return list_url(record_type(key))
    except NotFoundHere:
        return path


def _allowed_pages(actor: Actor, area: str) -> list[Page]:
    own = _pages[area]
    placed = {page.key for page in own}
    of_types = [
        Page(rt.key, capital(rt.plural_label), list_url(rt), type_key=rt.key)
        for rt in record_types()
        if rt.area == area and rt.key not in placed
    ]
    allowed = [page for page in (*own, *of_types) if _may_see(actor, page)]
    return sorted(allowed, key=lambda page: page.order)


def _may_see(actor: Actor, page: Page) -> bool:
    if page.type_key and not may(actor, page.verb, page.type_key):
        return False
    return not page.permission or has_permission(actor, page.permission)


def _drawn(area: Area, pages: list[Page], counts: Mapping[str, int]) -> NavArea:
    lines = tuple(
        NavPage(page.label, page.url, counts.get(page.key, 0), within=page.within or page.url) for page in pages
    )
    badge = counts.get(area.key, 0)
    return NavArea(area.key, area.label, area.icon, area.letter, pages[0].url, badge, area.is_hot, False, lines)


def _with_place(areas: list[NavArea], path: str) -> list[NavArea]:
    """Mark the page whose address is the longest beginning of the path."""
    urls = [page.within for area in areas for page in area.pages if _lies_in(path, page.within)]
    here = max(urls, key=len, default="")
    return [
        replace(
            area,
            active=bool(here) and any(page.within == here for page in area.pages),
            pages=tuple(replace(page, active=page.within == here) for page in area.pages),
        )
        for area in areas
    ]


def _lies_in(path: str, url: str) -> bool:
    return path == url or path.startswith(url.rstrip("/") + "/")
