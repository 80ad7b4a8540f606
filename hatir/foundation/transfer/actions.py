"""The steps of an import, and its way back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission, may
from hatir.foundation.files.models import StoredFile
from hatir.foundation.files.queries import path_of
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.records.actions import create as create_records
from hatir.foundation.records.actor import Actor, new_operation
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, NotFoundHere
from hatir.foundation.records.fields import CUSTOM_PREFIX
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import checking, likely, reading, running
from hatir.foundation.transfer.counting import PLACE, column_of_whole
from hatir.foundation.transfer.errors import AlreadyStarted, NeededMissing, NothingMapped, TooLateToRevert
from hatir.foundation.transfer.further import WHOLE, for_whole_file, problem_of
from hatir.foundation.transfer.linking import usual_makes
from hatir.foundation.transfer.mapping import ID, guess_kind, signature
from hatir.foundation.transfer.models import (
    CANCELLED,
    CHECKED,
    CHECKING,
    DONE,
    DRAFT,
    FAILED,
    REVERTING,
    RUNNING,
    Correction,
    ImportRun,
    Pair,
    RememberedMapping,
)  # fmt: skip
from hatir.foundation.transfer.profiling import distinct
from hatir.foundation.transfer.proposing import propose_mapping, usable
from hatir.foundation.transfer.queries import import_run, refused_rows
from hatir.foundation.transfer.value_maps import kept_for

REVERT_DAYS = 14
MOST_SECONDS = 2.0
"""So long a file is looked through while its sender waits; the check counts the rest."""
LONGEST_LABEL = 80
OWN_FIELD = "customization.field"
FORGOTTEN = ("state", "check_counts", "check_notes")
OPEN = (DRAFT, CHECKING, CHECKED)


def begin_import(file: StoredFile, type_key: str, *, actor: Actor) -> ImportRun:
    """Open a run for a stored file: read its head, propose a mapping or take the one of last time.

    Raises Denied or FileUnreadable.
    """
    rt = record_type(type_key)
    if not may(actor, "import", rt):
        raise Denied("import", rt.key)
    path = path_of(file)
    table = reading.inspect(path)
    mapping, source = propose_mapping(path, table, rt, actor)
    options: dict[str, Any] = {"match_on": _usable_matches(rt, mapping), "source": source}
    options["make"] = usual_makes(actor, rt)
    run = ImportRun(
        type_key=rt.key,
        file=file,
        table=reading.table_to_json(table, reading.sheets(path) if table.kind == "xlsx" else ()),
        mapping=mapping,
        options=options,
        created_by_id=actor.user_id,
        created_at=timezone.now(),
    )
    _recall(run, actor)
    running.take_profile(run, MOST_SECONDS)
    run.save(force_insert=True)
    return run


def _recall(run: ImportRun, actor: Actor) -> None:
    """Take the mapping, and what values become, of the last file with the same columns."""
    key = signature(run.table["headers"])
    known = RememberedMapping.objects.filter(type_key=run.type_key, signature=key).first()
    if known is None:
        return
    run.mapping = usable(known.mapping, actor, record_type(run.type_key))
    run.value_map = kept_for(known.value_map, known.mapping, run.mapping)
    run.options = {**run.options, **known.options}


def choose_sheet(run_id: int, name: str, *, actor: Actor) -> ImportRun:
    """Read another sheet of the workbook; its columns are proposed anew.

    Raises NotFoundHere, AlreadyStarted or FileUnreadable.
    """
    run = _open_run(run_id, actor)
    path = path_of(run.file)
    table = reading.inspect_sheet(path, name)
    run.table = reading.table_to_json(table, run.table.get("sheets", ()))
    run.profile, run.row_count, run.value_map = {}, None, {}
    _forget_check(run)
    Correction.objects.filter(run=run).delete()
    _propose_again(run, actor)
    _recall(run, actor)
    running.take_profile(run, MOST_SECONDS)
    run.save()
    return run


def match_again(run_id: int, *, actor: Actor, source: str = "") -> ImportRun:
    """Propose the columns' fields anew, whatever was chosen or remembered; as those of a known export if one is said.

    Raises NotFoundHere or AlreadyStarted.
    """
    run = _open_run(run_id, actor)
    _propose_again(run, actor, source)
    _forget_check(run)
    run.save(update_fields=["mapping", "value_map", "options", *FORGOTTEN])
    return run


def _propose_again(run: ImportRun, actor: Actor, source: str = "") -> None:
    table, rt = reading.table_from_json(run.table), record_type(run.type_key)
    before = run.mapping
    run.mapping, found = propose_mapping(path_of(run.file), table, rt, actor, source)
    run.value_map = kept_for(run.value_map, before, run.mapping)
    run.options = {**run.options, "match_on": _usable_matches(rt, run.mapping), "source": found}


def set_values(run_id: int, place: int, said: Mapping[str, str], *, actor: Actor) -> ImportRun:
    """Say what (folded) values of a column become: a key, a record id, or "" to leave the field empty.

    What is not said is found by name. Raises NotFoundHere or AlreadyStarted.
    """
    run = _open_run(run_id, actor)
    if run.value_map.get(str(place), {}) == said:
        return run
    run.value_map = {**run.value_map, str(place): dict(said)}
    _forget_check(run)
    run.save(update_fields=["value_map", *FORGOTTEN])
    return run


def make_own_field(run_id: int, place: int, *, actor: Actor) -> ImportRun:
    """Define an own field for a column, of the kind that its values suggest, and send the column there.

    Raises NotFoundHere, AlreadyStarted, or Denied for who may not define fields.
    """
    run = _open_run(run_id, actor)
    headers = run.table["headers"]
    if not 0 <= place < len(headers):
        raise NotFoundHere(str(place))
    values = distinct(run.profile, place, many=False)
    table = reading.table_from_json(run.table)
    sample = [row[place] if place < len(row) else None for row in reading.sample(path_of(run.file), table)]
    kind = guess_kind(sample, values)
    row = {
        "type_key": record_type(run.type_key).root_key,
        "label": headers[place][:LONGEST_LABEL],
        "kind": kind,
        "choice_lines": "\n".join(text for text, _count in values) if kind == "choice" else "",
        "target": "",
    }
    with transaction.atomic():
        made = create_records(record_type(OWN_FIELD), [row], actor=actor)[0]
        run.mapping = {**run.mapping, str(place): f"{CUSTOM_PREFIX}{made.key}"}
        _forget_check(run)
        run.save(update_fields=["mapping", *FORGOTTEN])
    return run


def may_make_fields(actor: Actor) -> bool:
    """Tell whether the actor may define own fields on the spot."""
    return has_permission(actor, MANAGE) and may(actor, "create", record_type(OWN_FIELD))


def _forget_check(run: ImportRun) -> None:
    run.state, run.check_counts, run.check_notes = DRAFT, {}, {}


def correct_rows(run_id: int, cells: Mapping[int, Mapping[int, str]], *, actor: Actor) -> int:
    """Mend cells (by line and column) of rows that the check refused, and try those again; give how many are fine.

    Cells that are as they were are passed over. Raises NotFoundHere or AlreadyStarted.
    """
    run = _open_run(run_id, actor)
    refused = refused_rows(run, list(cells))
    before = run.check_counts.get("rejected", 0)
    for line, row in refused.items():
        changed = {at: text for at, text in cells[line].items() if at < len(row.cells) and row.cells[at] != text}
        if changed:
            checking.correct_cells(run, row, changed, actor)
    return int(before - run.check_counts.get("rejected", 0))


def correct_value(run_id: int, place: int, was: str, becomes: str, *, actor: Actor) -> int:
    """Mend one bad value in every row of the file that has it in this column; give how many rows are fine now.

    Raises NotFoundHere or AlreadyStarted.
    """
    run = _open_run(run_id, actor)
    before = run.check_counts.get("rejected", 0)
    checking.correct_value(run, place, was, becomes, actor)
    return int(before - run.check_counts.get("rejected", 0))


def leave_out(run_id: int, lines: Collection[int], *, actor: Actor) -> int:
    """Leave refused rows out of the import; give how many they are. Raises NotFoundHere or AlreadyStarted."""
    run = _open_run(run_id, actor)
    refused = list(refused_rows(run, lines).values())
    checking.leave_out(run, refused, actor)
    return len(refused)


def decide_pairs(run_id: int, decisions: Mapping[int, str], *, actor: Actor) -> None:
    """Say for rows (by line) whether they update, fill gaps, are created anyway or skipped. Raises as `set_mapping`."""
    run = _open_run(run_id, actor)
    with transaction.atomic():
        for decision, _label in Pair.DECISIONS:
            lines = [line for line, chosen in decisions.items() if chosen == decision]
            Pair.objects.filter(run=run, line__in=lines).update(decision=decision)


def _usable_matches(rt: RecordType, mapping: Mapping[str, str]) -> list[str]:
    mapped = set(mapping.values())
    if column_of_whole(rt, mapping) is not None:
        mapped.add(PLACE)
    return [name for name in rt.match_on if name in mapped]


def set_mapping(
    run_id: int, mapping: Mapping[int, str], *, actor: Actor, options: Mapping[str, Any] | None = None
) -> ImportRun:
    """Say which column goes to which field ("" leaves it out). A check made before counts no more.

    Raises NotFoundHere, AlreadyStarted or NothingMapped.
    """
    run = _open_run(run_id, actor)
    rt = record_type(run.type_key)
    before = run.mapping
    run.mapping = usable({str(at): name for at, name in mapping.items()}, actor, rt)
    run.value_map = kept_for(run.value_map, before, run.mapping)
    if not any(name and name != ID for name in run.mapping.values()):
        raise NothingMapped
    chosen = {**run.options, **(options or {})}
    if options is None or "match_on" not in options:
        chosen["match_on"] = _usable_matches(rt, run.mapping)
    run.options = chosen
    _forget_check(run)
    run.save(update_fields=["mapping", "value_map", "options", *FORGOTTEN])
    return run


def set_options(run_id: int, options: Mapping[str, Any], *, actor: Actor) -> ImportRun:
    """Change what happens with rows that match. Raises NotFoundHere or AlreadyStarted."""
    run = _open_run(run_id, actor)
    run.options = {**run.options, **options}
    _forget_check(run)
    run.save(update_fields=["options", *FORGOTTEN])
    return run


def set_policy(run_id: int, on_match: str, *, actor: Actor) -> ImportRun:
    """Change what happens with all rows that are records already; what the check found stays true of them.

    Raises NotFoundHere or AlreadyStarted.
    """
    run = _open_run(run_id, actor)
    run.options = {**run.options, "on_match": on_match}
    run.save(update_fields=["options"])
    return run


def set_likely_policy(run_id: int, policy: str, *, actor: Actor) -> ImportRun:
    """Change what happens with all rows that probably are records. Raises NotFoundHere or AlreadyStarted."""
    run = _open_run(run_id, actor)
    run.options = {**run.options, likely.POLICY: policy}
    run.save(update_fields=["options"])
    return run


def remember_mapping(run: ImportRun) -> None:
    """Keep the mapping for the next file with the same columns; what counted for all rows of this one is not kept."""
    RememberedMapping.objects.update_or_create(
        type_key=run.type_key,
        signature=signature(run.table["headers"]),
        defaults={
            "mapping": run.mapping,
            "value_map": run.value_map,
            "options": {name: value for name, value in run.options.items() if name not in (WHOLE, likely.POLICY)},
            "updated_at": timezone.now(),
        },
    )


def _require_needed(run: ImportRun) -> None:
    """See that what mapped columns need stands in a column or is given for the whole file. Raises NeededMissing."""
    given = run.options.get(WHOLE, {})
    needed = for_whole_file(record_type(run.type_key), run.mapping.values())
    if problems := [told for name, each in needed.items() if (told := problem_of(each, given.get(name, "")))]:
        raise NeededMissing(problems)


def start_check(run_id: int, *, actor: Actor) -> ImportRun:
    """Try all rows in the background; nothing is written. Raises NotFoundHere, AlreadyStarted or NeededMissing."""
    run = _open_run(run_id, actor)
    _require_needed(run)
    with transaction.atomic():
        run.state, run.error = CHECKING, ""
        task = task_of("transfer.check").using(unique_key=f"transfer.check:{run.pk}", subject=run.file.name)
        job = task.enqueue(run_id=run.pk, actor=actor)
        run.job_id = job.pk
        run.save(update_fields=["state", "error", "job_id"])
    return run


def prepare_import(run_id: int, *, actor: Actor) -> ImportRun:
    """Mark a run as started and give its writes one operation of their own.

    Raises NotFoundHere, AlreadyStarted or NeededMissing.
    """
    run = _open_run(run_id, actor)
    _require_needed(run)
    run.state, run.error = RUNNING, ""
    run.operation = run.operation or new_operation()
    run.save(update_fields=["state", "error", "operation"])
    if run.options.get("remember", True):
        remember_mapping(run)
    return run


def start_import(run_id: int, *, actor: Actor) -> ImportRun:
    """Import in the background. Raises NotFoundHere or AlreadyStarted."""
    with transaction.atomic():
        run = prepare_import(run_id, actor=actor)
        task = task_of("transfer.import").using(unique_key=f"transfer.import:{run.pk}", subject=run.file.name)
        run.job_id = task.enqueue(run_id=run.pk, actor=actor.in_operation(run.operation)).pk
        run.save(update_fields=["job_id"])
    return run


def continue_import(run_id: int, *, actor: Actor) -> ImportRun:
    """Go on with a cancelled or failed import where it stopped. Raises NotFoundHere or AlreadyStarted."""
    run = import_run(actor, run_id)
    if run.state not in (CANCELLED, FAILED):
        raise AlreadyStarted
    run.state = CHECKED
    run.save(update_fields=["state"])
    return start_import(run.pk, actor=actor)


def may_be_reverted(run: ImportRun) -> bool:
    """Ask whether the import is young enough, and ended, so that it can be taken back."""
    ended = run.state in (DONE, CANCELLED, FAILED) and bool(run.operation)
    since = run.finished_at or run.created_at
    return ended and run.next_row > 0 and timezone.now() - since < timedelta(days=REVERT_DAYS)


def start_revert(run_id: int, *, actor: Actor) -> ImportRun:
    """Take a whole import back in the background. Raises NotFoundHere or TooLateToRevert."""
    run = import_run(actor, run_id)
    if not may_be_reverted(run):
        raise TooLateToRevert
    with transaction.atomic():
        run.state = REVERTING
        task = task_of("transfer.revert").using(unique_key=f"transfer.revert:{run.pk}", subject=run.file.name)
        run.job_id = task.enqueue(run_id=run.pk, actor=actor).pk
        run.save(update_fields=["state", "job_id"])
        if run.bundle is not None:
            ImportRun.objects.filter(bundle=run.bundle).update(state=REVERTING, job_id=run.job_id)
    return run


def discard(run_id: int, *, actor: Actor) -> None:
    """Throw a draft away. Raises NotFoundHere or AlreadyStarted."""
    _open_run(run_id, actor).delete()


def _open_run(run_id: int, actor: Actor) -> ImportRun:
    run = import_run(actor, run_id)
    if run.state not in OPEN:
        raise AlreadyStarted
    return run


def note_cancelled(run_id: int, *, actor: Actor) -> None:
    """Note that the run's job was cancelled before a worker took it. Raises NotFoundHere."""
    run = import_run(actor, run_id)
    after = {CHECKING: DRAFT, RUNNING: CANCELLED, REVERTING: DONE}
    if run.state in after:
        run.state = after[run.state]
        run.save(update_fields=["state"])
