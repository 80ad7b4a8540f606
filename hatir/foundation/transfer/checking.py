"""The trial of a file: every row through all the doors, and nothing stays written."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.db import transaction

from hatir.foundation.jobs.context import JobContext
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.memory import forget
from hatir.foundation.transfer.batches import OUTCOMES, SKIPPED, UNCHANGED, Batcher, Outcome
from hatir.foundation.transfer.likely import MOST as MOST_LIKELY
from hatir.foundation.transfer.likely import SWITCH, Finder, Likely, finder_for
from hatir.foundation.transfer.models import CHECKED, BadCell, Correction, ImportRun, Pair, Rejection
from hatir.foundation.transfer.resolving import IncomingRow
from hatir.foundation.transfer.running import (
    batcher_of,
    batches,
    columns_of,
    keep_bad_cells,
    keep_rejected,
    let_others_write,
    rejection,
    row_maker,
    take_profile,
)

MOST_PAIRS = 5000
MOST_AT_ONCE = 1000


def trial_batcher(run: ImportRun, actor: Actor) -> Batcher:
    """Prepare a trial. Where matches are to be made once more, they are looked for nevertheless, to be shown."""
    again = {"on_match": "update"} if run.options.get("on_match") == "create" else {}
    return batcher_of(run, actor, {**again, "expected": tuple(run.options.get("expected", ()))})


def tried(batcher: Batcher, rows: list[IncomingRow]) -> Outcome:
    """Write rows that were read and take it all back; tell what would have become of them."""
    with transaction.atomic():
        outcome = batcher.write(rows)
        transaction.set_rollback(True)
    forget("records.definitions")
    return outcome


@dataclass
class _Twins:
    """Which rows of the file are the same thing: the first line of each key, across all batches.

    Keys are kept as 64-bit digests, so that a file of a million rows needs no more than its numbers: the line, and
    above its 32 bits as many of a digest of the row's code, since two with different codes are two.
    """

    batcher: Batcher
    first_lines: dict[int, int] = field(default_factory=dict)

    def earlier(self, row: IncomingRow) -> tuple[int, str] | None:
        """Give the line of the first row that is the same thing, and by which field; remember this row."""
        found: tuple[int, str] | None = None
        code = self.batcher.matcher.code_of(row)
        mark = _digest(code, 4) if code else 0
        for name, key in self.batcher.keys_of(row):
            first = self.first_lines.setdefault(_digest(f"{name}|{key}", 8), row.line | mark << 32)
            line, other = first & 0xFFFF_FFFF, first >> 32
            if line != row.line and found is None and (mark == other or not (mark and other)):
                found = (line, name)
        return found


def _digest(text: str, size: int) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=size).digest(), "big")


def check(run: ImportRun, job: JobContext, actor: Actor) -> None:
    """Try every row and roll each batch back; store what would become of them, refused rows and pairs."""
    batcher = trial_batcher(run, actor)
    columns = columns_of(run, batcher)
    Rejection.objects.filter(run=run, is_trial=True).delete()
    decided = dict(Pair.objects.filter(run=run).exclude(decision="").values_list("line", "decision"))
    take_profile(run)
    totals: Counter[str] = Counter()
    twins, pairs = _Twins(batcher), _Pairs(run, decided, likely=_likely_lines(run))
    finder = finder_for(actor, batcher.rt) if run.options.get(SWITCH, True) else None
    done = 0
    free_since = time.monotonic()
    for part in batches(run, batcher):
        let_others_write(free_since)
        outcome = tried(batcher, part)
        totals.update(outcome.counts)
        _note_twins(part, outcome, twins, pairs, totals)
        if finder is not None:
            _note_likely(outcome, finder, pairs)
        keep_rejected(run, outcome, columns, is_trial=True)
        done += len(part)
        job.progress(done, run.row_count)
        free_since = time.monotonic()
    pairs.store()
    run.check_counts = {name: totals[name] for name in OUTCOMES}
    run.check_notes = {"pairs": pairs.count, "likely": pairs.likely_count}
    run.state = CHECKED
    run.save(update_fields=["row_count", "profile", "check_counts", "check_notes", "state"])


def _likely_lines(run: ImportRun) -> frozenset[int]:
    return frozenset(Pair.objects.filter(run=run, is_likely=True).exclude(decision="").values_list("line", flat=True))


@dataclass
class _Pairs:
    run: ImportRun
    decided: dict[int, str]
    count: int = 0
    likely_count: int = 0
    likely: frozenset[int] = frozenset()
    """Lines of the probable pairs that the check before this one found."""
    kept: list[Pair] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)

    def add(self, line: int, by: str, *, changes: bool, record_id: int | None = None, other: int | None = None) -> None:
        """Keep a pair; beyond the first 5000 they are only counted."""
        self.count += 1
        self.lines.add(line)
        if self.count <= MOST_PAIRS:
            self.kept.append(
                Pair(
                    run=self.run,
                    line=line,
                    by=by,
                    changes=changes,
                    record_id=record_id,
                    other_line=other,
                    decision=self.decided.get(line, ""),
                )
            )

    def add_likely(self, found: Likely) -> None:
        """Keep a probable pair; beyond the first 20 000 they are only counted."""
        self.likely_count += 1
        if self.likely_count <= MOST_LIKELY:
            self.kept.append(
                Pair(
                    run=self.run, line=found.line, by=found.by, record_id=found.record_id, other_line=found.other_line,
                    is_likely=True, score=found.score, reasons=found.reasons,
                    decision=self.decided.get(found.line, ""),
                )
            )  # fmt: skip

    def keep(self, known: Pair) -> None:
        """Keep a pair of an earlier check, which somebody decided, as it is."""
        if known.is_likely:
            self.add_likely(known)
        else:
            self.add(known.line, known.by, changes=known.changes, record_id=known.record_id, other=known.other_line)
        self.lines.add(known.line)

    def store(self) -> None:
        """Replace the pairs of an earlier check; what was decided about a row stays."""
        with transaction.atomic():
            Pair.objects.filter(run=self.run).delete()
            Pair.objects.bulk_create(self.kept, batch_size=500)


def _note_twins(part: list[IncomingRow], outcome: Outcome, twins: _Twins, pairs: _Pairs, totals: Counter[str]) -> None:
    """Keep the pairs of a batch. A row whose record an earlier batch would have made is counted as that record's."""
    refused = {row.line for row, _reason in outcome.rejected}
    matched = {row.line: (match, done) for row, match, done in outcome.matched}
    decided_alone = {row.line for row in part if _is_decided(row, pairs)}
    new = {row.line for row, _record in outcome.made.values()}
    for row in part:
        if row.line in refused:
            continue
        if row.line in decided_alone:
            _keep_decided(row, pairs)
            if row.follows is not None and row.line in new:  # what it follows was taken back with its batch
                totals["new"] -= 1
                totals["updated"] += 1
            continue
        earlier = twins.earlier(row)
        if row.line in matched:
            match, done = matched[row.line]
            twin = outcome.made.get(match.pk)
            record_id = match.pk if twin is None else None
            other = twin[0].line if twin is not None else None
            pairs.add(row.line, match.by, changes=done != UNCHANGED, record_id=record_id, other=other)
        elif earlier is not None:
            totals["new"] -= 1
            totals["updated" if twins.batcher.policy(row) != "skip" else SKIPPED] += 1
            pairs.add(row.line, earlier[1], changes=True, other=earlier[0])


