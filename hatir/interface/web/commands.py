"""Commands of the palette: what can be done from anywhere. Rooms above add theirs with `provide_commands`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission, may
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import record_types
from hatir.interface.web.nav import navigation
from hatir.interface.web.types import list_url
from hatir.kit.text_tr import fold


@dataclass(frozen=True)
class Command:
    """One command: exactly one of `href` (go there), `dialog` (open), `post` (do), `press` (a key of the page)."""

    label: str
    icon: str
    href: str = ""
    dialog: str = ""
    post: str = ""
    press: str = ""
    key: str = ""
    words: str = ""
    """Further words by which it is found."""


Provider = Callable[[Actor], Iterable[Command]]
_providers: list[Provider] = []


def provide_commands(ask: Provider) -> Provider:
    """Let a room add commands."""
    _providers.append(ask)
    return ask


def commands_for(actor: Actor, text: str = "") -> list[Command]:
    """List the commands that the actor may use and that fit the text; those that begin with it come first."""
    wanted = fold(text).split()
    found = [
        command for command in _all(actor) if all(word in fold(f"{command.label} {command.words}") for word in wanted)
    ]
    return sorted(found, key=lambda command: not fold(command.label).startswith(fold(text)))


def _all(actor: Actor) -> Iterator[Command]:
    yield from _making(actor)
    yield from _going(actor)
    yield from _looks()
    yield from _settings(actor)
    for ask in _providers:
        yield from ask(actor)


def _making(actor: Actor) -> Iterator[Command]:
    for rt in record_types():
        if (rt.area or not rt.part_of) and rt.scope is not None and not rt.part_of and may(actor, "create", rt):
            label = _("New: %(type)s") % {"type": rt.singular_label}
            yield Command(label, "plus", dialog=f"/records/{rt.key}/new/?quick=1", words=_("create add"))


def _going(actor: Actor) -> Iterator[Command]:
    placed: set[str] = set()
    for area in navigation(actor, ""):
        for page in area.pages:
            placed.add(page.url)
            key = f"G {area.letter}" if area.letter and page.url == area.url else ""
            yield Command(_("Go to: %(place)s") % {"place": page.label}, area.icon, href=page.url, key=key)
    for rt in record_types():
        url = list_url(rt)
        if url not in placed and not rt.part_of and may(actor, "view", rt):
            yield Command(_("Go to: %(place)s") % {"place": rt.plural_label}, rt.icon, href=url)


def _looks() -> Iterator[Command]:
    yield Command(_("Light or dark theme"), "moon", post="/palette/look/theme/other/", words=_("night colours"))
    for value, label in (("compact", _("compact")), ("normal", _("normal")), ("comfortable", _("comfortable"))):
        yield Command(_("Density: %(density)s") % {"density": label}, "rows", post=f"/palette/look/density/{value}/")


def _settings(actor: Actor) -> Iterator[Command]:
    yield Command(_("Settings"), "settings", href="/settings/")
    yield Command(_("Import from a file"), "upload", href="/import/")
    if has_permission(actor, MANAGE):
        yield Command(_("Invite a colleague"), "user-plus", href="/settings/people/")
        yield Command(_("Fields and objects"), "boxes", href="/settings/fields/")
        yield Command(_("Roles and rights"), "shield", href="/settings/roles/")
