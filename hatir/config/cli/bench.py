"""`hatir bench`: figures of speed and memory that anybody can get again."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from hatir.config.cli.words import _
from hatir.config.env import ConfigError

BENCHES = Path(__file__).resolve().parents[3] / "bench"
NOT_RUN = frozenset({"__init__", "measuring", "limit_site", "bare", "people", "asking"})


def summary() -> str:
    """Say what the command does."""
    return _("Measure speed and memory against a bare page and print the ratios.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", choices=names() or ["pages"], help=_("What to measure."))
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=_("Further options of that measurement."))


def names() -> list[str]:
    """List the measurements that this checkout has."""
    return sorted(path.stem for path in BENCHES.glob("*.py") if path.stem not in NOT_RUN)


def run(options: argparse.Namespace) -> int:
    """Run one measurement in a process of its own."""
    if not BENCHES.is_dir():
        raise ConfigError(
            "Ölçümler yalnızca kaynak kodla gelir: depoyu kopyalayıp oradan çalıştırın.",
            "The measurements come with the source only: run them from a clone of the repository.",
        )
    command = [sys.executable, "-m", f"bench.{options.name}", *options.rest]
    return subprocess.run(command, cwd=BENCHES.parent, check=False).returncode
