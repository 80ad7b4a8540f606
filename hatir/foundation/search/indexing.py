"""Make entries from records: which fields count, in which order, and what never enters the index."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from django.conf import settings

from hatir.foundation.access.models import FieldRule
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import TEXTUAL, FieldSpec
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.records.stamps import while_unchanged
from hatir.foundation.search.rules import digits_of, sealed, searchable_text, title_forms
from hatir.kit.text_tr import fold

WEIGHTS = "ABCD"
NOTHING: tuple[Any, ...] = (None, "", [])
READY = "search.entry"
"""Under this a new record carries the texts of its entry where they were made ahead."""
Entry = tuple[int, str, str, str, str]
"""Record, root type, the two forms of its title, and its searchable text."""
_NUMBER = re.compile(r"\+?\d[\d ()\-]{8,16}\d")


def is_indexed(rt: RecordType) -> bool:
    """Tell whether records of the type are found by search."""
    return bool(record_type(rt.root_key).search)


def hidden_fields(type_key: str) -> frozenset[str]:
    """Name the fields of a type that some role may not read; they never enter the index."""
    rules: dict[str, set[str]] = while_unchanged("search.hidden", _read_hidden)
    return frozenset(rules.get(type_key, ()))


def _read_hidden() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key, name in FieldRule.objects.filter(may_read=False).values_list("type_key", "field"):
        found.setdefault(key, set()).add(name)
    return found


def searched_fields(rt: RecordType) -> list[FieldSpec]:
    """List the fields that are indexed, heaviest first; own text fields that shall be found come last."""
    specs, hidden = fields_of(rt), hidden_fields(rt.root_key)
    named = sorted(rt.search, key=lambda name: WEIGHTS.find(rt.search[name]))
    own = [spec.name for spec in specs.values() if spec.searchable and spec.kind in TEXTUAL and spec.name not in named]
    return [
        specs[name] for name in (*named, *own) if name in specs and name not in hidden and not specs[name].permission
    ]


def names_indexed(rt: RecordType) -> set[str]:
    """Name the fields whose change alters an entry."""
    return {rt.title, *(spec.name for spec in searched_fields(rt))}


def entries(rt: RecordType, records: Sequence[Any], *, fresh: bool = False) -> list[Entry]:
    """Make the entries of live records of one root type; a type's extra text is read in one go."""
    specs = searched_fields(rt)
    hidden = hidden_fields(rt.root_key)
    shows_title = rt.title not in hidden and not _is_restricted(rt)
    extra: Mapping[int, str] = rt.search_extra(records) if rt.search_extra and records and not fresh else {}
    plan = [(_reader(spec), _writer(spec)) for spec in specs]
    made = []
    for record in records:
        if fresh and READY in record.prepared:
            made.append((record.pk, rt.root_key, *record.prepared[READY]))
            continue
        exact, folded = title_forms(rt.title_of(record)) if shows_title else ("", "")
        parts = [folded]
        for read, write in plan:
            value = read(record)
            if value or value not in NOTHING:
                parts.append(write(str(value)))
        if record.pk in extra:
            parts.append(_extra(extra[record.pk]))
        made.append((record.pk, rt.root_key, exact, folded, searchable_text(parts)))
    return made


def _is_restricted(rt: RecordType) -> bool:
    spec = fields_of(rt).get(rt.title)
    return bool(spec and spec.permission)


def _reader(spec: FieldSpec) -> Callable[[Any], Any]:
    if spec.kind in TEXTUAL and not spec.is_custom:
        return attrgetter(spec.path)
    return partial(value_of, spec)


def _writer(spec: FieldSpec) -> Callable[[str], str]:
    if spec.masked:
        return lambda text: sealed(text, settings.SECRET_KEY)
    if spec.kind == "phone":
        return lambda text: digits_of(text) or fold(text)
    return fold


def _extra(text: str) -> str:
    """Fold the extra text; telephone numbers are added as they are dialled."""
    folded = fold(text)
    numbers = (digits_of(found) for found in _NUMBER.findall(folded))
    return " ".join((folded, *numbers))
