"""Take a whole file through the import, which continues where it stopped; what the trial shares with it is here too."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from itertools import islice
from typing import Any, Protocol

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import may, writable_fields
from hatir.foundation.audit.actions import record_event
from hatir.foundation.files.queries import path_of
from hatir.foundation.jobs.ahead import work_ahead
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.records import actions, bulk
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, RecordError
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.records.stamps import changed_meanwhile
from hatir.foundation.transfer import reading, sums
from hatir.foundation.transfer.batches import OUTCOMES, Batcher, Options, Outcome
from hatir.foundation.transfer.cards_in import damage_of
from hatir.foundation.transfer.cells import as_text
from hatir.foundation.transfer.correcting import Corrections
from hatir.foundation.transfer.counting import PLACE, Numbered, column_of_whole, counted
from hatir.foundation.transfer.errors import NothingMapped, RightsEnded
from hatir.foundation.transfer.further import WHOLE, Origin, further_of
from hatir.foundation.transfer.likely import keep_leaders, leaders_of, meant
from hatir.foundation.transfer.linking import LINK, Linker, makeable
from hatir.foundation.transfer.mapping import ID
from hatir.foundation.transfer.models import DONE, RUNNING, BadCell, ImportRun, LooseEnd, Rejection
from hatir.foundation.transfer.oddities import oddity_of
from hatir.foundation.transfer.profiling import profile
from hatir.foundation.transfer.resolving import IncomingRow, incoming
from hatir.foundation.transfer.sources import tidied
from hatir.foundation.transfer.value_maps import value_map

BATCH = 1000
"""Rows of one transaction; on SQLite others wait for it, so it stays well under a third of a second."""
ROWS_WORTH_A_PROCESS = 3000
ROWS_WORTH_LARGE_BATCHES = 20_000
"""From so many on, a server's transaction takes two batches: nobody waits for a row there, and each costs its trips."""
OTHERS_SECONDS = 0.02
LINKED = "linked"
"""Under this a run's options count the linked records that were made beside its rows."""
LONGEST_BAD_VALUE = 200


def batcher_of(run: ImportRun, actor: Actor, options: Mapping[str, Any] | None = None) -> Batcher:
    """Prepare the writing of a run with what its maker may write; `options` count before the run's own.

    Raises Denied or NothingMapped.
    """
    rt = record_type(run.type_key)
    if not may(actor, "import", rt):
        raise Denied("import", rt.key)
    allowed = writable_fields(actor, rt)
    mapped = {name for name in run.mapping.values() if name}
    if column_of_whole(rt, run.mapping) is not None:
        mapped.add(PLACE)
    fields = {name: spec for name, spec in allowed.items() if name in mapped}
    further = {name: each for name, each in further_of(actor, rt).items() if name in mapped}
    if not fields and not any(LINK in name for name in mapped):
        raise NothingMapped
    known = {each.name for each in dataclass_fields(Options)}
    chosen = {name: value for name, value in run.options.items() if name in known} | dict(options or {})
    expected = tuple((options or {}).get("expected", ()))
    tuples = {**{name: tuple(chosen.get(name, ())) for name in ("match_on", "make")}, "expected": expected}
    given = Options(**{**chosen, **tuples})
    mark = reading.table_from_json(run.table).decimal_mark
    linkers = _linkers(rt, mapped, given, actor, mark)
    origin = Origin(run.file.name, run.public_id, run.options.get(WHOLE, {}))
    return Batcher(rt, fields, given, actor, decimal_mark=mark, further=further, origin=origin, linkers=linkers,
                   drafts_new=True)  # fmt: skip


def _linkers(rt: RecordType, mapped: set[str], options: Options, actor: Actor, decimal_mark: str) -> list[Linker]:
    """Prepare the relations whose other ends the columns describe, or are to be made by their names."""
    found = []
    for name, (spec, target) in makeable(actor, rt).items():
        columns = [each.partition(LINK)[2] for each in sorted(mapped) if each.startswith(f"{name}{LINK}")]
        if not columns and not (name in mapped and name in options.make):
            continue
        wanted = {target.title, *columns}
        fields = {each: other for each, other in writable_fields(actor, target).items() if each in wanted}
        match_on = tuple(each for each in (*target.match_on, target.title) if each in fields)
        given = Options(match_on=match_on, on_match="fill")
        writer = Batcher(target, fields, given, actor, decimal_mark=decimal_mark)
        described = [each for each in columns if each in fields]
        # An order is called by its number; a company by a name, and a bare code is an id of another house.
        found.append(Linker(spec, described, writer, takes_codes=name == rt.part_of))
    return found


def columns_of(run: ImportRun, batcher: Batcher) -> dict[int, str]:
    """Give the field (or part) of each mapped column that may be written."""
    links = {f"{linker.spec.name}{LINK}{column}" for linker in batcher.linkers for column in linker.columns}
    known = {ID, *batcher.fields, *batcher.adder.chosen, *links}
    return {int(at): name for at, name in run.mapping.items() if name in known}


