"""The only list of what happens on a write, in order."""

from __future__ import annotations

from hatir.foundation.access.checks import check_write, fill_owner
from hatir.foundation.audit.steps import make_changes, record_changes
from hatir.foundation.customization.steps import validate
from hatir.foundation.events.bus import publish_changes
from hatir.foundation.live import counts
from hatir.foundation.live.queries import is_here
from hatir.foundation.merging.arriving import row_finder
from hatir.foundation.merging.steps import keep_merged
from hatir.foundation.notifications import presence
from hatir.foundation.notifications.queries import unread_counts
from hatir.foundation.preferences.zones import CompanyZone
from hatir.foundation.records import memory, writing
from hatir.foundation.records.conditions import settle_conditions
from hatir.foundation.records.uniqueness import check_unique
from hatir.foundation.search.steps import index_changes, make_entries
from hatir.foundation.transfer import likely

BEFORE_SAVE = (fill_owner, check_write, validate, settle_conditions, check_unique, keep_merged)
AFTER_SAVE = (record_changes, index_changes, publish_changes)
AHEAD = (make_changes, make_entries)


def install() -> None:
    """Hand the steps to the write door; called once, when every room is loaded."""
    writing.install(before=BEFORE_SAVE, after=AFTER_SAVE, ahead=AHEAD)
    counts.provide("notifications", unread_counts)
    presence.provide(is_here)
    memory.live_in(CompanyZone())
    likely.provide(row_finder)
