"""`hatir import FILE`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from hatir.config.cli.progress import show_progress
from hatir.config.cli.start import start_django
from hatir.config.cli.words import _


def summary() -> str:
    """Say what the command does."""
    return _("Bring records in from a CSV, Excel, JSON lines or vCard file.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, metavar=_("FILE"), help=_("the file to read"))
    parser.add_argument("--type", required=True, dest="type_key", help=_("the record type, such as customers.person"))
    parser.add_argument("--mapping", help=_('JSON or a JSON file: {"column": "field"}'))
    parser.add_argument("--dry-run", action="store_true", help=_("check every row and write nothing"))
    parser.add_argument("--user", help=_("the e-mail address of the user as whom to import"))


def run(options: argparse.Namespace) -> int:
    """Import in this process, as a job that a worker continues when this process is killed."""
    start_django()
    from hatir.foundation.files.errors import FileRefused
    from hatir.foundation.records.errors import RecordError
    from hatir.foundation.transfer.errors import TransferRefused

    try:
        return _import(options)
    except (OSError, ValueError, RecordError, FileRefused, TransferRefused) as problem:
        print(f"hatir: {problem}", file=sys.stderr)
        return 1


def _import(options: argparse.Namespace) -> int:
    from hatir.config.cli.operator import acting_user
    from hatir.foundation.files.actions import store_path
    from hatir.foundation.jobs.declaration import task_of
    from hatir.foundation.jobs.running import run_here
    from hatir.foundation.transfer import actions
    from hatir.foundation.transfer.queries import source_name

    actor = acting_user(options.user)
    file = store_path(options.file, name=options.file.name, actor=actor)
    opened = actions.begin_import(file, options.type_key, actor=actor)
    if options.mapping:
        actions.set_mapping(opened.pk, _by_place(options.mapping, opened.table["headers"]), actor=actor)
        opened.refresh_from_db()
    if source := source_name(opened):
        print(_("This file looks like a %(source)s export.") % {"source": source})
    for place, header in enumerate(opened.table["headers"]):
        print(f"  {header} → {opened.mapping.get(str(place)) or '–'}")
    if not options.dry_run:
        opened = actions.prepare_import(opened.pk, actor=actor)
        actor = actor.in_operation(opened.operation)
    task = task_of("transfer.check" if options.dry_run else "transfer.import")
    job = run_here(task, actor=actor, run_id=opened.pk, show=show_progress)
    opened.refresh_from_db()
    return _tell(opened, job, dry_run=options.dry_run)


def _by_place(given: str, headers: list[str]) -> dict[int, str]:
    text = given if given.lstrip().startswith("{") else Path(given).read_text(encoding="utf-8")
    wanted: dict[str, str] = json.loads(text)
    unknown = [name for name in wanted if name not in headers]
    if unknown:
        raise ValueError(_("The file has no column “%(name)s”.") % {"name": unknown[0]})
    return {place: wanted.get(header, "") for place, header in enumerate(headers)}


def _tell(opened: Any, job: Any, *, dry_run: bool) -> int:
    from hatir.foundation.transfer.queries import reasons

    if job.state != "done":
        print(f"hatir: {opened.error or job.error.strip().splitlines()[-1]}", file=sys.stderr)
        return 1
    counts = opened.check_counts if dry_run else opened.counts
    told = _(
        "%(rows)s rows: %(new)s new, %(updated)s updated, %(unchanged)s unchanged, "
        "%(skipped)s skipped, %(rejected)s rejected"
    )
    print(told % {"rows": opened.row_count, **counts})
    for reason, count in reasons(opened, is_trial=dry_run):
        print(f"  {count} × {reason}")
    return 0
