"""`hatir export`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from hatir.config.cli.start import start_django
from hatir.config.cli.words import _


def summary() -> str:
    """Say what the command does."""
    return _("Write records into a CSV, Excel, JSON lines or vCard file.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--type", required=True, dest="type_key", help=_("the record type, such as customers.person"))
    parser.add_argument("--format", choices=("csv", "xlsx", "jsonl", "vcf"), default="csv", help=_("the kind of file"))
    parser.add_argument("--filter", help=_("which records, as a filter in JSON"))
    parser.add_argument("--columns", help=_("field names, separated by commas"))
    parser.add_argument("--delimiter", choices=(";", ","), default=";", help=_("what stands between CSV fields"))
    parser.add_argument("--output", type=Path, help=_("the file to write; without it, to standard output"))
    parser.add_argument("--user", help=_("the e-mail address of the user as whom to export"))


def run(options: argparse.Namespace) -> int:
    """Stream the records out; a half-written file is not left behind."""
    start_django()
    from hatir.config.cli.operator import acting_user
    from hatir.foundation.records.errors import RecordError
    from hatir.foundation.records.memory import piece_of_work
    from hatir.foundation.transfer.exporting import ExportRequest, prepare, stream

    try:
        with piece_of_work():
            request = ExportRequest(
                type_key=options.type_key,
                format=options.format,
                filter=json.loads(options.filter) if options.filter else None,
                columns=tuple(options.columns.split(",")) if options.columns else (),
                delimiter=options.delimiter,
            )
            _write(stream(prepare(request, actor=acting_user(options.user))), options.output)
    except (OSError, ValueError, RecordError) as problem:
        print(f"hatir: {problem}", file=sys.stderr)
        return 1
    return 0


def _write(pieces: object, output: Path | None) -> None:
    from collections.abc import Iterable
    from typing import cast

    chunks = cast(Iterable[bytes], pieces)
    if output is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    half = output.with_name(f".{output.name}.half")
    try:
        size = 0
        with half.open("wb") as file:
            for chunk in chunks:
                size += file.write(chunk)
                if sys.stderr.isatty():
                    print(f"\r{size / 1e6:.1f} MB", end="", file=sys.stderr, flush=True)
        half.replace(output)
    finally:
        half.unlink(missing_ok=True)
    print(f"{output}: {size / 1e6:.1f} MB", file=sys.stderr)
