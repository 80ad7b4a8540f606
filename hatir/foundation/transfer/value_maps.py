"""What the values of a column become: found by name or by what people call it, or said by the user."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import override

from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer.cells import as_text, join_items, split_items
from hatir.foundation.transfer.profiling import with_day_first
from hatir.foundation.transfer.synonyms import CHOICE_SYNONYMS
from hatir.kit.ids import encode_id
from hatir.kit.text_tr import fold

CHOICES = ("choice", "multichoice")
MANY = ("multichoice", "relations")
MOST_OFFERED = 200
LIKE = 0.88
"""So alike, from 0 to 1, two names have to be for one to be proposed for the other."""


def is_mappable(spec: FieldSpec) -> bool:
    """Tell whether the values of a column for this field stand for choices, records, colleagues or tags."""
    return spec.kind in (*CHOICES, *TO_ONE, "relations")


def choices_by_name(spec: FieldSpec) -> dict[str, str]:
    """Give the key of each choice by all its folded names: customary words, labels in both languages, the key."""
    others = CHOICE_SYNONYMS.get(spec.name, {})
    named = {word: key for key, _label in spec.choices for word in others.get(key, ())}
    for language in ("tr", "en"):
        with override(language):
            named |= {fold(str(label)): key for key, label in reversed(spec.choices)}
    return named | {fold(key): key for key, _label in spec.choices}


def offered(spec: FieldSpec, actor: Actor) -> list[tuple[str, str]]:
    """List what values of this field may become (key or record id, label); none when there are more than 200."""
    if spec.kind in CHOICES:
        return [(key, str(label)) for key, label in spec.choices]
    target = record_type({"user": "staff.user", "team": "staff.team"}.get(spec.kind, spec.target))
    records = list(visible(actor, target).filter(archived_at=None).order_by("pk")[: MOST_OFFERED + 1])
    if len(records) > MOST_OFFERED:
        return []
    named = [(encode_id(record.pk), target.title_of(record)) for record in records]
    return sorted(named, key=lambda row: fold(row[1]))


def near(text: str, choices: Sequence[tuple[str, str]]) -> str:
    """Give the key of the choice that a text most probably means ("GTXPro" → "GTX Pro"), or ""."""
    wanted = _bare(text)
    scored = [(SequenceMatcher(None, wanted, _bare(label)).ratio(), key) for key, label in choices if wanted]
    score, key = max(scored, default=(0.0, ""))
    return key if score >= LIKE else ""


def _bare(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


@dataclass(frozen=True)
class ValueMap:
    """What the user said: by column (place), a folded value → a key, a record id, or "" (leave it empty)."""

    becomes: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    many: frozenset[int] = frozenset()
    month_first: frozenset[int] = frozenset()
    """Columns of dates whose month stands first."""

    def cell(self, place: int, cell: Any) -> Any:
        """Give the cell with its values replaced; one that nothing was said about stays as it is."""
        if place in self.month_first:
            return with_day_first(as_text(cell))
        said = self.becomes.get(place)
        if not said:
            return cell
        text = as_text(cell)
        if place not in self.many:
            return said.get(fold(text), cell)
        items = split_items(text)
        if not any(fold(item) in said for item in items):
            return cell
        return join_items(item for item in (said.get(fold(item), item) for item in items) if item)


def value_map(
    stored: Mapping[str, Mapping[str, str]],
    columns: Mapping[int, str],
    specs: Mapping[str, FieldSpec],
    month_first: Collection[int] = (),
) -> ValueMap:
    """Read a stored map for the columns that go to fields whose values can be mapped; see `profiling.profile`."""
    dates = {at for at, name in columns.items() if name in specs and specs[name].kind == "date"}
    usable = {at: specs[name] for at, name in columns.items() if name in specs and is_mappable(specs[name])}
    return ValueMap(
        {int(at): said for at, said in stored.items() if int(at) in usable},
        frozenset(at for at, spec in usable.items() if spec.kind in MANY),
        frozenset(dates.intersection(month_first)),
    )


def kept_for(
    stored: Mapping[str, Mapping[str, str]], before: Mapping[str, str], now: Mapping[str, str]
) -> dict[str, Mapping[str, str]]:
    """Keep what was said only of the columns that still go to the same field."""
    return {at: said for at, said in stored.items() if before.get(at) and before.get(at) == now.get(at)}
