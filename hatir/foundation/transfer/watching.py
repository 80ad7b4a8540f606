"""Notice exports that carry a house away: one very large one, or very many within an hour."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from hatir.foundation.audit.actions import record_event
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.events.bus import publish
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.transfer.events import MassExport
from hatir.foundation.transfer.preferences import told_exports, told_records

WITHIN = timedelta(hours=1)
API = "api"
"""The format of what was no file but read page by page."""


def tell_if_mass(rows: Any, *, type_key: str, file_format: str, actor: Actor) -> bool:
    """Publish `MassExport` where the records or the exports of the last hour reach their limit; tell whether.

    The records are counted no further than the limit. The export itself must be in the audit trail already.
    """
    most, often = told_records(), told_exports()
    count = rows.order_by()[:most].count() if most else 0
    exports = _of_this_hour(actor) if often else 0
    is_mass = bool(most and count >= most) or bool(often and exports >= often)
    if is_mass and not actor.is_system:
        publish(
            MassExport(
                about=(), type_key=type_key, format=file_format, at_least=count, exports=exports, origin=actor.origin
            ),
            actor=actor,
        )
        return True
    return False


def tell_of_reading(rt: RecordType, count: int, *, actor: Actor) -> None:
    """Keep in the audit, and publish, that somebody read as many records through the API as a large export holds."""
    detail = json.dumps({"format": API, "records": count})
    record_event("export", actor=actor, type_key=rt.root_key, title=str(rt.plural_label), reason=detail)
    publish(
        MassExport(
            about=(), type_key=rt.key, format=API, at_least=count, exports=_of_this_hour(actor), origin=actor.origin
        ),
        actor=actor,
    )


def _of_this_hour(actor: Actor) -> int:
    if actor.user_id is None:
        return 0
    since = timezone.now() - WITHIN
    return AuditEntry.objects.filter(verb="export", user_id=actor.user_id, at__gte=since).count()
