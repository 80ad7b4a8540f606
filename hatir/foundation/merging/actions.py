"""The verbs of the room: merge, decide otherwise, choose the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.actors import with_every_right
from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import get_for, get_visible, has_permission, may, readable_fields, writable_fields
from hatir.foundation.audit.actions import record_event
from hatir.foundation.events.bus import publish
from hatir.foundation.merging.choosing import Choice, choices, decided
from hatir.foundation.merging.declared import Duplicates, Kept, compared_type, duplicates_of
from hatir.foundation.merging.errors import CannotMerge, ChangedSinceShown
from hatir.foundation.merging.events import RecordsMerged
from hatir.foundation.merging.features import words_of
from hatir.foundation.merging.models import DIFFERENT, LATER, MERGED, OPEN, ChosenRules, Merge, Pair
from hatir.foundation.merging.pointers import movable, point, pointers_to, set_fields
from hatir.foundation.merging.queries import visible_pair
from hatir.foundation.records import actions, writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of, record_type, type_of
from hatir.foundation.records.snapshot import snapshot, value_of

TITLE = 200
DECISIONS = (OPEN, LATER, DIFFERENT)


def merge(
    type_key: str,
    winner_id: int,
    loser_id: int,
    *,
    actor: Actor,
    chosen: Mapping[str, str] | None = None,
    versions: tuple[int, int] | None = None,
) -> Merge:
    """Let one record go into another: values as chosen, everything that pointed at the loser points at the winner.

    `chosen` maps a decision's key to "winner", "loser" or "both"; the rest is as proposed. `versions` are those that
    were shown. Raises NotFoundHere, Denied, CannotMerge, ChangedSinceShown or Invalid; nothing is changed then.
    """
    rt = record_type(record_type(type_key).root_key)
    with transaction.atomic():
        winner, loser = _both(rt, winner_id, loser_id, actor)
        if versions is not None and versions != (winner.version, loser.version):
            raise ChangedSinceShown
        duplicates = rules_of_record(rt, winner)
        offered = choices(rt, duplicates, winner, loser)
        values = decided(offered, open_choices(rt, offered, chosen or {}, actor))
        done = Merge(
            type_key=rt.key,
            winner_id=winner.pk,
            loser_id=loser.pk,
            winner_title=rt.title_of(winner)[:TITLE],
            loser_title=rt.title_of(loser)[:TITLE],
            operation=actor.operation,
            user_id=actor.user_id,
            user_label=actor.label[:120],
            merged_at=timezone.now(),
        )
        done.log = _carry_out(rt, duplicates, winner, loser, values, with_every_right(actor))
        _store(done)
        _note(done, rt, winner, loser, actor)
    return done


def _both(rt: RecordType, winner_id: int, loser_id: int, actor: Actor) -> tuple[Any, Any]:
    """Read both under a lock, with every right that merging asks for."""
    if winner_id == loser_id:
        raise CannotMerge(_("A record cannot be merged with itself."))
    for record_id in (winner_id, loser_id):
        get_for(actor, rt, record_id, "merge")
        get_for(actor, rt, record_id, "edit")
    rows = rt.model._base_manager.select_for_update().filter(pk__in=(winner_id, loser_id)).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) < 2:
        raise NotFoundHere(rt.key)
    winner, loser = found[winner_id], found[loser_id]
    gone = next((record for record in (winner, loser) if record.archived_at is not None), None)
    if gone is not None:
        told = _("“%(title)s” is archived, or somebody has just merged it.")
        raise CannotMerge(told % {"title": rt.title_of(gone)})
    if type_of(winner).key != rt.key or type_of(loser).key != rt.key or _kind(rt, winner) != _kind(rt, loser):
        raise CannotMerge(_("The two are not of one kind."))
    return winner, loser


def _kind(rt: RecordType, record: Any) -> str:
    found = compared_type(rt, _values_of(rt, record))
    return found.key if found else ""


def _values_of(rt: RecordType, record: Any) -> dict[str, Any]:
    return {name: value_of(spec, record) for name, spec in fields_of(rt).items() if spec.kind == "choice"}


def rules_of_record(rt: RecordType, record: Any) -> Duplicates | None:
    """Give how duplicates of this record are found and merged; None when its type says nothing."""
    found = compared_type(rt, _values_of(rt, record))
    return duplicates_of(found) if found else None


def open_choices(rt: RecordType, offered: list[Choice], chosen: Mapping[str, str], actor: Actor) -> dict[str, str]:
    """Give the choices that the actor may make: fields that are closed to them go as proposed."""
    allowed = readable_fields(actor, rt).keys() & writable_fields(actor, rt).keys()
    free = {choice.key for choice in offered if all(spec.name in allowed for spec in choice.specs if spec.editable)}
    return {key: side for key, side in chosen.items() if key in free}


def _carry_out(
    rt: RecordType, duplicates: Duplicates | None, winner: Any, loser: Any, values: dict[str, Any], actor: Actor
) -> dict[str, Any]:
    """Write all of it; give the log."""
    sets = {spec.name: value_of(spec, winner) for spec in _sets(rt)}
    before, losing, helpers = snapshot(rt, winner), snapshot(rt, loser), helpers_of(rt, winner)
    added = {name: sorted(set(value_of(fields_of(rt)[name], loser)) - set(held)) for name, held in sets.items()}
    values = {name: None if value == winner.pk and _is_own(rt, name) else value for name, value in values.items()}
    values |= {name: [*held, *added[name]] for name, held in sets.items() if added[name]}
    for name, spec in fields_of(rt).items():  # the winner must not point at the one that goes
        if _is_own(rt, name) and values.get(name, value_of(spec, winner)) == loser.pk:
            values[name] = None
    writing.archive_many([loser], actor=actor)
    if values:
        actions.update(rt, [(winner, values)], actor=actor)
    moved, stayed = _move(rt, winner.pk, loser.pk, actor)
    winner = rt.model._base_manager.get(pk=winner.pk)
    after = snapshot(rt, winner)
    changed = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    made = _keep_losing(duplicates, winner, (before, losing), after, actor)
    return {
        "fields": changed,
        "helpers": {name: [helpers[name], now] for name, now in helpers_of(rt, winner).items() if helpers[name] != now},
        "sets": {name: ids for name, ids in added.items() if ids},
        "moved": moved,
        "made": made,
        "stayed": stayed,
    }


def helpers_of(rt: RecordType, record: Any) -> dict[str, Any]:
    """Give the columns beside the fields, which the room's own verbs keep true (folds, sort keys)."""
    known = {spec.path for spec in fields_of(rt).values()} | {"id", "version", "custom", *rt.where}
    columns = (column for column in rt.model._meta.concrete_fields if column.name not in known)
    return {column.attname: getattr(record, column.attname) for column in columns if not column.is_relation}


