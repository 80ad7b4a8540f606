"""What a filter may talk about: the shape of each field, and the error for what it may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Label = str | Promise
Kind = Literal[
    "text", "longtext", "integer", "number", "money", "percent", "boolean", "date", "datetime", "choice",
    "multichoice", "relation", "relations", "user", "team", "email", "phone", "url", "id",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)

TEXT_KINDS = frozenset({"text", "longtext", "email", "phone", "url"})
NUMBER_KINDS = frozenset({"integer", "number", "money", "percent"})
REFERENCE_KINDS = frozenset({"relation", "user", "team", "id"})
MANY_KINDS = frozenset({"multichoice", "relations"})
STEP_KINDS = frozenset({"relation", "user", "team"})


@dataclass(frozen=True)
class FieldShape:
    """One field as filters see it.

    `choices` are (key, label) pairs; a choice field without any takes every key. `target` is
    the type key on the other side of a relation.
    """

    kind: Kind
    label: Label
    choices: tuple[tuple[str, Label], ...] = ()
    target: str = ""
    nullable: bool = True


Schema = Mapping[str, FieldShape]
# Gives the schema of a type key, for dotted paths and has-steps; raises LookupError for a
# key it does not know.
Relations = Callable[[str], Schema]


class FilterError(ValueError):
    """A filter that cannot be understood; `str()` is a sentence for people.

    `field` and `op` name the place when known, `position` the character (from 0) in text form.
    """

    def __init__(self, message: str, *, field: str = "", op: str = "", position: int | None = None) -> None:
        self.message, self.field, self.op, self.position = message, field, op, position
        super().__init__(message)


def no_relations(type_key: str) -> Schema:
    """Know no other type: the default for schemas without relation steps."""
    raise KeyError(type_key)


def find_field(path: str, schema: Schema, relations: Relations = no_relations) -> FieldShape:
    """Find the shape at the end of a dotted path.

    A field whose own name has dots (``custom.alerji``) is found first; otherwise every step
    but the last must be a to-one relation. Raises FilterError naming the path.
    """
    if path in schema:
        return schema[path]
    head, dot, rest = path.partition(".")
    while dot:
        shape = schema.get(head)
        if shape is not None:
            return find_field(rest, _schema_behind(shape, path, relations), relations)
        step, dot, rest = rest.partition(".")
        head = f"{head}.{step}"
    raise FilterError(_("There is no field called “%(field)s”.") % {"field": path}, field=path)


def _schema_behind(shape: FieldShape, path: str, relations: Relations) -> Schema:
    """Give the fields of the type a to-one relation leads to."""
    if shape.kind == "relations":
        message = _("“%(field)s” leads to many records; ask whether it has some.") % {"field": path}
        raise FilterError(message, field=path)
    if shape.kind not in STEP_KINDS or not shape.target:
        raise FilterError(_("There is no field called “%(field)s”.") % {"field": path}, field=path)
    return schema_of(shape.target, path, relations)


def schema_of(type_key: str, path: str, relations: Relations) -> Schema:
    """Ask for the schema of a type; an unknown type is an error about the path."""
    try:
        return relations(type_key)
    except LookupError:
        raise FilterError(_("There is no field called “%(field)s”.") % {"field": path}, field=path) from None
