"""What every page is drawn with: navigation, look, texts for the browser, the user."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext

from hatir.foundation.records.actor import Actor
from hatir.interface.web.acting import actor_of
from hatir.interface.web.nav import navigation
from hatir.kit.ids import encode_id

THEMES = ("light", "dark")
DENSITIES = ("compact", "comfortable")


@dataclass(frozen=True)
class PinnedView:
    """A saved view in the sidebar; `hue` is 0–11."""

    label: str
    url: str
    hue: int = 0
    badge: int = 0


@dataclass(frozen=True)
class JobCard:
    """A running job at the foot of the page."""

    id: str
    title: str
    text: str
    done: int
    total: int
    count: str = ""
    cancel_url: str = ""


@dataclass(frozen=True)
class Me:
    """The user box."""

    id: str
    name: str
    detail: str
    initials: str
    is_admin: bool


Pinned = Callable[[Actor], Iterable[PinnedView]]
Jobs = Callable[[Actor], Iterable[JobCard]]
Number = Callable[[Actor], int]
Words = Callable[[], str]
Logo = Callable[[bool], str]

_pinned: list[Pinned] = []
_jobs: list[Jobs] = []
_unread: list[Number] = []
_company: list[Words] = []
_logo: list[Logo] = []


def provide_pinned(ask: Pinned) -> Pinned:
    """Let a room put saved views into the sidebar."""
    _pinned.append(ask)
    return ask


def provide_jobs(ask: Jobs) -> Jobs:
    """Let a room show its running jobs on every page."""
    _jobs.append(ask)
    return ask


def provide_unread(ask: Number) -> Number:
    """Let a room count unread notifications for the bell."""
    _unread.append(ask)
    return ask


def unread_count(actor: Actor) -> int:
    """Count what waits for the actor in all rooms."""
    return sum(ask(actor) for ask in _unread)


def provide_company_name(ask: Words) -> Words:
    """Let a room say what the company is called."""
    _company.append(ask)
    return ask


def provide_logo(ask: Logo) -> Logo:
    """Let a room say where the company's logo is: `ask(is_stranger)` gives an address or nothing."""
    _logo.append(ask)
    return ask


def _logo_url(is_stranger: bool) -> str:
    return next((ask(is_stranger) for ask in _logo), "")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give base templates their context; what a page does not draw is not asked for (all of it is lazy)."""
    look = {
        "theme": _one_of(request.COOKIES.get("hatir_theme"), THEMES),
        "density": _one_of(request.COOKIES.get("hatir_density"), DENSITIES),
        "side": _one_of(request.COOKIES.get("hatir_side"), ("rail",)) or "full",
        "shortcuts": _one_of(request.COOKIES.get("hatir_shortcuts"), ("off",)),
        "keymap": request.COOKIES.get("hatir_keys", "")[:200],
        "language": get_language() or "tr",
        "texts": browser_texts,
    }
    user: Any = getattr(request, "user", None)
    words = {
        "company_name": SimpleLazyObject(lambda: next((ask() for ask in _company), "") or "Hatır"),
        "logo_url": SimpleLazyObject(lambda: _logo_url(user is None or not user.is_authenticated)),
    }
    if user is None or not user.is_authenticated:
        return look | words
    actor = actor_of(request)
    return (
        look
        | words
        | _choices(look)
        | {
            "me": _me(user),
            "nav": SimpleLazyObject(lambda: navigation(actor, request.path)),
            "pinned": SimpleLazyObject(lambda: [view for ask in _pinned for view in ask(actor)]),
            "jobs": SimpleLazyObject(lambda: [job for ask in _jobs for job in ask(actor)]),
            "unread": SimpleLazyObject(lambda: unread_count(actor)),
        }
    )


def _choices(look: dict[str, Any]) -> dict[str, Any]:
    return {
        "look_themes": (("auto", gettext("System")), ("light", gettext("Light")), ("dark", gettext("Dark"))),
        "look_densities": (
            ("compact", gettext("Compact")),
            ("normal", gettext("Normal")),
            ("comfortable", gettext("Comfortable")),
        ),
        "theme_choice": look["theme"] or "auto",
        "density_choice": look["density"] or "normal",
    }


def _one_of(value: str | None, allowed: tuple[str, ...]) -> str:
    return value if value in allowed else ""


def _me(user: Any) -> Me:
    return Me(
        id=encode_id(user.pk),
        name=str(user),
        detail=user.job_title or user.email,
        initials=user.initials,
        is_admin=user.is_admin,
    )


def browser_texts() -> dict[str, str]:
    """Give the few sentences that the browser says by itself; {n} is filled in there."""
    return {
        "selected": gettext("{n} selected"),
        "error": gettext("That did not work. Please try again."),
        "error_403": gettext("Your rights do not cover this."),
        "error_404": gettext("This record is no longer there."),
        "error_413": gettext("The file is too large."),
        "error_429": gettext("Too many attempts. Please wait a minute."),
        "error_500": gettext("Something broke on our side. Nothing was lost; please try again."),
        "error_503": gettext("The database is busy. What you typed is still here; try again in a moment."),
        "error_507": gettext("The disk of the server is full. Tell your administrator."),
        "network": gettext("No connection. Please try again."),
        "offline": gettext("No connection. You see what was kept on this device."),
        "waiting": gettext("{n} changes waiting."),
        "kept": gettext("Kept on this device; it will be sent when the connection is back."),
        "sent": gettext("{n} waiting changes were sent."),
        "refused": gettext("A change that was waiting could not be saved."),
    }