def _sets(rt: RecordType) -> list[FieldSpec]:
    return [fields_of(rt)[name] for name in set_fields(rt)]


def _is_own(rt: RecordType, name: str) -> bool:
    """Tell whether a field points at records of the same table."""
    spec = fields_of(rt)[name]
    return spec.kind == "relation" and bool(spec.target) and record_type(spec.target).root_key == rt.root_key


def _move(rt: RecordType, winner_id: int, loser_id: int, actor: Actor) -> tuple[list[dict[str, Any]], int]:
    moved, stayed = [], 0
    for pointer in pointers_to(rt):
        rows, left = movable(pointer, rt, loser_id, winner_id)
        stayed += left
        point(pointer, rows, winner_id, actor=actor)
        if rows:
            moved.append({"pointer": pointer.key, "ids": [row.pk for row in rows]})
    return moved, stayed


def _keep_losing(
    duplicates: Duplicates | None,
    winner: Any,
    olds: tuple[Mapping[str, Any], ...],
    new: Mapping[str, Any],
    actor: Actor,
) -> list[list[Any]]:
    """Keep telephone numbers, e-mail and postal addresses that lost, as further ones of the winner."""
    made: list[list[Any]] = []
    for kept in duplicates.kept if duplicates else ():
        first = next(iter(kept.fields))
        rows: dict[str, dict[str, Any]] = {}
        held = {words_of(str(new.get(first) or "")), *_held(kept, winner)}
        for old in olds:
            text = words_of(str(old.get(first) or ""))
            if text and text not in held and text not in rows:
                rows[text] = {part: old.get(name) or "" for name, part in kept.fields.items()}
        if rows:
            parts = [{**kept.values, **row, kept.link: winner.pk} for row in rows.values()]
            created = actions.create(record_type(kept.of), parts, actor=actor)
            made.extend([kept.of, part.pk, snapshot(record_type(kept.of), part)] for part in created)
    return made


