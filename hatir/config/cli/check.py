"""`hatir check`: is everything well, and if not, what mends it."""

from __future__ import annotations

import argparse
import sys

from hatir.config.cli.start import start_django
from hatir.config.cli.words import _
from hatir.config.env import ConfigError

GREEN, YELLOW, RED, PLAIN = "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[0m"


def summary() -> str:
    """Say what the command does."""
    return _("Check configuration, database, queue, disk and mail.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""


def run(options: argparse.Namespace) -> int:
    """Print a line for each check; 1 when one is red."""
    try:
        environment = start_django()
    except ConfigError as wrong:
        show(_("configuration"), "red", str(wrong), "")
        return 1
    from hatir.config.health import findings

    worst = 0
    for finding in findings(environment):
        show(finding.name, finding.colour, finding.told, finding.mend)
        worst = max(worst, int(finding.colour == "red"))
    return worst


def show(name: str, colour: str, told: str, mend: str) -> None:
    """Print one finding, coloured where a person looks."""
    mark = {"green": "✓", "yellow": "!", "red": "✗"}[colour]
    paint = {"green": GREEN, "yellow": YELLOW, "red": RED}[colour]
    if sys.stdout.isatty():
        mark = f"{paint}{mark}{PLAIN}"
    print(f"{mark} {name}: {told}")
    if mend:
        print(f"  → {mend}")
