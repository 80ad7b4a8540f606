"""Several files that speak of each other (accounts, contacts): put in order, linked, imported, taken back as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from hatir.foundation.access.queries import may
from hatir.foundation.files.models import StoredFile
from hatir.foundation.files.queries import path_of
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.records.actor import Actor, new_operation
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import record_type, record_types
from hatir.foundation.transfer import actions, reading
from hatir.foundation.transfer.cells import as_text
from hatir.foundation.transfer.errors import AlreadyStarted
from hatir.foundation.transfer.linking import makeable
from hatir.foundation.transfer.mapping import propose, words
from hatir.foundation.transfer.models import CANCELLED, CHECKED, DONE, FAILED, ImportRun
from hatir.foundation.transfer.proposing import targets_of
from hatir.foundation.transfer.queries import bundle_of, import_run
from hatir.foundation.transfer.sources import recognise
from hatir.foundation.transfer.synonyms import TYPE_WORDS
from hatir.kit.text_tr import fold

LOOKED_AT_ROWS = 2000
LEAST_SHARED = 0.6
OLD_ID = "external_id"
NAMED_BY_FILE = 3.0


def begin_bundle(files: Sequence[StoredFile], *, actor: Actor) -> list[ImportRun]:
    """Open a run for each file, of the type that it seems to hold, in the order in which they lead to each other.

    Raises Denied or FileUnreadable; then none is opened.
    """
    with transaction.atomic():
        runs = [actions.begin_import(file, guessed_type(file, actor), actor=actor) for file in files]
        return arrange(runs, actor)


def set_type(run_id: int, type_key: str, *, actor: Actor) -> None:
    """Say what a file of a bundle holds; its columns, and how the files hang together, are proposed anew.

    Raises NotFoundHere, AlreadyStarted, Denied or FileUnreadable.
    """
    run = import_run(actor, run_id)
    if run.state not in actions.OPEN:
        raise AlreadyStarted
    if run.type_key == type_key:
        return
    with transaction.atomic():
        others = [each for each in bundle_of(run) if each.pk != run.pk]
        made = actions.begin_import(run.file, type_key, actor=actor)
        run.delete()
        arrange([*others, made], actor)


def guessed_type(file: StoredFile, actor: Actor) -> str:
    """Guess which type a file holds: by the export that it is, by its name and by its columns."""
    table = reading.inspect(path_of(file))
    offered = [rt for rt in record_types() if may(actor, "import", rt) and not rt.part_of and rt.area]
    known = recognise(table.headers)
    if known is not None and any(rt.key == known.type_key for rt in offered):
        return known.type_key
    sample = reading.sample(path_of(file), table)
    called = set(words(file.name.rpartition(".")[0]).split())

    def score(rt: RecordType) -> float:
        fields = {name: spec for name, spec in targets_of(actor, rt).items() if hasattr(spec, "kind")}
        fit = sum(column.score for column in propose(table.headers, sample, fields, rt.key))
        own = {words(str(rt.plural_label)), words(str(rt.singular_label)), *TYPE_WORDS.get(rt.key, ())}
        return fit + (NAMED_BY_FILE if called & own else 0.0)

    return max(offered, key=score).key


def arrange(runs: Iterable[ImportRun], actor: Actor) -> list[ImportRun]:
    """Put runs in order, records that others lead to first, and send columns that hold others' ids to the relation."""
    ordered = sorted(runs, key=lambda run: (len(_leads_to(run, runs, actor)), run.pk))
    held = {run.pk: _Held.of(run) for run in ordered}
    bundle = min(run.pk for run in ordered)
    for position, run in enumerate(ordered):
        _keep_old_id(run, held[run.pk], actor)
        for field, other in _leads_to(run, ordered, actor):
            _relate(run, held[run.pk], field, other, held[other.pk], actor)
        run.bundle, run.position = bundle, position
    for run in ordered:
        run.save()
    return ordered


