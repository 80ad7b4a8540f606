"""How many requests a caller may make: one bucket of tokens a key, shared by all processes of the machine.

The buckets live in a small mapped file, so that counting costs microseconds and no write to the
database. Several machines count apart. The file may be lost at any time: buckets are then full.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

SLOTS = 4096
_SLOT = struct.Struct("<qdd")
"""Whose bucket it is, tokens left, and when they were counted."""
WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Allowance:
    """What is left to a caller after this request."""

    limit: int
    remaining: int
    reset_seconds: int
    retry_seconds: int
    """0 when the request may pass."""

    @property
    def headers(self) -> dict[str, str]:
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }
        return {**told, "Retry-After": str(self.retry_seconds)} if self.retry_seconds else told


class Buckets:
    """The mapped file with everybody's tokens."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(self._file, SLOTS * _SLOT.size)
        self._map = mmap.mmap(self._file, SLOTS * _SLOT.size)

    def take(self, owner: str, per_minute: int, *, now: float | None = None) -> Allowance:
        """Take one token of the owner's bucket, which fills evenly and holds one minute's worth."""
        mark = crc32(owner.encode()) + 1
        place = (mark % SLOTS) * _SLOT.size
        at = time.time() if now is None else now
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX, _SLOT.size, place)
            try:
                holder, tokens, counted = _SLOT.unpack_from(self._map, place)
                # Two callers in one slot: the newcomer starts with a full bucket. Rare, and it only ever helps them.
                if holder != mark:
                    tokens, counted = float(per_minute), at
                tokens = min(per_minute, tokens + max(at - counted, 0) * per_minute / WINDOW_SECONDS)
                passes = tokens >= 1
                tokens -= passes
                _SLOT.pack_into(self._map, place, mark, tokens, at)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, _SLOT.size, place)
        rate = per_minute / WINDOW_SECONDS
        return Allowance(
            limit=per_minute,
            remaining=int(tokens),
            reset_seconds=round((per_minute - tokens) / rate),
            retry_seconds=0 if passes else max(1, round((1 - tokens) / rate)),
        )


_open: dict[tuple[int, Path], Buckets] = {}


def buckets_in(home: Path) -> Buckets:
    """Open the buckets of one company's folder, once for each process (a fork opens its own)."""
    key = (os.getpid(), home)
    if key not in _open:
        _open[key] = Buckets(home / "run" / "api-limits")
    return _open[key]
