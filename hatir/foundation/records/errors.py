"""The ways in which reading or writing a record can fail, each fit to be shown to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _


class RecordError(Exception):
    """Any refusal by the doors."""


class NotFoundHere(RecordError):
    """The record does not exist for this actor: absent, or not theirs to see."""

    def __str__(self) -> str:
        return _("This record does not exist or you may not see it.")


class Denied(RecordError):
    """The actor may see the record but may not do this to it."""

    def __init__(self, verb: str, type_key: str, fields: Sequence[str] = ()) -> None:
        self.verb, self.type_key, self.fields = verb, type_key, tuple(fields)
        super().__init__(verb, type_key, *fields)

    def __str__(self) -> str:
        if self.fields:
            return _("You may not change these fields: %(fields)s.") % {"fields": ", ".join(self.fields)}
        return _("You do not have the right to do this.")


class Invalid(RecordError):
    """Values that cannot be stored. `errors` maps field name to messages; "" is the whole record.

    In a batch `rows` maps the row's position to its own errors.
    """

    def __init__(
        self,
        errors: Mapping[str, Sequence[str]] | None = None,
        rows: Mapping[int, Mapping[str, Sequence[str]]] | None = None,
    ) -> None:
        self.errors = {name: list(messages) for name, messages in (errors or {}).items()}
        self.rows = {at: {n: list(m) for n, m in row.items()} for at, row in (rows or {}).items()}
        if not self.errors and len(self.rows) == 1:
            self.errors = next(iter(self.rows.values()))
        super().__init__(self.errors or self.rows)

    def __str__(self) -> str:
        found = self.errors or next(iter(self.rows.values()), {})
        return " ".join(message for messages in found.values() for message in messages)


class EditConflict(RecordError):
    """Somebody saved the same fields meanwhile. `fields` maps name to (yours, theirs)."""

    def __init__(self, fields: Mapping[str, tuple[Any, Any]]) -> None:
        self.fields = dict(fields)
        super().__init__(self.fields)

    def __str__(self) -> str:
        return _("Somebody else changed this record while you were editing it.")
