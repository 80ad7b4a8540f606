"""Old and new values of a change, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.access.masking import mask
from hatir.foundation.access.queries import visible
from hatir.foundation.audit.queries import FieldChange
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import NUMERIC, TO_ONE, FieldSpec
from hatir.foundation.records.registry import record_type
from hatir.foundation.records.values import from_plain
from hatir.interface.web.cells import Manner
from hatir.interface.web.presenting import ORIGIN, capital, manner, origin_label
from hatir.kit import formats_tr

LONGEST = 80
Names = dict[tuple[str, int], str]


@dataclass(frozen=True)
class ChangeText:
    """One field's change in words."""

    name: str
    label: str
    old: str
    new: str


def change_texts(actor: Actor, changes: Iterable[FieldChange]) -> list[ChangeText]:
    """Put changes into words; the records behind relations are named with one statement a type, as far as seen."""
    wanted = list(changes)
    names = _names(actor, wanted)
    style = manner()
    return [
        ChangeText(c.name, capital(c.label), _text(c.spec, c.old, names, style), _text(c.spec, c.new, names, style))
        for c in wanted
    ]


def _names(actor: Actor, changes: Iterable[FieldChange]) -> Names:
    by_type: dict[str, set[int]] = {}
    for change in changes:
        spec = change.spec
        if spec is None or not spec.target or spec.kind not in (*TO_ONE, "relations"):
            continue
        for value in (change.old, change.new):
            ids = value if isinstance(value, list) else [value]
            by_type.setdefault(spec.target, set()).update(item for item in ids if isinstance(item, int))
    found: Names = {}
    for key, wanted in by_type.items():
        try:
            target = record_type(key)
        except NotFoundHere:
            continue
        for record in visible(actor, target).filter(pk__in=wanted):
            found[key, record.pk] = target.title_of(record)
    return found


def _text(spec: FieldSpec | None, value: Any, names: Names, style: Manner) -> str:
    if value in (None, "", []):
        return ""
    if spec is None:
        return _short(str(value))
    if isinstance(value, list):
        return ", ".join(_text(spec, item, names, style) for item in value)
    if spec.kind in (*TO_ONE, "relations"):
        return names.get((spec.target, value), _("Not visible to you"))
    if spec.masked:
        return str(mask(value))
    if spec.kind in ("choice", "multichoice"):
        return str(spec.choice_label(str(value)))
    if spec.name == ORIGIN:
        return origin_label(str(value))
    if spec.kind == "boolean":
        return style.yes if value else style.no
    return _short(_written(spec, from_plain(spec, value), style))


def _written(spec: FieldSpec, value: Any, style: Manner) -> str:
    if spec.kind == "date":
        return formats_tr.format_short_date(value, language=style.language)
    if spec.kind == "datetime":
        local = value.astimezone(style.zone)
        return f"{formats_tr.format_short_date(local.date(), language=style.language)} {local:%H:%M}"
    if spec.kind == "money":
        return formats_tr.format_money(value, "TRY", language=style.language)
    if spec.kind in NUMERIC and not spec.is_year:
        return formats_tr.format_number(value, language=style.language)
    return str(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
