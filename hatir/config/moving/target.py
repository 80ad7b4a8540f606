"""The database that a company moves into, and how far the move is: kept there, with each batch."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.utils.translation import gettext as _

from hatir.config.databases import django_database
from hatir.config.env import ConfigError, read_environment

ALIAS = "target"
PROGRESS = "hatir_move"


class MoveFailed(Exception):
    """The move was not made; the company is where it was. The message is for the operator."""


def tables() -> list[type[Model]]:
    """List what moves: every table of a model but the stamp, which each database makes for itself."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower != "records.stamp"
    ]


def open_target(url: str) -> BaseDatabaseWrapper:
    """Connect to the database; raises ConfigError where the address is none, MoveFailed where nothing answers."""
    description = django_database(read_environment({**os.environ, "DATABASE_URL": url}).database)
    if description["NAME"] == ":memory:":
        raise MoveFailed(_("A database in memory is gone when the move ends: name a file."))
    described = connections.configure_settings({DEFAULT_DB_ALIAS: {}, ALIAS: description})
    connections.settings[ALIAS] = described[ALIAS]
    target = connections[ALIAS]
    if _address(target) == _address(connections[DEFAULT_DB_ALIAS]):
        raise MoveFailed(_("The company is in this database already."))
    try:
        target.ensure_connection()
    except DatabaseError as refused:
        reason = str(refused).strip().splitlines()[0]
        raise MoveFailed(_("The target cannot be opened: %(reason)s") % {"reason": reason}) from refused
    return target


def refuse_half_done_move(connection: BaseDatabaseWrapper) -> None:
    """Raise ConfigError when a move into the database has not ended: half a company must not be served."""
    if PROGRESS in connection.introspection.table_names():
        raise ConfigError(
            "Bu veritabanına bir taşıma yarım kaldı: `bin/hatir move` ile tamamlayın.",
            "A move into this database is not finished: finish it with `bin/hatir move`.",
        )


def release() -> None:
    """Let the target be a company's database like any other."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(f"DROP TABLE {PROGRESS}")
        if connections[ALIAS].vendor == "postgresql":
            cursor.execute("ANALYZE")


def source_mark() -> str:
    """Give what tells the source from other databases, without telling where it is."""
    return hashlib.sha256(json.dumps(_address(connections[DEFAULT_DB_ALIAS])).encode()).hexdigest()


def _address(connection: BaseDatabaseWrapper) -> list[str]:
    described = connection.settings_dict
    name = os.path.realpath(str(described["NAME"])) if connection.vendor == "sqlite" else str(described["NAME"])
    return [connection.vendor, str(described["HOST"]), str(described["PORT"] or ""), name]


def read_progress(kind: str) -> dict[str, Any]:
    """Give what is noted of one kind, by name."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT name, value FROM hatir_move WHERE kind = %s", [kind])
        return {name: json.loads(value) for name, value in cursor.fetchall()}


def note_progress(kind: str, name: str, value: Any) -> None:
    """Note something in the transaction that makes it true."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("DELETE FROM hatir_move WHERE kind = %s AND name = %s", [kind, name])
        cursor.execute(
            "INSERT INTO hatir_move (kind, name, value) VALUES (%s, %s, %s)", [kind, name, json.dumps(value)]
        )


def forget_progress(kind: str) -> None:
    """Forget all that is noted of one kind."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("DELETE FROM hatir_move WHERE kind = %s", [kind])
