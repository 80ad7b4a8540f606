"""Columns that become parts of a row's record (a second telephone, a home address, a consent), each part once.

What the parts are belongs to the rooms: a room declares targets, and hands in the `Shape` that reads and knows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from hatir.foundation.access.queries import may, visible
from hatir.foundation.records import actions, values
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.fields import FieldSpec, Kind
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.transfer.cells import as_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MARK = "+"
WHOLE = "whole"
"""Under this a run's options keep what counts for every row, by the name of the target."""
Key = tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """Where rows come from: the file and its import, and values that count for every row, by target."""

    file: str = ""
    run: str = ""
    whole: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """A filled cell that goes to a target, with the header of its column."""

    further: Further
    header: str
    text: str


@dataclass(frozen=True)
class Asked:
    """One part that cells ask for, as texts by field; or the problem why it cannot be."""

    further: Further
    given: dict[str, str] = field(default_factory=dict)
    problem: str = ""


class Shape:
    """How one sort of part is read from cells, known again, and stands on the record itself where it does."""

    def read(self, cells: Sequence[Cell], line: int, origin: Origin) -> Iterator[Asked]:
        """Give the parts that the cells of one row ask for."""
        raise NotImplementedError

    def key(self, given: Mapping[str, Any]) -> Key:
        """Give the same key for every spelling of the same part."""
        raise NotImplementedError

    def kinds(self, further: Further) -> Mapping[str, Kind]:
        """Say which fields of the part are read otherwise than they are declared."""
        return {}

    def of_main(self, further: Further, given: Mapping[str, Any]) -> dict[str, Any]:
        """Give what the first part writes on a new record itself; nothing where it has no place there."""
        return {}

    def is_main(self, further: Further, record: Any, key: Key) -> bool:
        """Tell whether the record itself says the same already."""
        return False


@dataclass(frozen=True)
class Further:
    """A target for columns beyond the fields of a type. Its values become records of the type `part`.

    `kind` tells parts of one type apart; `main` is the field of the record on which the first one stands. `column`
    is the one field of the part that the column holds. `needs` names targets without which this one says too little;
    where the file has no column for them, one value counts for the whole file. `known_as` are names of columns.
    """

    name: str
    label: StrOrPromise
    part: str
    kind: str
    shape: Shape
    main: str = ""
    column: str = ""
    needs: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """One part that a row asks for: its type, its values, and the key by which it is found again."""

    further: Further
    given: Mapping[str, Any]
    key: Key


_declared: dict[str, dict[str, Further]] = {}


def declare_further(type_key: str, *found: Further) -> None:
    """Let columns of a file go to parts of a type's records, under names that begin with "+"."""
    _declared.setdefault(type_key, {}).update({each.name: each for each in found})


def declared(rt: RecordType) -> Mapping[str, Further]:
    """Give what was declared for a type, by name; a narrowed type has what its root has."""
    return _declared.get(rt.root_key, {})


def further_of(actor: Actor, rt: RecordType) -> dict[str, Further]:
    """Give those that the actor may add."""
    allowed = {key: may(actor, "create", record_type(key)) for key in {each.part for each in declared(rt).values()}}
    return {name: each for name, each in declared(rt).items() if allowed[each.part]}


def for_whole_file(rt: RecordType, mapped: Iterable[str]) -> dict[str, Further]:
    """Give the targets that mapped ones need and that no column goes to: one value has to count for the whole file."""
    names, known = set(mapped), declared(rt)
    wanted = dict.fromkeys(need for name in known if name in names for need in known[name].needs)
    return {name: known[name] for name in wanted if name not in names}


def spec_of(further: Further) -> FieldSpec:
    """Give the field of the part that a target's column holds."""
    return fields_of(record_type(further.part))[further.column]


def problem_of(further: Further, text: str) -> str:
    """Say what is wrong with a value for the whole file; nothing when it can be read."""
    if not text.strip():
        told = _("“%(target)s” is needed: choose a column for it, or give one value for the whole file.")
        return told % {"target": further.label}
    try:
        values.clean(spec_of(further), text)
    except ValueError as problem:
        return f"{further.label}: {problem}"
    return ""