def batches(run: ImportRun, batcher: Batcher, start: int = 0) -> Iterator[sums.Part]:
    """Stream the rows of the run's file in batches, from a checkpoint on, as the user mended and decided them.

    They are read (`Batcher.read`): in a process of their own when there are many, so that reading costs no time.
    """
    table = reading.table_from_json(run.table)
    rows = counted(reading.rows(path_of(run.file), table), column_of_whole(batcher.rt, run.mapping))
    lines = islice(rows, start, None)
    left = float("inf") if run.row_count is None else run.row_count - start
    size = 2 * BATCH if left > ROWS_WORTH_LARGE_BATCHES and connection.vendor == "postgresql" else BATCH
    parts = _read_parts(lines, size, row_maker(run, batcher), batcher)
    return work_ahead(parts) if left > ROWS_WORTH_A_PROCESS else parts


def _read_parts(lines: Iterator[Numbered], size: int, make: Make, batcher: Batcher) -> Iterator[sums.Part]:
    while part := [make(line, cells, place) for line, cells, place in islice(lines, size)]:
        batcher.read(part)
        yield sums.Part(part, sums.of_file(part, batcher))


class Make(Protocol):
    """Makes a row of the file an incoming one; `place` is its place in its whole, where such are counted."""

    def __call__(self, line: int, cells: Sequence[Any], place: int = 0) -> IncomingRow: ...


def row_maker(run: ImportRun, batcher: Batcher) -> Make:
    """Give what makes a row of the file an incoming one: mended, values mapped, columns named."""
    columns = columns_of(run, batcher)
    corrections, decided = Corrections(run), meant(run, with_policy=run.state == RUNNING)
    batcher.leaders |= leaders_of(decided)
    values_said = value_map(run.value_map, columns, batcher.fields, run.profile.get("month_first", ()))
    is_cards = run.table["kind"] == reading.CARDS
    headers = () if is_cards else run.table["headers"]
    width = len(run.table["headers"])

    def make(line: int, cells: Sequence[Any], place: int = 0) -> IncomingRow:
        tidy = tidied(run.options.get("source", ""), cells)
        mended = corrections.mended(line, tidy)
        row = incoming(line, mended, columns, values_said, headers)
        row.was = corrections.was(tidy, mended, columns)
        if place and PLACE in batcher.fields:
            row.place, row.raw[PLACE] = place, str(place)
        if is_cards:
            row.id_is_hint = True
            if reason := damage_of(row.cells):
                row.errors[next(iter(columns.values()))] = reason
        elif (oddity := oddity_of(cells, width)) and not corrections.touches(line):
            row.errors[""] = oddity
        row.left_out = line in corrections.left_out
        if (said := decided.get(line)) is not None:
            row.decision, row.record_id, row.follows = said.decision, said.record_id, said.follows
            row.id_is_hint = row.id_is_hint or said.record_id is not None
        return row

    return make


def take_profile(run: ImportRun, most_seconds: float | None = None) -> None:
    """Count the rows of the file and what stands in its columns, unless that was done for the whole file."""
    if run.profile.get("is_whole"):
        return
    table = reading.table_from_json(run.table)
    rows = reading.rows(path_of(run.file), table)
    run.profile = profile(rows, len(table.headers), most_seconds=most_seconds)
    run.row_count = run.profile["rows"] if run.profile["is_whole"] else None


def import_rows(run: ImportRun, job: JobContext, actor: Actor) -> None:
    """Write every row; each batch commits with its checkpoint and the job's heartbeat, so nothing is done twice."""
    batcher = batcher_of(run, actor)
    columns = columns_of(run, batcher)
    take_profile(run)
    free_since, remake, learn_at = time.monotonic(), None, run.next_row + 2 * BATCH
    for read in batches(run, batcher, run.next_row):
        part: list[IncomingRow] = read
        let_others_write(free_since)
        with transaction.atomic():
            bulk.expect_many()
            wait_for_other_imports(batcher.rt)
            if changed_meanwhile():
                batcher, remake = _with_rights_of_now(run, actor)
            if remake is not None:
                part = remake(part)
                batcher.read(part)
            if run.next_row == 0:  # with the first batch, so that a worker killed before it notes nothing
                record_event("import", actor=actor, type_key=batcher.rt.root_key, title=run.file.name)
            outcome = batcher.write(part)
            keep_rejected(run, outcome, columns, is_trial=False)
            _keep_loose(run, outcome)
            keep_leaders(run, batcher.leaders, [row.line for row in part])
            totals = Counter(run.counts) + outcome.counts
            run.counts, run.next_row = {name: totals[name] for name in OUTCOMES}, run.next_row + len(part)
            run.sums = sums.added(run.sums, read.sums, sums.of_outcome(part, outcome, batcher))
            run.options[LINKED] = run.options.get(LINKED, 0) + outcome.linked
            run.save(update_fields=["counts", "sums", "next_row", "row_count", "profile", "options"])
            job.progress(run.next_row, run.row_count)
        batcher.expect(outcome, len(part))
        if run.next_row >= learn_at:
            bulk.learn_sizes()
            learn_at = run.next_row * 6
        free_since = time.monotonic()
    bulk.settle_many()
    tie_loose_ends(run, job, batcher)
    run.state, run.finished_at = DONE, timezone.now()
    run.counts = {name: run.counts.get(name, 0) for name in OUTCOMES}
    run.save(update_fields=["state", "finished_at", "counts"])


