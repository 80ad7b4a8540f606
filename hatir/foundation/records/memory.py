"""What may be remembered for one request, job or command, and no longer.

Nothing about a company may live in a module global, so definitions read from the database are
kept here; the web, the worker and the command line open a fresh memory for each piece of work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import tzinfo
from typing import Any, TypeVar

from django.utils import timezone

T = TypeVar("T")
STAMP = "records.stamp"
"""Under this the stamp of the definitions is remembered (see `records.stamps`)."""
_memory: ContextVar[dict[str, Any] | None] = ContextVar("hatir_memory", default=None)


_zone: tzinfo | None = None


def live_in(zone: tzinfo) -> None:
    """Say in which time zone every piece of work shows and reads times (the company's, from the preferences room)."""
    global _zone
    _zone = zone


@contextmanager
def piece_of_work() -> Iterator[None]:
    """Open a fresh memory until the block ends, in the company's time zone."""
    token = _memory.set({})
    try:
        with timezone.override(_zone):
            yield
    finally:
        _memory.reset(token)


@contextmanager
def within_one() -> Iterator[None]:
    """Stay in the piece of work that is open, or open one for the block (scripts, tests)."""
    if _memory.get() is not None:
        yield
        return
    with piece_of_work():
        yield


def is_open() -> bool:
    """Tell whether a piece of work is open, so that what is read once is remembered."""
    return _memory.get() is not None


def per_request(key: str, make: Callable[[], T]) -> T:
    """Give what `make` gave the first time in this piece of work; outside of one, make it anew."""
    kept = _memory.get()
    if kept is None:
        return make()
    if key not in kept:
        kept[key] = make()
    value: T = kept[key]
    return value


def forget_everything() -> None:
    """Drop all that this piece of work remembers: what it was read from has changed."""
    kept = _memory.get()
    if kept is not None:
        kept.clear()


def forget(key: str) -> None:
    """Drop one remembered value because it was just changed."""
    kept = _memory.get()
    if kept is not None:
        kept.pop(key, None)
        kept.pop(STAMP, None)