def _keep_old_id(run: ImportRun, mine: _Held, actor: Actor) -> None:
    """Keep the old house's own id, where a column is called so and names each row."""
    if OLD_ID in run.mapping.values() or OLD_ID not in targets_of(actor, record_type(run.type_key)):
        return
    for at, header in enumerate(run.table["headers"]):
        if words(header) == "id" and not run.mapping.get(str(at)) and mine.values[at] and mine.is_unique[at]:
            run.mapping = {**run.mapping, str(at): OLD_ID}
            run.options = {**run.options, "match_on": [OLD_ID, *run.options["match_on"]]}
            return


def _leads_to(run: ImportRun, runs: Iterable[ImportRun], actor: Actor) -> list[tuple[str, ImportRun]]:
    ends = {field: target.key for field, (_spec, target) in makeable(actor, record_type(run.type_key)).items()}
    return [(field, other) for field, key in ends.items() for other in runs if other.type_key == key]


@dataclass(frozen=True)
class _Held:
    """The distinct (folded) values of each column, and which columns hold each value once."""

    values: list[set[str]]
    is_unique: list[bool]

    @classmethod
    def of(cls, run: ImportRun) -> _Held:
        table = reading.table_from_json(run.table)
        rows = reading.sample(path_of(run.file), table, LOOKED_AT_ROWS)
        columns = [[fold(as_text(row[at])) for row in rows if as_text(row[at])] for at in range(len(table.headers))]
        return cls([set(column) for column in columns], [len(set(column)) == len(column) for column in columns])


def _relate(run: ImportRun, mine: _Held, field: str, other: ImportRun, theirs: _Held, actor: Actor) -> None:
    """Find the column whose values are in a column of the other file that names each of its rows."""
    best: tuple[float, int, int] | None = None
    for at, values in enumerate(mine.values):
        for place, named in enumerate(theirs.values):
            if not values or not theirs.is_unique[place]:
                continue
            shared = len(values & named) / len(values)
            is_id = other.mapping.get(str(place)) != record_type(other.type_key).title
            rank = (shared + (0.01 if is_id else 0.0), at, place)
            if shared >= LEAST_SHARED and (best is None or rank[0] > best[0]):
                best = rank
    if best is None:
        return
    _share, at, place = best
    run.mapping = {column: "" if name == field else name for column, name in run.mapping.items()} | {str(at): field}
    title = record_type(other.type_key).title
    if other.mapping.get(str(place)) != title and OLD_ID in targets_of(actor, record_type(other.type_key)):
        freed = {column: "" if name == OLD_ID else name for column, name in other.mapping.items()}
        other.mapping = freed | {str(place): OLD_ID}
        other.options = {**other.options, "match_on": list({OLD_ID: None, **dict.fromkeys(other.options["match_on"])})}
    run.options = {**run.options, "expected": sorted({*run.options.get("expected", ()), field})}


def start_bundle(run_id: int, *, actor: Actor) -> None:
    """Import all files of a bundle in their order, as one operation; one that stopped goes on.

    Raises NotFoundHere or AlreadyStarted.
    """
    runs = bundle_of(import_run(actor, run_id))
    operation = next((run.operation for run in runs if run.operation), "") or new_operation()
    waiting = [run for run in runs if run.state != DONE]
    if not waiting:
        raise AlreadyStarted
    with transaction.atomic():
        for run in waiting:
            if run.state in (CANCELLED, FAILED):
                run.state = CHECKED
            run.operation = operation
            run.save(update_fields=["state", "operation"])
            actions.prepare_import(run.pk, actor=actor)
        task = task_of("transfer.import_all").using(
            unique_key=f"transfer.import_all:{runs[0].bundle}", subject=runs[0].file.name
        )
        job = task.enqueue(bundle=runs[0].bundle, actor=actor.in_operation(operation))
        ImportRun.objects.filter(pk__in=[run.pk for run in waiting]).update(job_id=job.pk)
