"""How a job can end before its work is done."""

from __future__ import annotations

from django.utils.translation import gettext as _


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