def _held(kept: Kept, winner: Any) -> set[str]:
    rt = record_type(kept.of)
    first = kept.fields[next(iter(kept.fields))]
    rows = rt.model._base_manager.filter(archived_at=None, **{kept.link: winner.pk})
    return {words_of(str(value)) for value in rows.values_list(first, flat=True)}


def _store(done: Merge) -> None:
    try:
        with transaction.atomic():
            done.save(force_insert=True)
    except IntegrityError:
        raise CannotMerge(_("Somebody has just merged this record.")) from None
    ids = (done.winner_id, done.loser_id)
    now = {"state": MERGED, "decided_by_id": done.user_id, "decided_at": done.merged_at}
    pair = Pair.objects.filter(one_id=min(ids), other_id=max(ids))
    done.log["pair"] = list(pair.values_list("pk", "state"))[:1]
    Merge.objects.filter(pk=done.pk).update(log=done.log)
    pair.update(**now)


def _note(done: Merge, rt: RecordType, winner: Any, loser: Any, actor: Actor) -> None:
    refs = (rt.ref(winner), rt.ref(loser))
    for ref, title, name, other in (
        (refs[0], done.winner_title, "merged_from", done.loser_title),
        (refs[1], done.loser_title, "merged_into", done.winner_title),
    ):
        record_event("merge", actor=actor, ref=ref, title=title, changes={name: [None, other]})
    publish(RecordsMerged(about=refs, type_key=rt.key, merge_id=done.public_id), actor=actor)


# --- decisions and rules --------------------------------------------------------------------------


def decide(pair_id: int, state: str, *, actor: Actor) -> Pair:
    """Say that two records are not the same (for ever), or that it shall be decided later.

    Raises NotFoundHere or Denied; a pair that somebody merged meanwhile raises CannotMerge.
    """
    if state not in DECISIONS:
        raise ValueError(state)
    with transaction.atomic():
        pair = visible_pair(actor, pair_id)
        if not may(actor, "merge", record_type(pair.type_key)):
            raise Denied("merge", pair.type_key)
        for record_id in (pair.one_id, pair.other_id):
            get_visible(actor, pair.type_key, record_id, "view")
        moved = Pair.objects.filter(pk=pair.pk).exclude(state=MERGED)
        if not moved.update(state=state, decided_by_id=actor.user_id, decided_at=timezone.now()):
            raise CannotMerge(_("Somebody has just merged these two."))
        record_event(
            "setting", actor=actor, type_key=pair.type_key, title=str(_("Duplicates")),
            changes={"state": [pair.state, state]},
        )  # fmt: skip
    pair.refresh_from_db()
    return pair


def choose_rules(type_key: str, *, threshold: int, off: list[str], actor: Actor) -> ChosenRules:
    """Set from which score on pairs are shown and which comparisons do not count. Raises Denied or CannotMerge."""
    if not has_permission(actor, MANAGE):
        raise Denied("edit", type_key)
    rt = record_type(type_key)
    duplicates = duplicates_of(rt)
    if duplicates is None:
        raise NotFoundHere(type_key)
    known = {compare.key for compare in duplicates.comparisons}
    if not 1 <= threshold <= 99:
        raise CannotMerge(_("Enter a number from %(low)d to %(high)d.") % {"low": 1, "high": 99})
    off = sorted(set(off) & known)
    if len(off) == len(known):
        raise CannotMerge(_("At least one field has to be compared."))
    with transaction.atomic():
        old = ChosenRules.objects.filter(pk=rt.key).first()
        before = [old.threshold, old.off] if old else [duplicates.threshold, []]
        rules, _made = ChosenRules.objects.update_or_create(
            type_key=rt.key, defaults={"threshold": threshold, "off": off}
        )
        record_event(
            "setting", actor=actor, type_key=rt.key, title=str(_("Duplicates")),
            changes={"threshold": [before[0], threshold], "off": [before[1], off]},
        )  # fmt: skip
    return rules
