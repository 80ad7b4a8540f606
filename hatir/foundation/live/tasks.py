"""What the live room does by the clock."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.jobs.declaration import task
from hatir.foundation.live.actions import sweep


@task(key="live.sweep", label=_("Presence"))
def sweep_presence() -> None:
    """Delete presences that nobody renews."""
    sweep()
