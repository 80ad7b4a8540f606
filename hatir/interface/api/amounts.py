"""How many records somebody reads within an hour: page by page, a whole house can be carried away as well.

The counts live in a small mapped file like the callers' buckets (see `limits`): all processes of the machine share
them, and a page costs microseconds and no statement. The file may be lost at any time: counting begins anew.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
import time
from pathlib import Path
from zlib import crc32

from django.conf import settings
from django.db import transaction

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.transfer.preferences import told_records
from hatir.foundation.transfer.watching import tell_of_reading

SLOTS = 4096
WINDOW_SECONDS = 3600
QUIET_SECONDS = 24 * 3600
"""Who was told of is not told of again so long: a program that reads all day is one matter, not twenty-four."""
_SLOT = struct.Struct("<qqd")
"""Who reads what, how many records (-1 once it was told), and since when."""
_TOLD = -1


class Amounts:
    """The mapped file with what everybody reads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(self._file, SLOTS * _SLOT.size)
        self._map = mmap.mmap(self._file, SLOTS * _SLOT.size)

    def add(self, reader: str, count: int, most: int, *, now: float | None = None) -> int:
        """Add what somebody read; give the sum once, when it reaches `most` within an hour, and 0 otherwise."""
        mark = crc32(reader.encode()) + 1
        place = (mark % SLOTS) * _SLOT.size
        at = time.time() if now is None else now
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX, _SLOT.size, place)
            try:
                holder, held, since = _SLOT.unpack_from(self._map, place)
                is_over = at - since >= (QUIET_SECONDS if held == _TOLD else WINDOW_SECONDS)
                # Two readers in one slot: the newcomer's count begins anew.
                if holder != mark or is_over:
                    held, since = 0, at
                if held == _TOLD:
                    return 0
                held += count
                is_told = held >= most
                _SLOT.pack_into(self._map, place, mark, _TOLD if is_told else held, at if is_told else since)
                return held if is_told else 0
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, _SLOT.size, place)


_open: dict[tuple[int, Path], Amounts] = {}


def amounts_in(home: Path) -> Amounts:
    """Open the counts of one company's folder, once for each process (a fork opens its own)."""
    key = (os.getpid(), home)
    if key not in _open:
        _open[key] = Amounts(home / "run" / "api-amounts")
    return _open[key]


def note_read(actor: Actor, rt: RecordType, count: int) -> None:
    """Count records that leave through the API; whoever reads as many as a large export is told to administrators."""
    most = told_records()
    if not most or not count or actor.user_id is None:
        return
    reached = amounts_in(settings.HATIR_HOME).add(f"{actor.user_id}:{rt.root_key}", count, most)
    if reached:
        with transaction.atomic():
            tell_of_reading(rt, reached, actor=actor)
