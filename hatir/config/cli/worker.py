"""`hatir worker`: one more process for background jobs."""

from __future__ import annotations

import argparse

from hatir.config.cli.start import start_django
from hatir.config.cli.words import _


def summary() -> str:
    """Say what the command does."""
    return _("Work on background jobs and the schedule only.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""


def run(options: argparse.Namespace) -> int:
    """Work until SIGTERM or Ctrl-C."""
    environment = start_django()
    from hatir.config import locks, serving

    with locks.serving(environment.home):
        serving.work_on_jobs()
    return 0
