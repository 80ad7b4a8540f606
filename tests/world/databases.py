"""A database that a second connection, thread or process sees too."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """Move SQLite's database from memory into a file; on PostgreSQL it is shared anyway."""
    in_memory = connections["default"]
    if in_memory.vendor != "sqlite":
        yield
        return
    path = tmp_path / "hatir.sqlite3"
    in_memory.ensure_connection()
    with sqlite3.connect(path) as file:
        in_memory.connection.backup(file)
    file.close()
    on_disk = connections.create_connection("default")
    on_disk.settings_dict = {**in_memory.settings_dict, "NAME": str(path)}
    kept = connections.settings["default"]["NAME"]
    connections["default"], connections.settings["default"]["NAME"] = on_disk, str(path)
    yield
    on_disk.close()
    connections["default"], connections.settings["default"]["NAME"] = in_memory, kept
