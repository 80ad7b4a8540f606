"""What the pages of duplicates draw: pairs with their reasons in words, and two records side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import may, readable_fields, writable_fields
from hatir.foundation.merging.candidates import LookAlike, completed, look_alikes
from hatir.foundation.merging.choosing import BOTH, LOSER, WINNER, Choice, winner_first
from hatir.foundation.merging.comparing import CLOSE, SAME, SIMILAR
from hatir.foundation.merging.declared import compared_type, duplicates_of
from hatir.foundation.merging.models import Pair
from hatir.foundation.merging.queries import choices_between
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import record_type, record_types
from hatir.interface.web.presenting import Presenter, capital

FACTS = 6
Reasons = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class ShownReason:
    """One reason as people read it: "Phone: the same"; `tone` colours it."""

    text: str
    tone: str


@dataclass(frozen=True)
class Side:
    """One of two records: its title, where it is, and what tells it from the other."""

    title: str
    url: str
    public_id: str
    facts: tuple[tuple[str, SafeString], ...]


@dataclass(frozen=True)
class ShownPair:
    """A pair on the list."""

    id: str
    score: int
    state: str
    one: Side
    other: Side
    reasons: tuple[ShownReason, ...]
    url: str

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.one, self.other


@dataclass(frozen=True)
class ShownChoice:
    """One decision: what either record holds, and which is proposed."""

    key: str
    label: str
    sides: tuple[tuple[str, SafeString, bool], ...]
    is_open: bool


def reasons_of(actor: Actor, rt: RecordType, reasons: Reasons) -> tuple[ShownReason, ...]:
    """Put reasons into words, the heaviest first; of a field that is closed to the reader nothing is said."""
    declared = duplicates_of(rt)
    if declared is None:
        return ()
    fields = readable_fields(actor, rt)
    compares = {compare.key: compare for compare in declared.comparisons}
    found = []
    for key, level, bits in reasons:
        compare = compares.get(key)
        if compare is None or any(name not in fields for name in compare.fields):
            continue
        label = capital(compare.label or fields[key].label)
        found.append(ShownReason(f"{label}: {_word(level)}", "ok" if bits >= 4 else "gray" if bits > 0 else "bad"))
    return tuple(found)


def _word(level: int) -> str:
    return {SAME: _("the same"), CLOSE: _("nearly the same"), SIMILAR: _("similar")}.get(level, _("different"))


def shown_pairs(actor: Actor, rt: RecordType, pairs: Sequence[Pair], records: Mapping[int, Any]) -> list[ShownPair]:
    """Draw pairs whose records the actor sees."""
    presenter = _presenter(actor, rt, list(records.values()))
    return [
        ShownPair(
            pair.public_id,
            pair.score,
            pair.state,
            _side(presenter, rt, records[pair.one_id]),
            _side(presenter, rt, records[pair.other_id]),
            reasons_of(actor, rt, pair.reasons),
            merge_url(rt, records[pair.one_id], records[pair.other_id]),
        )
        for pair in pairs
        if pair.one_id in records and pair.other_id in records
    ]


def shown_alike(actor: Actor, found: Sequence[LookAlike], rt: RecordType) -> list[dict[str, Any]]:
    """Draw the records that look like what is being typed."""
    shown = []
    for one in found:
        reasons = [[reason.key, reason.level, reason.bits] for reason in one.verdict.reasons]
        told = ", ".join(reason.text for reason in reasons_of(actor, rt, reasons) if reason.tone != "bad")
        ref = record_type(rt.root_key).ref(one.record)
        shown.append({"title": rt.title_of(one.record), "url": ref.url, "score": one.verdict.score, "why": told})
    return shown


def alike(actor: Actor, rt: RecordType, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Find the records that look like the one being made, as its form shows them."""
    known = completed(rt, values)
    compared = compared_type(record_type(rt.root_key), known) if duplicates_of(rt) is None else rt
    if compared is None:
        return []
    return shown_alike(actor, look_alikes(actor, compared, known), compared)


def merge_url(rt: RecordType, one: Any, other: Any) -> str:
    """Give the address where two records become one, with the proposed winner first."""
    winner, loser = winner_first(record_type(rt.root_key), one, other)
    return f"/duplicates/{rt.root_key}/{winner.public_id}/{loser.public_id}/"


def duplicates_url(actor: Actor, rt: RecordType) -> str:
    """Give the address of a list's duplicates; "" where there are none to be found or the actor may not merge."""
    if not may(actor, "merge", rt):
        return ""
    compared = duplicates_of(rt) is not None or any(
        duplicates_of(other) for other in record_types() if other.narrows == rt.key
    )
    return f"/duplicates/?{urlencode({'type': rt.key})}" if compared else ""


def _specs(actor: Actor, rt: RecordType) -> list[FieldSpec]:
    """Choose what tells records apart: what is compared, then what the list shows."""
    fields, declared = readable_fields(actor, rt), duplicates_of(rt)
    names = [name for compare in (declared.comparisons if declared else ()) for name in compare.fields]
    wanted = dict.fromkeys([*names, *rt.list_columns])
    skipped = {rt.title, "given_name", "family_name"}
    return [fields[name] for name in wanted if name in fields and name not in skipped]


def _presenter(actor: Actor, rt: RecordType, records: Sequence[Any]) -> Presenter:
    specs = [spec for spec in _specs(actor, rt) if spec.kind != "relations"]
    presenter = Presenter(actor, rt, specs, covers_all=True)
    presenter.prepare(records)
    return presenter


def _side(presenter: Presenter, rt: RecordType, record: Any) -> Side:
    facts = [
        (capital(spec.label), presenter.cell(spec, record).html)
        for spec in presenter.specs
        if presenter.value(spec, record) not in (None, "", [])
    ]
    ref = record_type(rt.root_key).ref(record)
    return Side(rt.title_of(record) or _("Without a name"), ref.url, record.public_id, tuple(facts[:FACTS]))


def shown_choices(actor: Actor, rt: RecordType, winner: Any, loser: Any) -> list[ShownChoice]:
    """Draw the decisions of a merge in which the two differ, as far as the actor may read them."""
    readable, writable = readable_fields(actor, rt), writable_fields(actor, rt)
    offered = [choice for choice in choices_between(rt, winner, loser) if choice.differs]
    specs = [spec for choice in offered for spec in choice.specs if spec.name in readable]
    presenter = Presenter(actor, rt, specs, covers_all=True)
    presenter.prepare([winner, loser])
    return [
        _choice(choice, presenter, winner, loser, is_open=all(spec.name in writable for spec in choice.specs))
        for choice in offered
        if all(spec.name in readable for spec in choice.specs)
    ]


def _choice(choice: Choice, presenter: Presenter, winner: Any, loser: Any, *, is_open: bool) -> ShownChoice:
    def html(record: Any) -> SafeString:
        cells = [presenter.cell(spec, record).html for spec in choice.specs if _shown_of(choice, spec)]
        return SafeString(" · ".join(cell for cell in cells if cell))

    sides = [
        (WINNER, html(winner), choice.proposed == WINNER),
        (LOSER, html(loser), choice.proposed == LOSER),
    ]
    if choice.may_be_both:
        sides.append((BOTH, SafeString(""), choice.proposed == BOTH))
    label = ", ".join(dict.fromkeys(capital(spec.label) for spec in choice.specs if _shown_of(choice, spec)))
    return ShownChoice(choice.key, label, tuple(sides), is_open)


def _shown_of(choice: Choice, spec: FieldSpec) -> bool:
    """A name is shown whole; its halves go with it."""
    return spec.name not in ("given_name", "family_name") or len(choice.specs) == 1
