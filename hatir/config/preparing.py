"""What must be there before the first request: tables, static files, a first administrator."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from hatir.config.env import ConfigError
from hatir.config.moving.target import refuse_half_done_move
from hatir.config.version import VERSION

STATIC_STAMP = ".made-from"


def prepare_database() -> bool:
    """Create or update the tables and lay out what every company needs; False when nothing was to do.

    Raises ConfigError as `make_tables` does.
    """
    if not make_tables():
        return False
    _lay_out()
    return True


def make_tables() -> bool:
    """Create or update the tables; False when nothing was to do.

    Raises ConfigError where no database answers, or where half a company was moved into it.
    """
    try:
        connection.ensure_connection()
    except DatabaseError as refused:
        reason = str(refused).strip().splitlines()[0]
        raise ConfigError(
            f"Veritabanı açılamıyor, DATABASE_URL ayarını denetleyin ({reason}).",
            f"The database cannot be opened, check DATABASE_URL ({reason}).",
        ) from refused
    refuse_half_done_move(connection)
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    return True


def _lay_out() -> None:
    """Put into the rooms what every company needs and nobody wants to type: units, KDV, codes of tevkifat."""
    from hatir.domains.catalog.actions import install_standards
    from hatir.foundation.records.actor import system_actor
    from hatir.foundation.records.memory import piece_of_work

    with piece_of_work():
        install_standards(actor=system_actor("start"))


def prepare_static_files() -> None:
    """Collect, name by content and compress the static files when one of them has changed."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / STATIC_STAMP
    state = _state_of_static_files()
    if stamp.exists() and stamp.read_text() == state:
        return
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(state)


def _state_of_static_files() -> str:
    digest = hashlib.sha256(VERSION.encode())
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
