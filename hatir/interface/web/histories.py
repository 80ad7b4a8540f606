"""What was done to a record, operation by operation, as plain values for templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.audit.queries import WRITES, FieldChange, ShownEntry
from hatir.foundation.records.actor import told_name
from hatir.interface.web.answers import undo_url
from hatir.interface.web.changetexts import ChangeText, change_texts
from hatir.interface.web.recordpages import Opened


@dataclass(frozen=True)
class Operation:
    """One thing that somebody did to the record."""

    who: str
    at: datetime
    text: str
    changes: Sequence[ChangeText]
    origin: str = ""
    undo_url: str = ""


def operations_of(opened: Opened, entries: Iterable[ShownEntry]) -> list[Operation]:
    """Put entries of the audit trail into words; undo is offered for one's own writes, to managers for all."""
    found = list(entries)
    words = _words(opened, found)
    manages = has_permission(opened.actor, MANAGE)
    return [_operation(opened, shown, words[at], manages=manages) for at, shown in enumerate(found)]


def _words(opened: Opened, entries: Sequence[ShownEntry]) -> list[list[ChangeText]]:
    """Word all changes at once, so that names cost one statement a type and not one an entry."""
    flat: list[FieldChange] = [change for shown in entries for change in shown.changes]
    told = iter(change_texts(opened.actor, flat))
    return [[next(told) for _change in shown.changes] for shown in entries]


def _operation(opened: Opened, shown: ShownEntry, changes: Sequence[ChangeText], *, manages: bool) -> Operation:
    entry = shown.entry
    own = entry.user_id is not None and entry.user_id == opened.actor.user_id
    undoable = entry.verb in WRITES and (own or manages)
    kept = [change for change in changes if change.old or change.new]
    if entry.verb == "reveal":
        kept = []
    return Operation(
        who=told_name(entry.actor_label) or _("Hatır"),
        at=entry.at,
        text=_verb(entry.verb, changes),
        changes=kept,
        origin=entry.origin if manages else "",
        undo_url=undo_url(opened.actor, entry.operation) if undoable else "",
    )


def _verb(verb: str, changes: Sequence[ChangeText]) -> str:
    if verb == "reveal":
        return _("opened: %(fields)s") % {"fields": ", ".join(change.label for change in changes)}
    return {
        "create": _("created it"),
        "edit": _("changed it"),
        "archive": _("archived it"),
        "restore": _("brought it back"),
        "export": _("exported it"),
        "view": _("looked at it"),
        "erase": _("erased personal values"),
    }.get(verb, verb)
