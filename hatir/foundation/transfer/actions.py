"""The steps of an import, and its way back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from hatir.foundation.access.queries import may, writable_fields
from hatir.foundation.files.models import StoredFile
from hatir.foundation.files.queries import path_of
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.records.actor import Actor, new_operation
from hatir.foundation.records.errors import Denied
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import reading
from hatir.foundation.transfer.errors import AlreadyStarted, NothingMapped, TooLateToRevert
from hatir.foundation.transfer.mapping import ID, propose, signature
from hatir.foundation.transfer.models import (
    CANCELLED,
    CHECKED,
    CHECKING,
    DONE,
    DRAFT,
    FAILED,
    REVERTING,
    RUNNING,
    ImportRun,
    RememberedMapping,
)  # fmt: skip
from hatir.foundation.transfer.queries import import_run

REVERT_DAYS = 14
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
    fields = writable_fields(actor, rt)
    columns = propose(table.headers, reading.sample(path, table), fields)
    mapping = {str(column.place): column.field for column in columns}
    options: dict[str, Any] = {"match_on": _usable_matches(rt.match_on, mapping)}
    known = RememberedMapping.objects.filter(type_key=rt.key, signature=signature(table.headers)).first()
    if known is not None:
        mapping = {at: name if name in fields or name == ID else "" for at, name in known.mapping.items()}
        options |= known.options
    return ImportRun.objects.create(
        type_key=rt.key,
        file=file,
        table=reading.table_to_json(table),
        mapping=mapping,
        options=options,
        created_by_id=actor.user_id,
        created_at=timezone.now(),
    )


def _usable_matches(match_on: tuple[str, ...], mapping: Mapping[str, str]) -> list[str]:
    mapped = set(mapping.values())
    return [name for name in match_on if name in mapped]


def set_mapping(
    run_id: int, mapping: Mapping[int, str], *, actor: Actor, options: Mapping[str, Any] | None = None
) -> ImportRun:
    """Say which column goes to which field ("" leaves it out). A check made before counts no more.

    Raises NotFoundHere, AlreadyStarted or NothingMapped.
    """
    run = _open_run(run_id, actor)
    rt = record_type(run.type_key)
    allowed = writable_fields(actor, rt)
    run.mapping = {str(at): name if name in allowed or name == ID else "" for at, name in mapping.items()}
    if not any(name and name != ID for name in run.mapping.values()):
        raise NothingMapped
    chosen = {**run.options, **(options or {})}
    if options is None or "match_on" not in options:
        chosen["match_on"] = _usable_matches(rt.match_on, run.mapping)
    run.options, run.state, run.check_counts, run.check_notes = chosen, DRAFT, {}, {}
    run.save(update_fields=["mapping", "options", "state", "check_counts", "check_notes"])
    return run


def set_options(run_id: int, options: Mapping[str, Any], *, actor: Actor) -> ImportRun:
    """Change what happens with rows that match. Raises NotFoundHere or AlreadyStarted."""
    run = _open_run(run_id, actor)
    run.options = {**run.options, **options}
    run.state, run.check_counts, run.check_notes = DRAFT, {}, {}
    run.save(update_fields=["options", "state", "check_counts", "check_notes"])
    return run


def remember_mapping(run: ImportRun) -> None:
    """Keep the mapping for the next file with the same columns."""
    RememberedMapping.objects.update_or_create(
        type_key=run.type_key,
        signature=signature(run.table["headers"]),
        defaults={"mapping": run.mapping, "options": run.options, "updated_at": timezone.now()},
    )


def start_check(run_id: int, *, actor: Actor) -> ImportRun:
    """Try all rows in the background; nothing is written. Raises NotFoundHere or AlreadyStarted."""
    run = _open_run(run_id, actor)
    with transaction.atomic():
        run.state, run.error = CHECKING, ""
        job = task_of("transfer.check").using(unique_key=f"transfer.check:{run.pk}").enqueue(run_id=run.pk, actor=actor)
        run.job_id = job.pk
        run.save(update_fields=["state", "error", "job_id"])
    return run


def prepare_import(run_id: int, *, actor: Actor) -> ImportRun:
    """Mark a run as started and give its writes one operation of their own. Raises NotFoundHere or AlreadyStarted."""
    run = _open_run(run_id, actor)
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
        task = task_of("transfer.import").using(unique_key=f"transfer.import:{run.pk}")
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
        task = task_of("transfer.revert").using(unique_key=f"transfer.revert:{run.pk}")
        run.job_id = task.enqueue(run_id=run.pk, actor=actor).pk
        run.save(update_fields=["state", "job_id"])
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
