"""The foreign keys of the target rest while tables fill in any order, and are checked row by row when put back.

PostgreSQL lets only a superuser switch checks off, so there the keys are dropped and made again, their
definitions being noted in the target itself; SQLite switches checks off for a connection.
"""

from __future__ import annotations

from django.db import IntegrityError, connections, transaction
from django.utils.translation import gettext as _

from hatir.config.moving.target import ALIAS, MoveFailed, forget_progress, note_progress, read_progress

_ALL = (
    "SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname"
)


def rest() -> None:
    """Let rows come before those that they point to."""
    target = connections[ALIAS]
    if target.vendor != "postgresql":
        target.disable_constraint_checking()
        return
    with transaction.atomic(using=ALIAS), target.cursor() as cursor:
        cursor.execute(_ALL)
        for name, table, definition in cursor.fetchall():
            note_progress("link", name, [table, definition])
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {target.ops.quote_name(name)}")


def put_back() -> None:
    """Check every foreign key from now on and those of all rows at once; raises MoveFailed when one leads nowhere."""
    target = connections[ALIAS]
    try:
        if target.vendor != "postgresql":
            target.check_constraints()
            target.enable_constraint_checking()
            return
        with transaction.atomic(using=ALIAS), target.cursor() as cursor:
            for name, (table, definition) in read_progress("link").items():
                cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {target.ops.quote_name(name)} {definition}")
            forget_progress("link")
    except IntegrityError as broken:
        reason = str(broken).strip().splitlines()[0]
        raise MoveFailed(_("A link of the company leads nowhere: %(reason)s") % {"reason": reason}) from broken
