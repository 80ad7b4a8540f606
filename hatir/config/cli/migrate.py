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


def run(options: argparse.Namespace) -> int:
    """Migrate, and say whether anything was to do."""
    start_django()
    from hatir.config.preparing import prepare_database

    print(_("The database was brought up to date.") if prepare_database() else _("The database is up to date."))
    return 0
