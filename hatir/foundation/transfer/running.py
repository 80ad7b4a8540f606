"""Take a whole file through: the trial, which writes nothing, and the import, which continues where it stopped."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import may, writable_fields
from hatir.foundation.audit.actions import record_event
from hatir.foundation.files.queries import path_of
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.records import actions
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, RecordError
from hatir.foundation.records.memory import forget
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.transfer import reading
from hatir.foundation.transfer.batches import OUTCOMES, UPDATED, Batcher, Options, Outcome
from hatir.foundation.transfer.cells import as_text
from hatir.foundation.transfer.errors import NothingMapped
from hatir.foundation.transfer.mapping import ID
from hatir.foundation.transfer.models import CHECKED, DONE, ImportRun, LooseEnd, Rejection
from hatir.foundation.transfer.resolving import IncomingRow, incoming

BATCH = 500
EXAMPLES = 50
OTHERS_SECONDS = 0.12


def batcher_of(run: ImportRun, actor: Actor) -> Batcher:
    """Prepare the writing of a run with what its maker may write. Raises Denied or NothingMapped."""
    rt = record_type(run.type_key)
    if not may(actor, "import", rt):
        raise Denied("import", rt.key)
    allowed = writable_fields(actor, rt)
    mapped = {name for name in run.mapping.values() if name}
    fields = {name: spec for name, spec in allowed.items() if name in mapped}
    if not fields:
        raise NothingMapped
    chosen = {name: value for name, value in run.options.items() if name != "remember"}
    options = Options(**{**chosen, "match_on": tuple(chosen.get("match_on", ()))})
    return Batcher(rt, fields, options, actor, decimal_mark=reading.table_from_json(run.table).decimal_mark)


def columns_of(run: ImportRun, batcher: Batcher) -> dict[int, str]:
    """Give the field of each mapped column that may be written."""
    return {int(at): name for at, name in run.mapping.items() if name == ID or name in batcher.fields}


def batches(run: ImportRun, columns: dict[int, str], start: int = 0) -> Iterator[list[IncomingRow]]:
    """Stream the rows of the run's file in batches, from a checkpoint on."""
    table = reading.table_from_json(run.table)
    lines = islice(reading.rows(path_of(run.file), table), start, None)
    while part := [incoming(line, cells, columns) for line, cells in islice(lines, BATCH)]:
        yield part


def count_rows(run: ImportRun) -> int:
    """Count the rows of the file."""
    return sum(1 for _row in reading.rows(path_of(run.file), reading.table_from_json(run.table)))


def check(run: ImportRun, job: JobContext, actor: Actor) -> None:
    """Try every row with all the doors and roll each batch back; store what would become of them."""
    batcher = batcher_of(run, actor)
    columns = columns_of(run, batcher)
    Rejection.objects.filter(run=run, is_trial=True).delete()
    run.row_count = run.row_count or count_rows(run)
    totals: Counter[str] = Counter()
    seen: dict[tuple[str, str], int] = {}
    examples: list[dict[str, Any]] = []
    twice = done = 0
    free_since = time.monotonic()
    for part in batches(run, columns):
        batcher.read(part)
        let_others_write(free_since)
        with transaction.atomic():
            outcome = batcher.write(part)
            transaction.set_rollback(True)
        forget("records.definitions")
        totals.update(outcome.counts)
        twice += _move_repeated(part, outcome, batcher, seen, totals)
        _keep_rejected(run, outcome, is_trial=True)
        examples.extend(_example(batcher, item) for item in outcome.matched[: EXAMPLES - len(examples)])
        done += len(part)
        job.progress(done, run.row_count)
        free_since = time.monotonic()
    run.check_counts = {name: totals[name] for name in OUTCOMES}
    run.check_notes = {"examples": examples, "repeated": twice}
    run.state = CHECKED
    run.save(update_fields=["row_count", "check_counts", "check_notes", "state"])


def _move_repeated(
    part: list[IncomingRow], outcome: Outcome, batcher: Batcher, seen: dict[tuple[str, str], int], totals: Counter[str]
) -> int:
    """Count rows that name a record which an earlier batch would have made: in the import they will update it."""
    refused = {row.line for row, _reason in outcome.rejected}
    matched = {row.line for row, _match, _done in outcome.matched}
    moved = 0
    for row in part:
        keys = batcher.matcher.keys_of(row)
        if row.line not in refused and row.line not in matched and any(key in seen for key in keys):
            totals["new"] -= 1
            totals[UPDATED] += 1
            moved += 1
        if row.line not in refused:
            seen.update((key, row.line) for key in keys if key not in seen)
    return moved


def _example(batcher: Batcher, item: tuple[IncomingRow, Any, str]) -> dict[str, Any]:
    row, match, done = item
    return {
        "line": row.line,
        "record": str(batcher.rt.ref(match.record)),
        "title": batcher.rt.title_of(match.record),
        "by": match.by,
        "done": done,
        "cells": [as_text(cell)[:80] for cell in row.cells],
    }


def import_rows(run: ImportRun, job: JobContext, actor: Actor) -> None:
    """Write every row; each batch commits with its checkpoint and the job's heartbeat, so nothing is done twice."""
    batcher = batcher_of(run, actor)
    columns = columns_of(run, batcher)
    run.row_count = run.row_count or count_rows(run)
    if run.next_row == 0:
        record_event("import", actor=actor, type_key=batcher.rt.root_key, title=run.file.name)
    free_since = time.monotonic()
    for part in batches(run, columns, run.next_row):
        batcher.read(part)
        let_others_write(free_since)
        with transaction.atomic():
            outcome = batcher.write(part)
            _keep_rejected(run, outcome, is_trial=False)
            _keep_loose(run, outcome)
            totals = Counter(run.counts) + outcome.counts
            run.counts, run.next_row = {name: totals[name] for name in OUTCOMES}, run.next_row + len(part)
            run.save(update_fields=["counts", "next_row", "row_count"])
            job.progress(run.next_row, run.row_count)
        free_since = time.monotonic()
    tie_loose_ends(run, job, batcher)
    run.state, run.finished_at = DONE, timezone.now()
    run.counts = {name: run.counts.get(name, 0) for name in OUTCOMES}
    run.save(update_fields=["state", "finished_at", "counts"])


def let_others_write(free_since: float) -> None:
    """Leave SQLite's one write lock free for a moment between batches: who waits for it looks every tenth of a
    second, and else an import holds it so often that others wait in vain (seen: a heartbeat, after 10 s). The
    reading of the next batch is a part of that moment; `free_since` is when the last batch was committed."""
    if connection.vendor == "sqlite":
        time.sleep(max(0.0, OTHERS_SECONDS - (time.monotonic() - free_since)))


def _keep_rejected(run: ImportRun, outcome: Outcome, *, is_trial: bool) -> None:
    Rejection.objects.bulk_create(
        Rejection(
            run=run,
            is_trial=is_trial,
            line=row.line,
            reason=reason,
            cells=[as_text(cell) for cell in row.cells],
        )
        for row, reason in outcome.rejected
    )


def _keep_loose(run: ImportRun, outcome: Outcome) -> None:
    LooseEnd.objects.bulk_create(
        LooseEnd(
            run=run, record_id=record.pk, field=name, wanted=wanted, line=row.line,
            cells=[as_text(cell) for cell in row.cells],
        )
        for row, record in outcome.loose
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
