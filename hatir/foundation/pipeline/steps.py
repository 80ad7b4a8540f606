"""The only list of what happens on a write, in order."""

from __future__ import annotations

from hatir.foundation.access.checks import check_write, fill_owner
from hatir.foundation.events.bus import publish_changes
from hatir.foundation.records import writing

BEFORE_SAVE = (fill_owner, check_write)
AFTER_SAVE = (publish_changes,)


def install() -> None:
    """Hand the steps to the write door; called once, when every room is loaded."""
    writing.install(before=BEFORE_SAVE, after=AFTER_SAVE)