def _is_decided(row: IncomingRow, pairs: _Pairs) -> bool:
    """Tell whether nothing is left to be asked about a row."""
    if row.left_out or row.decision in ("skip", "create"):
        return True
    return bool(row.decision) and row.line in pairs.likely


def _keep_decided(row: IncomingRow, pairs: _Pairs) -> None:
    """A pair that was decided before is not looked for again, but stays to be seen."""
    known = Pair.objects.filter(run=pairs.run, line=row.line).first()
    if known is not None and not row.left_out:
        pairs.keep(known)


def _note_likely(outcome: Outcome, finder: Finder, pairs: _Pairs) -> None:
    """Keep what rows that would be new probably are."""
    new = [
        (row.line, record, [(each.further.part, each.given) for each in row.parts])
        for row, record in outcome.made.values()
        if row.line not in pairs.lines
    ]
    for found in finder.find(new) if new else ():
        pairs.add_likely(found)


def recheck(run: ImportRun, refused: Sequence[Rejection], actor: Actor) -> list[Rejection]:
    """Try refused rows again after a correction; counts and reasons follow at once. Gives what is refused still."""
    batcher = trial_batcher(run, actor)
    columns, make = columns_of(run, batcher), row_maker(run, batcher)
    rows = [make(each.line, each.cells) for each in refused]
    batcher.read(rows)
    outcome = tried(batcher, rows)
    still = {row.line: rejection(run, row, reason, columns, is_trial=True) for row, reason in outcome.rejected}
    with transaction.atomic():
        Rejection.objects.filter(pk__in=[each.pk for each in refused]).delete()
        Rejection.objects.bulk_create(still.values())
        keep_bad_cells(list(still.values()))
        totals = Counter(run.check_counts)
        totals["rejected"] -= len(refused)
        totals.update(outcome.counts)
        run.check_counts = {name: totals[name] for name in OUTCOMES}
        run.save(update_fields=["check_counts"])
    return list(still.values())


def correct_cells(run: ImportRun, refused: Rejection, cells: dict[int, str], actor: Actor) -> None:
    """Store corrections of one row and try it again."""
    with transaction.atomic():
        Correction.objects.filter(run=run, line=refused.line, place__in=list(cells)).delete()
        Correction.objects.bulk_create(
            Correction(run=run, line=refused.line, place=at, was=_at(refused.cells, at), becomes=text)
            for at, text in cells.items()
        )
    recheck(run, [refused], actor)


def correct_value(run: ImportRun, place: int, was: str, becomes: str, actor: Actor) -> int:
    """Replace one bad value in all rows that have it in this column, and try those that were refused for it again.

    Gives how many they are. Beyond 1000 the rest is counted anew by the next check.
    """
    refused = list(same_value(run, place, was)[:MOST_AT_ONCE])
    with transaction.atomic():
        Correction.objects.filter(run=run, line=None, place=place, was=was).delete()
        Correction.objects.create(run=run, place=place, was=was, becomes=becomes)
    recheck(run, refused, actor)
    return len(refused)


def leave_out(run: ImportRun, refused: Sequence[Rejection], actor: Actor) -> None:
    """Leave rows out of the import."""
    with transaction.atomic():
        lines = [each.line for each in refused]
        Correction.objects.filter(run=run, line__in=lines, place=None).delete()
        Correction.objects.bulk_create(Correction(run=run, line=line) for line in lines)
    recheck(run, refused, actor)


def same_value(run: ImportRun, place: int, was: str) -> Any:
    """List the rows that the check refused for this value of this column, in the order of the file."""
    bad = BadCell.objects.filter(run=run, place=place, value=was).values("rejection_id")
    return Rejection.objects.filter(run=run, is_trial=True, pk__in=bad).order_by("line")


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""
