"""`hatir move --to DATABASE_URL`."""

from __future__ import annotations

import argparse
import sys

from hatir.config.cli.progress import show_progress
from hatir.config.cli.start import start_django
from hatir.config.cli.words import _


def summary() -> str:
    """Say what the command does."""
    return _("Carry the company into another database, from SQLite to PostgreSQL or back; every row is proven.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--to",
        required=True,
        metavar="DATABASE_URL",
        help=_("the empty database; a password may stand in PGPASSWORD or ~/.pgpass instead"),
    )
    parser.add_argument("--check", action="store_true", help=_("only try whether the database can take the company"))
    parser.add_argument("--again", action="store_true", help=_("take out what a half-done move brought and begin anew"))


def run(options: argparse.Namespace) -> int:
    """Move what is missing, prove all of it, and say what to do next."""
    environment = start_django()
    from django.db import connection

    from hatir.config import locks, preparing
    from hatir.config.moving import claiming, copying, links, proving, target

    try:
        if options.check:
            target.open_target(options.to)
            claiming.is_half_done()
            claiming.try_rights()
            print(_("The database answers, is free and can take the company; nothing was changed."))
            return 0
        with locks.alone(environment.home):
            preparing.prepare_database()
            target.open_target(options.to)
            claiming.make_ready(options.to, again=options.again)
            links.rest()
            with copying.source_at_one_instant():
                brought = copying.copy_all(show_progress)
                links.put_back()
                copying.reset_sequences()
                proven = proving.prove(show_progress)
            target.release()
    except (target.MoveFailed, locks.HatirIsRunning) as failed:
        print(f"hatir: {failed}", file=sys.stderr)
        return 1
    for table, content in proven.items():
        if content.rows:
            print(f"{content.rows:>10}  {content.checksum[:16]}  {table}")
    told = _("%(rows)s rows in %(tables)s tables, %(brought)s of them brought now; counts and checksums agree.")
    rows = sum(content.rows for content in proven.values())
    print(told % {"rows": rows, "tables": len(proven), "brought": brought})
    print(_("Set DATABASE_URL to the new database and start Hatır; files stay in %(home)s.") % {
        "home": environment.home
    })  # fmt: skip
    print(_("The old database (%(engine)s) was not changed.") % {"engine": connection.vendor})
    return 0
