"""Which record wins, and which value of each field: what is proposed, and what people chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hatir.foundation.audit.queries import times_of_change
from hatir.foundation.merging.declared import Duplicates
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of
from hatir.foundation.records.snapshot import value_of

WINNER, LOSER, BOTH = "winner", "loser", "both"
EMPTY: tuple[Any, ...] = (None, "", [], {})
NEVER = frozenset({"id", "created_at", "updated_at", "archived_at", "source", "version"})


@dataclass(frozen=True)
class Choice:
    """One decision: the fields it is about (an address is one), both records' values, and what is proposed."""

    key: str
    specs: tuple[FieldSpec, ...]
    winner: tuple[Any, ...]
    loser: tuple[Any, ...]
    proposed: str

    @property
    def differs(self) -> bool:
        return self.winner != self.loser

    @property
    def may_be_both(self) -> bool:
        """Long texts can be put one below the other."""
        return len(self.specs) == 1 and self.specs[0].kind == "longtext" and self.proposed == BOTH

    def taken(self, side: str) -> dict[str, Any]:
        """Give the values that the winner gets, by field."""
        if side == BOTH and self.may_be_both:
            return {self.specs[0].name: f"{self.winner[0]}\n\n{self.loser[0]}"}
        values = self.loser if side == LOSER else self.winner
        return {spec.name: value for spec, value in zip(self.specs, values, strict=True)}


def winner_first(rt: RecordType, one: Any, other: Any) -> tuple[Any, Any]:
    """Propose who wins: the one with more filled fields, of equals the older one."""
    filled = [sum(1 for spec in _single(rt) if value_of(spec, record) not in EMPTY) for record in (one, other)]
    if filled[0] != filled[1]:
        return (one, other) if filled[0] > filled[1] else (other, one)
    return (one, other) if one.pk < other.pk else (other, one)


def choices(rt: RecordType, duplicates: Duplicates | None, winner: Any, loser: Any) -> list[Choice]:
    """List the decisions of a merge: filled beats empty, a later correction beats what was there,
    of two first entries the one that says more or else the newer; long texts are kept both.
    """
    times = times_of_change((rt.ref(winner), rt.ref(loser)))
    found = []
    for specs in _blocks(rt, duplicates):
        mine = tuple(value_of(spec, winner) for spec in specs)
        theirs = tuple(value_of(spec, loser) for spec in specs)
        proposed = _proposed(specs, mine, theirs, (winner, loser), times)
        found.append(Choice(specs[0].name, specs, mine, theirs, proposed))
    return found


def _single(rt: RecordType) -> list[FieldSpec]:
    return [
        spec
        for spec in fields_of(rt).values()
        if spec.name not in NEVER and spec.kind not in ("relations", "id") and not (spec.unique or spec.reckon)
    ]


def _blocks(rt: RecordType, duplicates: Duplicates | None) -> list[tuple[FieldSpec, ...]]:
    """Cut the fields into decisions: those that belong together are decided together."""
    together = duplicates.together if duplicates else ()
    block_of = {name: block for block in together for name in block}
    specs = {spec.name: spec for spec in _single(rt)}
    found: dict[Sequence[str], list[FieldSpec]] = {}
    for name, spec in specs.items():
        found.setdefault(block_of.get(name, (name,)), []).append(spec)
    return [tuple(block) for block in found.values()]


def _proposed(
    specs: Sequence[FieldSpec],
    mine: Sequence[Any],
    theirs: Sequence[Any],
    records: tuple[Any, Any],
    times: Mapping[tuple[int, str], datetime],
) -> str:
    if all(value in EMPTY for value in theirs) or list(mine) == list(theirs):
        return WINNER
    if all(value in EMPTY for value in mine):
        return LOSER
    if len(specs) == 1 and specs[0].kind == "longtext":
        return BOTH
    if len(specs) == 1 and specs[0].kind == "datetime" and not specs[0].editable:
        return LOSER if theirs[0] > mine[0] else WINNER
    written = [
        max((times[record.pk, spec.name] for spec in specs if (record.pk, spec.name) in times), default=None)
        for record in records
    ]
    if written[0] is None or written[1] is None:
        return _fuller(specs, mine, theirs) or WINNER
    newer = 1 if written[1] > written[0] else 0
    if written[newer] == records[newer].created_at:  # entered with the record: nobody corrected anything
        return _fuller(specs, mine, theirs) or (WINNER, LOSER)[newer]
    return (WINNER, LOSER)[newer]


def _fuller(specs: Sequence[FieldSpec], mine: Sequence[Any], theirs: Sequence[Any]) -> str | None:
    """Prefer the side that says more: of an address the one with more parts, of two choices the one somebody made."""
    said = [
        sum(value not in EMPTY and value != spec.default for spec, value in zip(specs, side, strict=True))
        for side in (mine, theirs)
    ]
    if said[0] == said[1]:
        return None
    return WINNER if said[0] > said[1] else LOSER


def decided(offered: Sequence[Choice], chosen: Mapping[str, str]) -> dict[str, Any]:
    """Give the values that the winner gets, by field: those chosen, and what was proposed for the rest."""
    values: dict[str, Any] = {}
    for choice in offered:
        if choice.differs:
            values.update(choice.taken(chosen.get(choice.key, choice.proposed)))
    return values
