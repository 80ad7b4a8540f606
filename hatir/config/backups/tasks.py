"""What backups do by the clock."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hatir.config.backups import nightly
from hatir.config.backups.archive import BackupFailed
from hatir.config.env import read_environment
from hatir.foundation.access.queries import visible
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.jobs.errors import NeverAgain
from hatir.foundation.notifications.actions import Item, notify
from hatir.foundation.notifications.wording import speaking_to
from hatir.foundation.records.actor import system_actor
from hatir.foundation.staff.models import User

ATTEMPTS = 2


# Long: a backup takes minutes and must not hold a transaction meanwhile.
@task(key="backups.write_due", kind="long", max_attempts=ATTEMPTS, label=gettext_lazy("Back up"))
def write_due(context: JobContext) -> str:
    """Write the backup that is due; administrators hear when it cannot be made."""
    try:
        environment = read_environment()
        written = nightly.write_due(at=timezone.now(), secret=environment.backup_secret, store=environment.backup_store)
    except BackupFailed as failed:
        _tell_administrators(context, str(failed))
        raise NeverAgain(str(failed)) from failed
    except Exception:
        if context.attempt >= ATTEMPTS:
            _tell_administrators(context, "")
        raise
    return str(written or "")


def _tell_administrators(context: JobContext, reason: str) -> None:
    """Put it into every administrator's feed, once for each job."""
    items = []
    for user in visible(system_actor("backups"), User).filter(is_admin=True, is_active=True):
        with speaking_to(user):
            told = _("The backup of this night was not made.")
            items.append(
                Item(
                    user.pk,
                    "job_failed",
                    told,
                    level="task",
                    detail=reason,
                    action=_("Open"),
                    url=f"/jobs/{context.job.public_id}/",
                )
            )
    notify(items, event_id=context.job.pk)
