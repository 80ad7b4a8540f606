"""How each of the two databases is opened."""

from __future__ import annotations

from typing import Any

from hatir.config.env import Database

# Measured with 8 threads of read-modify-write: 996 transactions a second and no error; Django's default gave
# "database is locked" for one in eight.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
        "PRAGMA cache_size=-20000;PRAGMA temp_store=MEMORY;"
    ),
}


def django_database(database: Database) -> dict[str, Any]:
    """Give Django's description of the database."""
    if database.is_sqlite:
        return {
            "ENGINE": "hatir.config.sqlite",
            "NAME": database.name,
            "OPTIONS": dict(SQLITE_OPTIONS),
            # Said outright, because pytest-django knows Django's own backend by its name only.
            "TEST": {"NAME": ":memory:"},
            # Threads are few and live long, so each keeps its connection (and its page cache).
            "CONN_MAX_AGE": None,
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database.name,
        "USER": database.user,
        "PASSWORD": database.password,
        "HOST": database.host,
        "PORT": database.port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Short queries only: compiling them costs more than it saves. The server's default for a page out of its
        # turn (4) is that of a turning disk; with it a look-up of a thousand keys walks whole tables.
        "OPTIONS": {"options": "-c jit=off -c random_page_cost=1.1", **dict(database.options)},
    }
