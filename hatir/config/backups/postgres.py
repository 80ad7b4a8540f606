"""PostgreSQL's own tools, given one instant of the database."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from hatir.config.backups.archive import BackupFailed


def dump(target: Path) -> dict[str, int]:
    """Write the database in pg_dump's own format; give the rows of each table at the same instant."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        rows = count_rows()
        _run(
            "pg_dump",
            "--format=custom",
            "--compress=2",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f"--file={target}",
        )
    return rows


def restore(source: Path, rows: dict[str, int], *, replace: bool) -> None:
    """Put a dump back in one transaction, then count; raises BackupFailed when rows are missing."""
    connection.close()
    clean = ("--clean", "--if-exists") if replace else ()
    options = ("--no-owner", "--no-privileges", "--single-transaction", *clean)
    _run("pg_restore", *options, f"--dbname={settings.DATABASES['default']['NAME']}", str(source))
    found = count_rows()
    wrong = sorted(table for table, count in rows.items() if found.get(table) != count)
    if wrong:
        raise BackupFailed(_("After the restore the rows of %(table)s do not add up.") % {"table": wrong[0]})


def check(source: Path) -> None:
    """Read a dump's list of contents; raises BackupFailed when it has none."""
    _run("pg_restore", "--list", f"--file={os.devnull}", str(source))


def count_rows() -> dict[str, int]:
    """Count the rows of every table."""
    counted = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 — names come from the database itself
            counted[table] = cursor.fetchone()[0]
    return counted


def _run(program: str, *arguments: str) -> None:
    if shutil.which(program) is None:
        raise BackupFailed(_("%(program)s is missing: install postgresql-client.") % {"program": program})
    database = settings.DATABASES["default"]
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {variable: str(database[key]) for variable, key in named.items() if database[key]}
    ended = subprocess.run(
        [program, *arguments], env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        last = (ended.stderr.strip().splitlines() or [_("no reason given")])[-1]
        raise BackupFailed(f"{program}: {last}")
