"""Questions about pairs and merges; whoever may not see one record of a pair does not see the pair."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from hatir.foundation.access.queries import get_visible, may, visible
from hatir.foundation.merging.choosing import Choice, choices
from hatir.foundation.merging.declared import Duplicates, compared_type, duplicates_of, types_with_duplicates, without
from hatir.foundation.merging.models import OPEN, ChosenRules, LearntWeights, Merge, Pair, Scan
from hatir.foundation.merging.pointers import movable, pointers_to
from hatir.foundation.merging.weighing import Weights, from_stored
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.memory import per_request
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import fields_of, record_type, record_types
from hatir.foundation.records.snapshot import value_of

PAGE = 30


@dataclass(frozen=True)
class PairPage:
    """One page of pairs, the heaviest first, with their records; `next_after` starts the following one."""

    pairs: tuple[Pair, ...]
    records: dict[int, Any]
    next_after: str


@dataclass(frozen=True)
class Moving:
    """How many rows of one kind will follow: 3 contact points."""

    label: str
    count: int


def chosen_rules(rt: RecordType) -> Duplicates:
    """Give how duplicates of a type are found in this company. Raises NotFoundHere for a type without."""
    declared = duplicates_of(rt)
    if declared is None:
        raise NotFoundHere(rt.key)
    chosen = ChosenRules.objects.filter(pk=rt.key).first()
    return without(declared, chosen.off, chosen.threshold) if chosen else declared


def learnt(rt: RecordType) -> tuple[Weights, int]:
    """Give what the last scan learnt of a type and its largest group; before the first one what usually holds."""
    kept = per_request(f"merging.learnt.{rt.key}", lambda: LearntWeights.objects.filter(pk=rt.key).first())
    return (from_stored(kept.weights), kept.largest_group) if kept else (Weights(), 60)


def reviewed_types(actor: Actor) -> list[RecordType]:
    """List the types whose duplicates the actor may merge."""
    return [rt for rt in types_with_duplicates(record_types()) if may(actor, "merge", rt)]


def visible_pairs(actor: Actor, rt: RecordType) -> QuerySet[Pair]:
    """Give the pairs of a type both of whose records the actor may see."""
    seen = visible(actor, rt).filter(archived_at=None).order_by().values("pk")
    return Pair.objects.filter(type_key=rt.key, one_id__in=seen, other_id__in=seen)


def visible_pair(actor: Actor, pair_id: int) -> Pair:
    """Fetch one pair. Raises NotFoundHere when it is not there for the actor."""
    pair = Pair.objects.filter(pk=pair_id).first()
    if pair is None:
        raise NotFoundHere(str(pair_id))
    for record_id in (pair.one_id, pair.other_id):
        get_visible(actor, pair.type_key, record_id)
    return pair


def pairs_page(
    actor: Actor, rt: RecordType, *, state: str = OPEN, at_least: int = 0, after: str = "", limit: int = PAGE
) -> PairPage:
    """Give a page of pairs, the heaviest first. A bad `after` starts at the beginning."""
    rows = visible_pairs(actor, rt).filter(state=state, score__gte=at_least)
    bits, _comma, pk = after.partition(",")
    with suppress(ValueError):
        rows = rows.filter(Q(bits__lt=float(bits)) | Q(bits=float(bits), pk__lt=int(pk))) if after else rows
    found = list(rows.order_by("-bits", "-id")[: limit + 1])
    shown = found[:limit]
    ids = {record_id for pair in shown for record_id in (pair.one_id, pair.other_id)}
    records = visible(actor, rt).in_bulk(list(ids))
    last = shown[-1] if len(found) > limit else None
    return PairPage(tuple(shown), records, f"{last.bits},{last.pk}" if last else "")


def pairs_of(actor: Actor, rt: RecordType, record_id: int, limit: int = 5) -> list[Pair]:
    """Give the open pairs of one record, the heaviest first."""
    rows = visible_pairs(actor, rt).filter(Q(one_id=record_id) | Q(other_id=record_id), state=OPEN)
    return list(rows.order_by("-bits")[:limit])


def last_scan(rt: RecordType) -> Scan | None:
    """Give the last scan of a type."""
    return Scan.objects.filter(type_key=rt.key).order_by("-id").first()


def successor(ref: RecordRef) -> RecordRef | None:
    """Give the record into which one went, through all merges; None when it went into none."""
    found: RecordRef | None = None
    record_id = ref.id
    for _step in range(100):
        merge = Merge.objects.filter(loser_id=record_id, unmerged_at=None).first()
        if merge is None:
            break
        record_id = merge.winner_id
        found = RecordRef(merge.type_key, record_id)
    return found


def merge_of(record_id: int) -> Merge | None:
    """Give the merge by which a record went into another; taking it back asks for the rights on both."""
    return Merge.objects.filter(loser_id=record_id, unmerged_at=None).first()


def merges_into(actor: Actor, ref: RecordRef) -> list[Merge]:
    """List the merges into a record that can still be taken back, the last first. Raises NotFoundHere."""
    get_visible(actor, ref.type_key, ref.id)
    return list(Merge.objects.filter(winner_id=ref.id, unmerged_at=None).order_by("-id")[:50])


def merge_by_id(merge_id: int) -> Merge | None:
    """Fetch one merge; taking it back asks for the rights on both records."""
    return Merge.objects.filter(pk=merge_id).first()


def choices_between(rt: RecordType, winner: Any, loser: Any) -> list[Choice]:
    """List the decisions between two records."""
    kinds = {name: value_of(spec, winner) for name, spec in fields_of(rt).items() if spec.kind == "choice"}
    compared = compared_type(rt, kinds)
    return choices(rt, duplicates_of(compared) if compared else None, winner, loser)


def moving(rt: RecordType, winner: Any, loser: Any) -> list[Moving]:
    """Say what will follow to the winner, by kind."""
    counts: dict[str, int] = {}
    for pointer in pointers_to(record_type(rt.root_key)):
        rows, _left = movable(pointer, rt, loser.pk, winner.pk)
        if rows:
            meta = pointer.model._meta
            label = str(record_type(pointer.own_type).plural_label if pointer.own_type else meta.verbose_name_plural)
            counts[label] = counts.get(label, 0) + len(rows)
    return [Moving(label, count) for label, count in sorted(counts.items(), key=lambda item: -item[1])]


def two_records(actor: Actor, type_key: str, ids: Sequence[int]) -> tuple[Any, Any]:
    """Fetch two records that the actor may see. Raises NotFoundHere."""
    return get_visible(actor, type_key, ids[0]), get_visible(actor, type_key, ids[1])
