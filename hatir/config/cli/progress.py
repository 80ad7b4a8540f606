"""A line of progress on the terminal."""

from __future__ import annotations

import sys


def show_progress(done: int, total: int | None, note: str) -> None:
    """Write the line anew; into a file or pipe nothing is written."""
    if not sys.stderr.isatty():
        return
    share = f"{done * 100 // total:3d} %" if total else ""
    end = "\n" if total and done >= total and not note else ""
    print(f"\r{share} {done}/{total or '?'} {note}\x1b[K", end=end, file=sys.stderr, flush=True)