Remake = Callable[[Sequence[IncomingRow]], list[IncomingRow]]


def _with_rights_of_now(run: ImportRun, actor: Actor) -> tuple[Batcher, Remake]:
    """Prepare the writing anew, since roles, people or definitions changed; and what makes rows anew for it.

    Raises RightsEnded.
    """
    try:
        batcher = batcher_of(run, replace(actor, memory={}))
    except (Denied, NothingMapped) as problem:
        raise RightsEnded from problem
    make = row_maker(run, batcher)

    def remake(rows: Sequence[IncomingRow]) -> list[IncomingRow]:
        return [make(row.line, row.cells, row.place) for row in rows]

    return batcher, remake


def wait_for_other_imports(rt: RecordType) -> None:
    """Let one import at a time write a batch of a type, until the transaction ends.

    Two files that hold the same new person would else both find that nobody is there yet. SQLite's write lock
    does that by itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"hatir import {rt.root_key}"])


def let_others_write(free_since: float) -> None:
    """Leave SQLite's one write lock free for a moment between batches, beyond what the job leaves after each: who
    waits for it looks every few milliseconds. `free_since` is when the last batch was committed."""
    if connection.vendor == "sqlite":
        time.sleep(max(0.0, OTHERS_SECONDS - (time.monotonic() - free_since)))


def keep_rejected(run: ImportRun, outcome: Outcome, columns: Mapping[int, str], *, is_trial: bool) -> None:
    """Store the refused rows of a batch with their reasons, and by column what is wrong with which cell."""
    refused = [rejection(run, row, reason, columns, is_trial=is_trial) for row, reason in outcome.rejected]
    Rejection.objects.bulk_create(refused)
    if is_trial:
        keep_bad_cells(refused)


def keep_bad_cells(refused: Sequence[Rejection]) -> None:
    """Store the filled bad cells of refused rows by their value; longer ones are mended row by row only."""
    BadCell.objects.bulk_create(
        BadCell(run_id=each.run_id, rejection=each, place=int(at), value=each.cells[int(at)])
        for each in refused
        for at in each.problems
        if int(at) < len(each.cells) and 0 < len(each.cells[int(at)]) <= LONGEST_BAD_VALUE
    )


def rejection(
    run: ImportRun, row: IncomingRow, reason: str, columns: Mapping[int, str], *, is_trial: bool
) -> Rejection:
    """Make what is kept of one refused row."""
    cells = [as_text(cell) for cell in row.cells]
    problems = {str(at): row.errors[name] for at, name in sorted(columns.items()) if name in row.errors}
    return Rejection(
        run=run,
        is_trial=is_trial,
        line=row.line,
        reason=reason,
        cells=cells,
        problems=problems,
    )


def _keep_loose(run: ImportRun, outcome: Outcome) -> None:
    LooseEnd.objects.bulk_create(
        LooseEnd(
            run=run, record_id=record_id, field=name, wanted=wanted, line=row.line,
            cells=[as_text(cell) for cell in row.cells],
        )
        for row, record_id in outcome.loose
        for name, wanted in row.loose.items()
    )  # fmt: skip


def tie_loose_ends(run: ImportRun, job: JobContext, batcher: Batcher) -> None:
    """Set links to records that came later in the same file; what is still not found is reported, the row stays."""
    while ends := list(LooseEnd.objects.filter(run=run).order_by("id")[:BATCH]):
        with transaction.atomic():
            for name in sorted({end.field for end in ends}):
                _tie(run, batcher, name, [end for end in ends if end.field == name])
            LooseEnd.objects.filter(pk__in=[end.pk for end in ends]).delete()
            job.progress(run.next_row, run.row_count, _("Links within the file"))


def _tie(run: ImportRun, batcher: Batcher, name: str, ends: list[LooseEnd]) -> None:
    spec = fields_of(batcher.rt)[name]
    found = batcher.cleaner.find(spec, {end.wanted for end in ends})
    records = batcher.rt.model._base_manager.in_bulk([end.record_id for end in ends])
    for end in ends:
        target = found.get(end.wanted)
        reason = (
            _("Nothing is called “%(value)s”.")
            if end.wanted not in found
            else _("More than one is called “%(value)s”.")
        )
        told = reason % {"value": end.wanted[:60]}
        if target is not None:
            try:
                with transaction.atomic():
                    actions.update(batcher.rt, [(records[end.record_id], {name: target})], actor=batcher.actor)
                continue
            except RecordError as problem:
                told = str(problem)
        imported = _("The row was imported without it.")
        reason = f"{spec.label}: {told} {imported}"
        Rejection.objects.create(run=run, imported=True, line=end.line, cells=end.cells, reason=reason)


def is_passing(problem: Exception) -> bool:
    """Ask whether another try may mend it: a locked or vanished database, a full disk; not bad data or rights."""
    return isinstance(problem, (DatabaseError, OSError))
