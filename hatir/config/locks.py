"""Who is using the data folder: servers together, a restore alone. The kernel lets go when a process dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

FILE_NAME = "serving.lock"


class HatirIsRunning(Exception):
    """Something serves from this data folder."""


@contextmanager
def serving(home: Path) -> Iterator[None]:
    """Hold the folder together with other servers and workers."""
    with (home / FILE_NAME).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the folder alone; raises HatirIsRunning when a server or worker is up."""
    with (home / FILE_NAME).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise HatirIsRunning(_("Hatır is running on this data folder: stop it first.")) from held
        yield
