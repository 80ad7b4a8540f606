"""Do the next piece of a job's work in a second process while the first one writes: Python does one thing at a time.

The second process is a copy of the first (a fork), so it knows already what the first has prepared: mapping, fields and
corrections of a file, or the records that are compared. It never asks the database: the connections of the first
process are laid aside there, and it ends without closing them.
"""

from __future__ import annotations

import gc
import mmap
import os
import pickle
import signal
from collections.abc import Generator, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from django.db import connections

from hatir.foundation.jobs.errors import HelperStopped

T = TypeVar("T")
HELPER_NICENESS = 10
"""Who asks for a page comes first; the helper is ahead anyway."""


class Hint:
    """A yes or no for the process that works ahead: those that are forked from this one see what is said later."""

    def __init__(self, said: bool) -> None:
        self._shared = mmap.mmap(-1, 1)
        self.say(said)

    def say(self, said: bool) -> None:
        """Say it anew."""
        self._shared[0] = int(said)

    def __bool__(self) -> bool:
        return bool(self._shared[0])


def work_ahead(parts: Iterator[T]) -> Generator[T, None, None]:
    """Give what `parts` gives, in its order; while one is worked on, the next is made in a process of its own.

    What `parts` raises is raised here. Raises HelperStopped when that process ends before its time.
    """
    if not hasattr(os, "fork"):
        yield from parts
        return
    receiver, sender = get_context("fork").Pipe(duplex=False)
    helper = get_context("fork").Process(target=_work, args=(parts, receiver, sender), daemon=True)
    helper.start()
    sender.close()
    try:
        while (found := _next(receiver)) is not None:
            yield found
    finally:
        receiver.close()
        helper.kill()
        helper.join()


def _next(receiver: Connection) -> Any:
    try:
        found, problem = pickle.loads(receiver.recv_bytes())  # noqa: S301 — from our own copy
    except EOFError:
        raise HelperStopped from None
    if problem is not None:
        raise problem
    return found


def _work(parts: Iterator[Any], receiver: Connection, sender: Connection) -> None:
    receiver.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):
        os.nice(HELPER_NICENESS)
    gc.freeze()  # or the collector would close what belongs to the first process
    _held = [connection.connection for connection in connections.all(initialized_only=True)]
    for connection in connections.all(initialized_only=True):
        connection.connection = None
    try:
        for part in parts:
            sender.send_bytes(pickle.dumps((part, None), pickle.HIGHEST_PROTOCOL))
        sender.send_bytes(pickle.dumps((None, None)))
    except BrokenPipeError:  # the first process has stopped
        pass
    except Exception as problem:  # noqa: BLE001 — whatever it is, it belongs to the first process
        sender.send_bytes(pickle.dumps((None, problem)))
    os._exit(0)
