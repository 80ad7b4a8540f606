"""Weigh rows that are about to come in against the records that are there, and against the rows before them.

Works batch by batch with memory flat: keys and forms of earlier rows lie in a scratch database of this process, which
is gone when it ends.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hatir.foundation.access.queries import readable_fields, visible
from hatir.foundation.merging import key_table
from hatir.foundation.merging.blocking import LARGEST, keys
from hatir.foundation.merging.candidates import Forms, forms_of
from hatir.foundation.merging.comparisons import Compare
from hatir.foundation.merging.declared import Duplicates, compared_type, is_compared
from hatir.foundation.merging.features import form, present
from hatir.foundation.merging.learning import learn
from hatir.foundation.merging.queries import chosen_rules, learnt
from hatir.foundation.merging.weighing import Scale, bits_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import CUSTOM_PREFIX
from hatir.foundation.records.registry import fields_of
from hatir.foundation.records.snapshot import value_of

MOST_COMPARED = 12
"""With so many records or rows one is compared at most: those that share most with it."""
AT_ONCE = 5_000
FEWEST_TO_LEARN = 200
Part = tuple[str, Mapping[str, Any]]
Row = tuple[int, Any, Sequence[Part]]


@dataclass(frozen=True)
class Arriving:
    """A row that is probably a record or an earlier row, as which type it was compared, and why."""

    line: int
    by: str
    score: int
    reasons: list[list[Any]]
    bits: float
    record_id: int | None = None
    other_line: int | None = None


@dataclass
class _As:
    """How rows of one compared type are weighed for one actor."""

    rt: RecordType
    rules: Duplicates
    scale: Scale
    least: float
    largest: int
    readable: frozenset[str]
    is_learnt: bool

    def learn(self, rows: Sequence[tuple[int, Forms]]) -> None:
        """Learn frequencies from the file itself, where no records have taught any: the house is still empty."""
        if not self.is_learnt and len(rows) >= FEWEST_TO_LEARN:
            self.scale = Scale(self.rules.comparisons, learn(self.rules.comparisons, [forms for _line, forms in rows]))
            self.is_learnt = True

    def forms(self, record: Any, parts: Sequence[Part]) -> Forms:
        """Bring a record that is not stored into its forms; what the actor may not read is left away."""
        return tuple(form(compare.kind, self._values(compare, record, parts)) for compare in self.rules.comparisons)

    def _values(self, compare: Compare, record: Any, parts: Sequence[Part]) -> list[Any]:
        if not self.readable.issuperset(compare.fields):
            return [""] * len(compare.fields)
        return [*self._own(compare, record), *_further(compare, parts)]

    def _own(self, compare: Compare, record: Any) -> list[Any]:
        fields = fields_of(self.rt)
        return [
            value_of(fields[name], record) if name.startswith(CUSTOM_PREFIX)
            else getattr(record, name if compare.columns else fields[name].path)
            for name in compare.read_from
        ]  # fmt: skip


def _further(compare: Compare, parts: Sequence[Part]) -> list[Any]:
    more = compare.more
    if more is None:
        return []
    fits = (given for key, given in parts if key == more.of)
    return [given.get(more.typed) for given in fits if all(given.get(n) == v for n, v in more.where.items())]


def row_finder(actor: Actor, rt: RecordType) -> RowFinder | None:
    """Give what weighs arriving rows of a type; None where its duplicates are not found."""
    return RowFinder(actor, rt) if is_compared(rt) else None


class RowFinder:
    """Finds, for rows that would be new, the record or earlier row that each probably is."""

    def __init__(self, actor: Actor, rt: RecordType) -> None:
        self._actor, self._rt = actor, rt
        self._kinds = [spec for spec in fields_of(rt).values() if spec.kind == "choice"]
        self._as: dict[tuple[Any, ...], _As | None] = {}
        self._before = EarlierRows()

    def find(self, rows: Sequence[Row]) -> list[Arriving]:
        """Weigh one batch; of each row the likeliest only, in the order of the rows."""
        by_type: dict[int, tuple[_As, list[tuple[int, Forms]]]] = {}
        for line, record, parts in rows:
            how = self._how(record)
            if how is None:
                continue
            forms = how.forms(record, parts)
            if present(forms):
                by_type.setdefault(id(how), (how, []))[1].append((line, forms))
        found: dict[int, Arriving] = {}
        for how, mine in by_type.values():
            how.learn(mine)
            told = {line: keys(how.rt.key, how.rules.comparisons, forms) for line, forms in mine}
            for one in (*self._among_records(how, mine, told), *self._among_rows(how, mine, told)):
                if one.line not in found or one.bits > found[one.line].bits:
                    found[one.line] = one
        return [found[line] for line in sorted(found)]

    def _how(self, record: Any) -> _As | None:
        kinds = tuple(value_of(spec, record) for spec in self._kinds)
        if kinds not in self._as:
            values = {spec.name: value for spec, value in zip(self._kinds, kinds, strict=True)}
            rt = compared_type(self._rt, values)
            self._as[kinds] = self._made(rt) if rt is not None else None
        return self._as[kinds]

    def _made(self, rt: RecordType) -> _As:
        known = next((one for one in self._as.values() if one is not None and one.rt.key == rt.key), None)
        if known is not None:
            return known
        rules = chosen_rules(rt)
        weights, largest = learnt(rt)
        readable = frozenset(readable_fields(self._actor, rt))
        scale = Scale(rules.comparisons, weights)
        return _As(rt, rules, scale, bits_of(rules.threshold), largest, readable, bool(weights.any_two))

    # --- records that are there ---

    def _among_records(
        self, how: _As, rows: Sequence[tuple[int, Forms]], told: Mapping[int, list[int]]
    ) -> Iterable[Arriving]:
        behind = key_table.behind({key for line, _forms in rows for key in told[line]}, how.largest)
        near = {line: _nearest(id_ for key in told[line] for id_ in behind.get(key, ())) for line, _forms in rows}
        wanted = sorted(set().union(*near.values())) if near else []
        forms = _in_portions(wanted, lambda part: dict(forms_of(how.rt, how.rules, part)))
        heavy = {line: _heavy(how, mine, near[line], forms) for line, mine in rows}
        seen = self._visible(how.rt, {id_ for pairs in heavy.values() for _bits, id_ in pairs})
        for line, mine in rows:
            best = next((id_ for _bits, id_ in heavy[line] if id_ in seen), None)
            if best is not None:
                yield _told(how, line, mine, forms[best], record_id=best)

    def _visible(self, rt: RecordType, ids: set[int]) -> dict[int, Any]:
        rows = visible(self._actor, rt).filter(archived_at=None).order_by().values_list("pk", flat=True)
        return _in_portions(sorted(ids), lambda part: dict.fromkeys(rows.filter(pk__in=part)))

    # --- rows before ---

    def _among_rows(
        self, how: _As, rows: Sequence[tuple[int, Forms]], told: Mapping[int, list[int]]
    ) -> Iterable[Arriving]:
        self._before.add(rows, told)
        near = {line: _nearest(self._before.sharing(line, told[line])) for line, _forms in rows}
        forms = _in_portions(sorted(set().union(*near.values())) if near else [], self._before.forms)
        for line, mine in rows:
            weighed = ((how.scale.weigh(mine, forms[other]), -other) for other in near[line] if other in forms)
            bits, other = max(weighed, default=(float("-inf"), 0))
            if bits >= how.least:
                yield _told(how, line, mine, forms[-other], other_line=-other)


def _heavy(how: _As, mine: Forms, near: Iterable[int], forms: Mapping[int, Forms]) -> list[tuple[float, int]]:
    """Weigh one row against records; give those of weight, the heaviest first."""
    weighed = ((how.scale.weigh(mine, forms[record_id]), record_id) for record_id in near if record_id in forms)
    return sorted((each for each in weighed if each[0] >= how.least), reverse=True)


def _nearest(found: Iterable[int]) -> set[int]:
    return {one for one, _count in Counter(found).most_common(MOST_COMPARED)}


def _in_portions(wanted: Sequence[int], ask: Any) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for start in range(0, len(wanted), AT_ONCE):
        found |= ask(wanted[start : start + AT_ONCE])
    return found


def _told(how: _As, line: int, mine: Forms, other: Forms, **what: int) -> Arriving:
    verdict = how.scale.explain(mine, other)
    reasons = [[reason.key, reason.level, reason.bits] for reason in verdict.reasons]
    return Arriving(line, how.rt.key, verdict.score, reasons, verdict.bits, **what)


class EarlierRows:
    """The rows of a file that were weighed already, on disk: a file may have a million of them."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")  # a file without a name: SQLite removes it when the connection ends
        self._rows.execute("PRAGMA journal_mode=OFF")
        self._rows.execute("PRAGMA synchronous=OFF")
        self._rows.execute("CREATE TABLE k (key INTEGER, line INTEGER, PRIMARY KEY (key, line)) WITHOUT ROWID")
        self._rows.execute("CREATE TABLE f (line INTEGER PRIMARY KEY, forms BLOB)")

    def add(self, rows: Sequence[tuple[int, Forms]], told: Mapping[int, list[int]]) -> None:
        """Keep rows with their keys."""
        kept = ((line, pickle.dumps(forms, pickle.HIGHEST_PROTOCOL)) for line, forms in rows)
        self._rows.executemany("INSERT OR REPLACE INTO f VALUES (?, ?)", kept)
        pairs = sorted((key, line) for line, _forms in rows for key in told[line])
        self._rows.executemany("INSERT OR IGNORE INTO k VALUES (?, ?)", pairs)

    def sharing(self, line: int, wanted: Iterable[int]) -> list[int]:
        """Give the earlier lines that share keys with one, once for each key; a key of too many rows says nothing."""
        found: list[int] = []
        for key in wanted:
            asked = self._rows.execute(
                "SELECT line FROM k WHERE key = ? AND line < ? LIMIT ?", (key, line, LARGEST + 1)
            )
            lines = [row[0] for row in asked]
            found += lines if len(lines) <= LARGEST else ()
        return found

    def forms(self, lines: Sequence[int]) -> dict[int, Forms]:
        """Give the forms of rows by line."""
        marks = ",".join("?" * len(lines))
        asked = self._rows.execute(f"SELECT line, forms FROM f WHERE line IN ({marks})", list(lines))  # noqa: S608
        return {line: pickle.loads(held) for line, held in asked}  # noqa: S301 — written by ourselves, above