class Adder:
    """Reads and adds the parts of rows."""

    def __init__(
        self, rt: RecordType, chosen: Mapping[str, Further], actor: Actor, origin: Origin | None = None
    ) -> None:
        self.rt, self.chosen, self.actor, self.origin = rt, chosen, actor, origin or Origin()
        self.lines_with_more: set[int] = set()

    def read(self, line: int, cells: Sequence[tuple[str, str, Any]], errors: dict[str, str]) -> list[Wanted]:
        """Give the parts of one row from its (name, header, cell) triples; what cannot be is noted in `errors`."""
        by_shape: dict[Shape, list[Cell]] = {}
        for name, header, cell in cells:
            further, text = self.chosen.get(name), as_text(cell)
            if further is not None and text:
                by_shape.setdefault(further.shape, []).append(Cell(further, header, text))
        wanted: dict[tuple[str, Key], Wanted] = {}
        for shape, found in by_shape.items():
            for asked in shape.read(found, line, self.origin):
                made = self._checked(asked, errors)
                if made is not None:
                    wanted.setdefault((made.further.part, made.key), made)
        return list(wanted.values())

    def _checked(self, asked: Asked, errors: dict[str, str]) -> Wanted | None:
        """Read every value as its field does; the first that cannot be is the row's problem."""
        further, given = asked.further, dict[str, Any](asked.given)
        if asked.problem:
            errors.setdefault(further.name, asked.problem)
            return None
        fields, kinds = fields_of(record_type(further.part)), further.shape.kinds(further)
        for name, text in asked.given.items():
            spec = replace(fields[name], kind=kinds[name]) if name in kinds else fields[name]
            try:
                given[name] = values.clean(spec, text)
            except ValueError as problem:
                errors.setdefault(further.name, f"{text[:60]}: {problem}")
                return None
        return Wanted(further, given, further.shape.key(given))

    def fill_main(self, given: dict[str, Any], wanted: Sequence[Wanted], writable: frozenset[str]) -> list[Wanted]:
        """Let the first of a kind stand on a new record that has none; give the parts that are left."""
        left = []
        for each in wanted:
            main = each.further.main
            found = each.further.shape.of_main(each.further, each.given) if main and main in writable else {}
            if not found or any(given.get(name) for name in found):
                left.append(each)
            else:
                given |= {name: value for name, value in found.items() if value and name in writable}
        return left

    def add(self, pairs: Sequence[tuple[int, Any, Sequence[Wanted]]]) -> None:
        """Add to records (line, record, parts) what they do not have yet; lines that got something are remembered.

        Raises RecordError of the parts' door, without rows.
        """
        asked = [(line, record, each) for line, record, parts in pairs for each in parts]
        for type_key in sorted({each.further.part for _line, _record, each in asked}):
            part = record_type(type_key)
            mine = [item for item in asked if item[2].further.part == type_key]
            held = self._held(part, mine[0][2].further.shape, {record.pk for _line, record, _each in mine})
            rows = []
            for line, record, each in mine:
                keys = held.setdefault(record.pk, set())
                further = each.further
                if each.key in keys or (further.main and further.shape.is_main(further, record, each.key)):
                    continue
                keys.add(each.key)
                self.lines_with_more.add(line)
                rows.append({part.part_of: record.pk, **each.given})
            if rows:
                self._create(part, rows)

    def _held(self, part: RecordType, shape: Shape, ids: set[int]) -> dict[int, set[Key]]:
        held: dict[int, set[Key]] = {}
        names = [spec.name for spec in fields_of(part).values() if spec.path and not spec.is_custom and spec.editable]
        rows = visible(self.actor, part).filter(**{f"{part.part_of}__in": ids, "archived_at": None})
        for row in rows:
            given = {name: getattr(row, name) for name in names if name != part.part_of}
            held.setdefault(getattr(row, f"{part.part_of}_id"), set()).add(shape.key(given))
        return held

    def _create(self, part: RecordType, rows: Sequence[Mapping[str, Any]]) -> None:
        try:
            actions.create(part, rows, actor=self.actor)
        except Invalid as problem:
            raise Invalid({"": [str(problem)]}) from problem
