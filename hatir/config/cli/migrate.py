"""`hatir migrate`: bring the database to this version."""

from __future__ import annotations

import argparse

from hatir.config.cli.start import start_django
from hatir.config.cli.words import _


def summary() -> str:
    """Say what the command does."""
    return _("Bring the database to this version of Hatır.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--tables-only", action="store_true", help=_("put no rows into the new tables"))


def run(options: argparse.Namespace) -> int:
    """Migrate, and say whether anything was to do."""
    start_django()
    from hatir.config import preparing

    prepare = preparing.make_tables if options.tables_only else preparing.prepare_database
    print(_("The database was brought up to date.") if prepare() else _("The database is up to date."))
    return 0
