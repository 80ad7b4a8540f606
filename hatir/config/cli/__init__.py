"""The `hatir` command: what an operator does from a terminal, in his language."""

from __future__ import annotations

import argparse
import sys
from types import ModuleType

from hatir.config.cli import (
    api_key,
    backup,
    bench,
    check,
    demo,
    export,
    import_,
    migrate,
    move,
    restore,
    serve,
    user,
    words,
    worker,
)
from hatir.config.cli.words import _
from hatir.config.env import ConfigError

COMMANDS: dict[str, ModuleType] = {
    "serve": serve,
    "worker": worker,
    "migrate": migrate,
    "import": import_,
    "export": export,
    "demo": demo,
    "user": user,
    "api-key": api_key,
    "backup": backup,
    "restore": restore,
    "move": move,
    "check": check,
    "bench": bench,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; give the exit code: 0 done, 1 not done, 2 a wrong setting or argument."""
    words.speak()
    options = build_parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except ConfigError as wrong:
        print(f"hatir: {wrong}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


def build_parser() -> argparse.ArgumentParser:
    """Put the commands together."""
    parser = argparse.ArgumentParser(prog="hatir", description=_("Hatır, from the terminal."))
    chosen = parser.add_subparsers(title=_("commands"), metavar=_("COMMAND"), required=True)
    for name, command in COMMANDS.items():
        summary = command.summary()
        subparser = chosen.add_parser(name, help=summary, description=summary)
        subparser.set_defaults(run=command.run)
        command.arguments(subparser)
    return parser
