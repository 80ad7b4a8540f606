"""Who waits for the turn to write leaves the instant, so that long work stands back only when somebody is there."""

from __future__ import annotations

import mmap
import os
import struct
import time
from functools import cache
from pathlib import Path

_INSTANT = struct.Struct("q")
SUFFIX = "-waiting"


class Waiting:
    """The last instant at which somebody waited for one database: a few bytes that its processes share."""

    def __init__(self, shared: mmap.mmap | bytearray) -> None:
        self._shared = shared

    def note(self) -> None:
        """Say that somebody waits now."""
        _INSTANT.pack_into(self._shared, 0, time.monotonic_ns())

    def seconds(self) -> float:
        """Give how long ago that was; an instant of an earlier start of the machine counts as long ago."""
        noted = int(_INSTANT.unpack_from(self._shared, 0)[0])
        since = time.monotonic_ns() - noted
        return since / 1e9 if noted and since >= 0 else float("inf")


@cache
def waiting_for(database: str) -> Waiting:
    """Give what the processes of a database share, in a file beside it; one in memory has it in memory."""
    path = Path(f"{database}{SUFFIX}")
    if not Path(database).is_file():
        return Waiting(bytearray(_INSTANT.size))
    try:
        place = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(place, _INSTANT.size)
            return Waiting(mmap.mmap(place, _INSTANT.size))
        finally:
            os.close(place)
    except OSError:  # a folder in which nothing can be made: then at least this process knows of its own
        return Waiting(bytearray(_INSTANT.size))
