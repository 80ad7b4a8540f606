"""Sums of the number columns: what the file holds, and what became of it. Exact, batch by batch.

What the file holds is added up where it is read, what became of it where it was written: two ways that must meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from hatir.foundation.records.fields import NUMERIC, FieldSpec
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.transfer.batches import NEW, OUTCOMES, REJECTED, SKIPPED, UNCHANGED, UPDATED, Batcher, Outcome
from hatir.foundation.transfer.resolving import IncomingRow

DIGITS = 60
"""More than any column of any file needs, so that no sum is ever rounded."""
FILE, MENDED, KEPT, UNREAD = "file", "mended", "kept", "unread"
TAKEN = (NEW, UPDATED, UNCHANGED)
ZERO = Decimal(0)
Sums = dict[str, dict[str, Decimal]]
"""By field: what the file holds, what mending added, what each outcome took, what a record holds otherwise, and how
many cells are no number."""


class Part(list[IncomingRow]):
    """The rows of one batch with the sums of what the file holds in them."""

    def __init__(self, rows: Sequence[IncomingRow], sums: Sums) -> None:
        super().__init__(rows)
        self.sums = sums


@dataclass(frozen=True)
class Reconciled:
    """One number column: what the file holds, and what became of it.

    `mended` is what the user's corrections added, `taken` what records hold now by outcome, `kept` what the file says
    beyond that (only gaps were filled, or a field has fewer decimals), `rest` what does not add up.
    """

    field: str
    file: Decimal
    mended: Decimal
    taken: Mapping[str, Decimal]
    skipped: Decimal
    rejected: Decimal
    kept: Decimal
    rest: Decimal
    unread: int


def summed(fields: Mapping[str, FieldSpec]) -> list[FieldSpec]:
    """Give the fields whose columns are added up."""
    return [spec for spec in fields.values() if spec.kind in NUMERIC]


def of_file(rows: Sequence[IncomingRow], batcher: Batcher) -> Sums:
    """Add up what the cells of read rows hold, as they stand in the file; mended ones count as they were."""
    with localcontext(prec=DIGITS):
        return {spec.name: _of_column(rows, spec, batcher) for spec in summed(batcher.fields)}


def _of_column(rows: Sequence[IncomingRow], spec: FieldSpec, batcher: Batcher) -> dict[str, Decimal]:
    name, total, mended, unread = spec.name, ZERO, ZERO, 0
    for row in rows:
        value = row.values.get(name)
        if row.was and name in row.was:
            was = _number(batcher.cleaner.read_cell(spec, row.was[name]))
            total, mended = total + was, mended + (_number(value) - was)
        elif value is not None:
            total += value
        elif name in row.errors:
            unread += 1
    return {FILE: total, MENDED: mended, UNREAD: Decimal(unread)}


def of_outcome(rows: Sequence[IncomingRow], outcome: Outcome, batcher: Batcher) -> Sums:
    """Add up what became of the values of a batch; of what was taken in, what the records hold now."""
    specs = summed(batcher.fields)
    if not specs:
        return {}
    fates: dict[int, tuple[str, Callable[[FieldSpec, Any], Any]]] = {
        row.line: (REJECTED, _as_read) for row, _reason in outcome.rejected
    }
    fates |= {
        row.line: (done, _held_by(match.stored, done, batcher.policy(row))) for row, match, done in outcome.matched
    }
    fates |= {row.line: (NEW, _made(record)) for row, record in outcome.made.values()}
    found: Sums = {spec.name: dict.fromkeys((*OUTCOMES, KEPT), ZERO) for spec in specs}
    untouched = (SKIPPED, _as_read)
    with localcontext(prec=DIGITS):
        for row in rows:
            fate, held = fates.get(row.line, untouched)
            for spec in specs:
                value = row.values.get(spec.name)
                if value is not None:
                    stands, sums = _number(held(spec, value)), found[spec.name]
                    sums[fate] += stands
                    if stands != value:
                        sums[KEPT] += value - stands
    return found


def _as_read(spec: FieldSpec, value: Any) -> Any:
    return value


def _held_by(stored: Mapping[str, Any], done: str, policy: str) -> Callable[[FieldSpec, Any], Any]:
    """Say what a record that was there already holds of a value: what was written, or what it had."""
    if done == SKIPPED:
        return _as_read

    def held(spec: FieldSpec, value: Any) -> Any:
        was = stored.get(spec.name)
        return was if done != UPDATED or (policy == "fill" and was is not None) else value

    return held


def _made(record: Any) -> Callable[[FieldSpec, Any], Any]:
    return lambda spec, _value: value_of(spec, record)


def _number(value: Any) -> Decimal:
    return Decimal(value) if isinstance(value, (Decimal, int)) else ZERO


def added(stored: Mapping[str, Mapping[str, str]], *more: Sums) -> dict[str, dict[str, str]]:
    """Give stored sums (decimals as text) with those of one more batch."""
    with localcontext(prec=DIGITS):
        total = {name: {part: Decimal(text) for part, text in sums.items()} for name, sums in stored.items()}
        for found in more:
            for name, sums in found.items():
                mine = total.setdefault(name, {})
                for part, value in sums.items():
                    mine[part] = mine.get(part, ZERO) + value
    return {name: {part: format(value, "f") for part, value in sums.items()} for name, sums in total.items()}


def reconciled(stored: Mapping[str, Mapping[str, str]]) -> list[Reconciled]:
    """Read stored sums, one a field, in the order of the names."""
    with localcontext(prec=DIGITS):
        return [_reconciled(name, sums) for name, sums in sorted(stored.items())]


def _reconciled(name: str, stored: Mapping[str, str]) -> Reconciled:
    parts = {part: Decimal(stored.get(part, 0)) for part in (FILE, MENDED, KEPT, UNREAD, *OUTCOMES)}
    became = sum((parts[outcome] for outcome in OUTCOMES), parts[KEPT])
    return Reconciled(
        field=name,
        file=parts[FILE],
        mended=parts[MENDED],
        taken={outcome: parts[outcome] for outcome in TAKEN},
        skipped=parts[SKIPPED],
        rejected=parts[REJECTED],
        kept=parts[KEPT],
        rest=parts[FILE] + parts[MENDED] - became,
        unread=int(parts[UNREAD]),
    )
