"""Makes a database ready to take a company, if it is empty or a half-done move of ours."""

from __future__ import annotations

import os
import subprocess
import sys

from django.apps import apps
from django.core.management.color import no_style
from django.db import DatabaseError, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hatir.config.moving import links
from hatir.config.moving.target import ALIAS, PROGRESS, MoveFailed, note_progress, read_progress, source_mark, tables
from hatir.foundation.search.backend_postgres import EXTENSION

OWN_TABLES = {"django_migrations", "hatir_cache", "merging_key"}
FILLED_BY_MIGRATIONS = {"contenttypes.contenttype", "auth.permission", "records.stamp"}


def make_ready(url: str, *, again: bool) -> None:
    """Make the target's tables and claim it; raises MoveFailed when it is neither empty nor a half-done move of ours.

    With `again` what a half-done move has brought is taken out first.
    """
    if is_half_done():
        if not again:
            _refuse_other_version()
            return
        _empty()
    _migrate(url)
    _claim()


def is_half_done() -> bool:
    """Look into the target and change nothing: True for a half-done move of ours, False when it is empty.

    Raises MoveFailed for anything else.
    """
    found = set(connections[ALIAS].introspection.table_names())
    if PROGRESS not in found:
        _refuse_unless_empty(found)
        return False
    if read_progress("source").get("") != source_mark():
        raise MoveFailed(_("The target holds a half-done move from another database: name an empty one."))
    return True


def try_rights() -> None:
    """Make a table, and what search needs, and take both back; raises MoveFailed when the target forbids it."""
    target = connections[ALIAS]
    try:
        with transaction.atomic(using=ALIAS), target.cursor() as cursor:
            cursor.execute("CREATE TABLE hatir_move_try (id integer)")
            if target.vendor == "postgresql":
                cursor.execute(EXTENSION)
            transaction.set_rollback(True, using=ALIAS)
    except DatabaseError as refused:
        reason = str(refused).strip().splitlines()[0]
        raise MoveFailed(_("The tables of the target could not be made: %(reason)s") % {"reason": reason}) from refused


def _refuse_unless_empty(found: set[str]) -> None:
    ours = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    strange = sorted(
        name for name in found - set(ours) - OWN_TABLES if not name.startswith(("search_grams", "sqlite_"))
    )
    if strange:
        told = _("The target holds a table that is not Hatır's: %(table)s. Name an empty database.")
        raise MoveFailed(told % {"table": strange[0]})
    for name in sorted(found & set(ours)):
        is_company = ours[name]._meta.label_lower not in FILLED_BY_MIGRATIONS
        if is_company and QuerySet(ours[name], using=ALIAS).exists():
            raise MoveFailed(_("The target holds a company already: name an empty database."))


def _refuse_other_version() -> None:
    executor = MigrationExecutor(connections[ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise MoveFailed(_("The half-done move was begun by another version of Hatır: start it anew with --again."))


def _empty() -> None:
    """Take out what a half-done move has brought, its notes last, so that this may be killed too."""
    target = connections[ALIAS]
    names = [model._meta.db_table for model in tables()]
    target.ops.execute_sql_flush(target.ops.sql_flush(no_style(), names, allow_cascade=True))
    links.put_back()
    with target.cursor() as cursor:
        cursor.execute(f"DROP TABLE {PROGRESS}")


def _migrate(url: str) -> None:
    """Make the tables in a process of its own: what a migration writes must never reach the company's database."""
    ended = subprocess.run(
        [sys.executable, "-m", "hatir.config.cli", "migrate", "--tables-only"],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        reason = (ended.stderr.strip().splitlines() or [_("no reason given")])[-1]
        raise MoveFailed(_("The tables of the target could not be made: %(reason)s") % {"reason": reason})


def _claim() -> None:
    """Take out what migrations filled (the source has its own rows) and note whose move this is."""
    with transaction.atomic(using=ALIAS):
        for model in tables():
            if model._meta.label_lower in FILLED_BY_MIGRATIONS:
                QuerySet(model, using=ALIAS).delete()
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE {PROGRESS} "
                "(kind varchar(10) NOT NULL, name varchar(200) NOT NULL, value text NOT NULL, PRIMARY KEY (kind, name))"
            )
        note_progress("source", "", source_mark())
