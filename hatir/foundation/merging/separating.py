"""Take a merge back, exactly: what was moved returns, what was made goes, what people did since stays and is named.

The rule for what came since: a row that was added to the winner after the merge stays with the winner, unless it hangs
on a row that returns (an entry about a returning telephone number goes with it). A field of the winner that was changed
since keeps its value and is listed. The last merge into a record is taken back first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.actors import with_every_right
from hatir.foundation.access.queries import get_for, readable_fields, visible
from hatir.foundation.audit.actions import record_event
from hatir.foundation.audit.undo import Skipped, UndoResult
from hatir.foundation.events.bus import publish
from hatir.foundation.merging.errors import CannotUnmerge
from hatir.foundation.merging.events import RecordsUnmerged
from hatir.foundation.merging.models import MERGED, OPEN, Merge, Pair
from hatir.foundation.merging.pointers import Pointer, point, pointers_to
from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor, new_operation
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere, RecordError
from hatir.foundation.records.refs import PointsAt, RecordRef
from hatir.foundation.records.registry import fields_of, record_type, type_of_model
from hatir.foundation.records.snapshot import put_all, snapshot, value_of
from hatir.foundation.records.values import from_plain


@dataclass
class Separation:
    """What came of it: the names of fields that keep what was written since, and how many rows stay where they are."""

    merge: Merge
    kept_fields: list[str] = field(default_factory=list)
    kept_rows: int = 0


def unmerge(merge_id: int, *, actor: Actor) -> Separation:
    """Make two records of one again. Raises NotFoundHere, Denied or CannotUnmerge; nothing is changed then."""
    with transaction.atomic():
        merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
        if merge is None:
            raise NotFoundHere(str(merge_id))
        rt = record_type(merge.type_key)
        for record_id in (merge.winner_id, merge.loser_id):
            get_for(actor, rt, record_id, "merge")
            get_for(actor, rt, record_id, "edit")
        _check_order(merge)
        merge.unmerged_at = timezone.now()
        merge.save(update_fields=["unmerged_at"])
        done = Separation(merge)
        _carry_out(rt, done, with_every_right(actor))
        _note(rt, merge, actor)
    return done


def _check_order(merge: Merge) -> None:
    if merge.unmerged_at is not None:
        raise CannotUnmerge(_("These two have been separated already."))
    later = (
        Merge.objects.filter(unmerged_at=None, pk__gt=merge.pk)
        .filter(Q(winner_id=merge.winner_id) | Q(loser_id=merge.winner_id))
        .order_by("-id")
        .first()
    )
    if later is None:
        return
    words = {"title": merge.winner_title, "other": later.loser_title}
    if later.loser_id == merge.winner_id:
        words["other"] = later.winner_title
        told = _("“%(title)s” was merged into “%(other)s” afterwards. Separate these two first.")
    else:
        told = _("“%(other)s” was merged into “%(title)s” afterwards. Separate these two first.")
    raise CannotUnmerge(told % words, RecordRef(merge.type_key, later.winner_id))


def _carry_out(rt: RecordType, done: Separation, actor: Actor) -> None:
    merge, log = done.merge, done.merge.log
    loser = rt.model._base_manager.get(pk=merge.loser_id)
    writing.restore_many([loser], actor=actor)
    returned = _return_rows(rt, done, actor)
    _take_away_made(log.get("made", ()), done, actor)
    _return_fields(rt, done, actor)
    _return_what_hangs_on(rt, merge, returned)


def _return_rows(rt: RecordType, done: Separation, actor: Actor) -> list[RecordRef]:
    """Give every row that was moved back, unless somebody has tied it elsewhere since."""
    merge = done.merge
    pointers = {pointer.key: pointer for pointer in pointers_to(rt)}
    returned: list[RecordRef] = []
    for moved in merge.log.get("moved", ()):
        pointer = pointers.get(moved["pointer"])
        if pointer is None:  # an own field that was deleted since: nothing points by it any more
            continue
        rows = list(pointer.rows(rt, merge.winner_id).filter(pk__in=moved["ids"]))
        done.kept_rows += _tied_elsewhere(pointer, moved["ids"], rows)
        point(pointer, rows, merge.loser_id, actor=actor)
        returned.extend(_refs(pointer.model, rows))
    return returned


def _tied_elsewhere(pointer: Pointer, ids: Sequence[int], rows: Sequence[Any]) -> int:
    left = set(ids) - {row.pk for row in rows}
    return pointer.model._base_manager.filter(pk__in=left).count() if left else 0


def _refs(model: type[Model], rows: Sequence[Any]) -> list[RecordRef]:
    try:
        key = type_of_model(model).key
    except NotFoundHere:
        return []
    return [RecordRef(key, row.pk) for row in rows]


def _take_away_made(made: Sequence[Sequence[Any]], done: Separation, actor: Actor) -> None:
    """Delete the further numbers and addresses that the merge itself made; one that was changed since stays."""
    for type_key, record_id, values in made:
        rt = record_type(type_key)
        row = rt.model._base_manager.filter(pk=record_id).first()
        if row is None:
            continue
        if snapshot(rt, row) != values:
            done.kept_rows += 1
            continue
        writing.archive_many([row], actor=actor)  # audit, search and the outbox hear of it before it goes
        rt.model._base_manager.filter(pk=record_id).delete()


def _return_fields(rt: RecordType, done: Separation, actor: Actor) -> None:
    merge, log = done.merge, done.merge.log
    winner = rt.model._base_manager.get(pk=merge.winner_id)
    fields, now = fields_of(rt), snapshot(rt, winner)
    values: dict[str, Any] = {}
    for name, (before, after) in log.get("fields", {}).items():
        if name not in fields:
            continue
        if now.get(name) == after:
            values[name] = from_plain(fields[name], before)
        elif now.get(name) != before:
            done.kept_fields.append(name)
    for name, added in log.get("sets", {}).items():
        held = value_of(fields[name], winner)
        left = [item for item in held if item not in added]
        if left != held:
            values[name] = left
    put_all(rt, winner, values)
    for name, (before, after) in log.get("helpers", {}).items():
        if getattr(winner, name, None) == after:
            setattr(winner, name, before)
    writing.save(winner, actor=actor)


def _return_what_hangs_on(rt: RecordType, merge: Merge, returned: Sequence[RecordRef]) -> None:
    """Rows of the winner made since, which are about a row that returned, go with it."""
    by_type: dict[str, list[int]] = {}
    for ref in returned:
        by_type.setdefault(ref.type_key, []).append(ref.id)
    for model in apps.get_models():
        pairs: tuple[PointsAt, ...] = getattr(model, "points_at", ())
        if len(pairs) < 2:
            continue
        about, through = pairs[0], pairs[1]
        for type_key, ids in by_type.items():
            rows = model._base_manager.filter(
                **{
                    about.type_column: rt.root_key,
                    about.id_column: merge.winner_id,
                    through.type_column: type_key,
                    f"{through.id_column}__in": ids,
                }
            )
            rows.update(**{about.id_column: merge.loser_id})


def _note(rt: RecordType, merge: Merge, actor: Actor) -> None:
    refs = (RecordRef(rt.key, merge.winner_id), RecordRef(rt.key, merge.loser_id))
    for ref, title, other in (
        (refs[0], merge.winner_title, merge.loser_title),
        (refs[1], merge.loser_title, merge.winner_title),
    ):
        record_event("unmerge", actor=actor, ref=ref, title=title, changes={"separated_from": [other, None]})
    for pair_id, state in merge.log.get("pair", ()):
        again = state if state != MERGED else OPEN
        Pair.objects.filter(pk=pair_id).update(state=again, decided_by_id=None, decided_at=None)
    publish(RecordsUnmerged(about=refs, type_key=rt.key, merge_id=merge.public_id), actor=actor)


def undo_merges(operation: str, actor: Actor) -> UndoResult | None:
    """Take back all merges of an operation, the last first; None when it has none. One that cannot be is named."""
    merges = list(Merge.objects.filter(operation=operation, unmerged_at=None).order_by("-id"))
    if not merges:
        return None
    own, skipped = actor.in_operation(new_operation()), []
    for merge in merges:
        try:
            unmerge(merge.pk, actor=own)
        except RecordError as refused:
            skipped.append(Skipped(RecordRef(merge.type_key, merge.loser_id), merge.loser_title, str(refused)))
    return UndoResult(len(merges) - len(skipped), tuple(skipped), own.operation)


def kept_labels(rt: RecordType, names: Sequence[str], actor: Actor) -> list[str]:
    """Name fields as the actor may read them."""
    open_to = readable_fields(actor, rt)
    return [str(open_to[name].label) for name in names if name in open_to]


def may_separate(actor: Actor, merges: Sequence[Merge]) -> Mapping[int, bool]:
    """Tell which of these merges the actor may take back, as far as rights go."""
    ids = {record_id for merge in merges for record_id in (merge.winner_id, merge.loser_id)}
    if not merges:
        return {}
    rt = record_type(merges[0].type_key)
    allowed = set(visible(actor, rt, "merge").filter(pk__in=ids).values_list("pk", flat=True))
    return {merge.pk: {merge.winner_id, merge.loser_id} <= allowed for merge in merges}
