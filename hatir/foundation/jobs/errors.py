"""How a job can end before its work is done."""

from __future__ import annotations

import errno

from django.db import DatabaseError, OperationalError
from django.utils.translation import gettext as _

from hatir.foundation.records.errors import RecordError
from hatir.kit.filters.schema import FilterError


class UnknownTask(LookupError):
    """No task of this key is declared."""


class NeverAgain(Exception):
    """Raised by a task whose failure no retry can mend (bad data); the message is shown to people."""


class Cancelled(Exception):
    """Somebody asked to stop this job."""


class HandedBack(Exception):
    """The worker is stopping; the job goes back to the queue and continues elsewhere."""


class LeaseLost(Exception):
    """Another worker has taken the job over, so nothing more may be written for it here."""


class NotRetryable(Exception):
    """Only failed and cancelled jobs can be run again."""

    def __str__(self) -> str:
        return _("Only a failed or cancelled job can be run again.")


class HelperStopped(OSError):
    """The process that works ahead of a job is gone; the next try goes on where this one stopped."""

    def __str__(self) -> str:
        return _("A helping process was interrupted; the work goes on by itself.")


def told(problem: BaseException) -> str:
    """Say to a person why a job failed, in the language spoken now; never the inside of the program."""
    if isinstance(problem, (NeverAgain, RecordError, FilterError)):
        return str(problem)
    if isinstance(problem, UnknownTask):
        return _("This version of Hatır does not know this kind of job.")
    if is_disk_full(problem):
        return _("The disk is full. Make room, then run the job again.")
    if isinstance(problem, OperationalError):
        return _("The database was busy or away for too long.")
    return _("Something unexpected stopped this job. An administrator sees the details.")


def lost_its_worker() -> str:
    """Say that the worker ended in the middle, each time."""
    return _("The worker ended in the middle of this job, each time it was tried.")


def is_disk_full(problem: BaseException) -> bool:
    """Ask whether a failure means that nothing more fits on the disk."""
    if isinstance(problem, OSError):
        return problem.errno in (errno.ENOSPC, errno.EDQUOT)
    if not isinstance(problem, DatabaseError):
        return False
    cause = problem.__cause__
    return "disk is full" in str(problem) or getattr(cause, "sqlstate", "") == "53100"
