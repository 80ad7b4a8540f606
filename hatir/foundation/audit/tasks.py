"""What audit does by the clock."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.audit import actions, sealing
from hatir.foundation.jobs.declaration import task


@task(key="audit.seal_waiting", kind="atomic", label=_("Seal the audit trail"))
def seal_waiting() -> int:
    """Seal the entries that have settled."""
    return sealing.seal_waiting()


@task(key="audit.let_go_of_old", kind="atomic", label=_("Delete old audit entries"))
def let_go_of_old() -> int:
    """Delete entries older than the company keeps them."""
    return actions.let_go_of_old()
