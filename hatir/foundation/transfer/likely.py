"""Rows that are probably a record, or an earlier row, though no field says so exactly.

Who weighs that stands on the same floor (`merging`), so it is handed in when the house starts (`pipeline`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.transfer.models import ImportRun, Pair

CREATE = "create"
SWITCH, POLICY = "likely", "on_likely"
"""In a run's options: whether probable duplicates are looked for, and what happens with those that nobody decided."""
MOST = 20_000
"""So many probable pairs are kept to be decided; beyond them rows are new ones, and the page says so."""


class Likely(Protocol):
    """A row that is probably a record (`record_id`) or an earlier row (`other_line`), by what is compared `by`."""

    @property
    def line(self) -> int: ...
    @property
    def record_id(self) -> int | None: ...
    @property
    def other_line(self) -> int | None: ...
    @property
    def score(self) -> int: ...
    @property
    def reasons(self) -> list[list[Any]]: ...
    @property
    def by(self) -> str: ...


class Finder(Protocol):
    """Weighs new rows of one file, batch by batch: (line, the record it would be, its parts as (type key, values))."""

    def find(self, rows: Sequence[tuple[int, Any, Sequence[tuple[str, Mapping[str, Any]]]]]) -> Sequence[Likely]: ...


Provider = Callable[[Actor, RecordType], Finder | None]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Take what finds probable duplicates; it gives None for a type whose duplicates are not found."""
    _providers[:] = [provider]


def finder_for(actor: Actor, rt: RecordType) -> Finder | None:
    """Give what finds probable duplicates of a type; None where nothing does."""
    return next((found for each in _providers if (found := each(actor, rt)) is not None), None)


@dataclass(frozen=True)
class Meant:
    """What a row is by somebody's decision: this record, or what the row `follows` becomes."""

    decision: str
    record_id: int | None = None
    follows: int | None = None


def meant(run: ImportRun, *, with_policy: bool) -> dict[int, Meant]:
    """Give what was decided about rows, by line; `with_policy` also what counts for all that nobody decided."""
    policy = run.options.get(POLICY, CREATE) if with_policy else ""
    rows = Pair.objects.filter(run=run)
    if policy in ("", CREATE):
        rows = rows.exclude(decision="")
    pairs = {pair.line: pair for pair in rows.only("line", "decision", "record_id", "other_line", "is_likely")}
    found = {}
    for line, pair in pairs.items():
        decision = pair.decision or (policy if pair.is_likely else "")
        if not pair.is_likely:
            if decision:
                found[line] = Meant(decision)
        elif decision and decision != CREATE:
            found[line] = _resolved(pair, decision, pairs, policy)
    return found


def _resolved(pair: Pair, decision: str, pairs: Mapping[int, Pair], policy: str) -> Meant:
    """Go from row to earlier row until one is a record, or stays a row of its own."""
    while pair.record_id is None and pair.other_line is not None:
        before = pairs.get(pair.other_line)
        if before is None or not before.is_likely or (before.decision or policy or CREATE) == CREATE:
            return Meant(decision, follows=pair.other_line)
        pair = before
    return Meant(decision, record_id=pair.record_id)


def leaders_of(decided: Mapping[int, Meant]) -> dict[int, int]:
    """Name the rows that others follow; no record is known of them yet."""
    return {each.follows: 0 for each in decided.values() if each.follows is not None}


def keep_leaders(run: ImportRun, leaders: Mapping[int, int], lines: Sequence[int]) -> None:
    """Store which records the followed rows of a batch became, so that an import that is killed still knows."""
    here = [line for line in lines if leaders.get(line)]
    if not here:
        return
    pairs = list(Pair.objects.filter(run=run, is_likely=True, record_id=None, other_line__in=here))
    for pair in pairs:
        pair.record_id = leaders[pair.other_line or 0]
    Pair.objects.bulk_update(pairs, ["record_id"])
