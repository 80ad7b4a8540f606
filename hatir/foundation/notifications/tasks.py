"""What notifications do by the clock."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hatir.foundation.jobs.declaration import task
from hatir.foundation.notifications.actions import KEPT_DAYS, forget_old, note_digest_sent
from hatir.foundation.notifications.mail import send_digest
from hatir.foundation.notifications.queries import due_digests

log = logging.getLogger(__name__)


@task(key="notifications.digest", label=_("Notification digest"))
def send_digests() -> None:
    """Mail the digests that are due; one that fails is tried with the next run, the others still go."""
    at = timezone.now()
    for digest in due_digests(at):
        try:
            send_digest(digest)
        except (OSError, SMTPException):
            log.exception("The digest of user %s could not be mailed", digest.user.pk)
            continue
        note_digest_sent(digest.user.pk, at)


@task(key="notifications.forget", label=_("Old notifications"))
def forget() -> None:
    """Delete items nobody will look for any more."""
    forget_old(timezone.now() - timedelta(days=KEPT_DAYS))
