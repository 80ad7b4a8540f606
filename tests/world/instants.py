"""What the audit says about when something happened, to compare stored instants with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.records.registry import type_of


def archived_by_audit(record: Any) -> datetime:
    """Give the instant at which a record was archived last, as the audit wrote it down beside the record."""
    entries = AuditEntry.objects.filter(type_key=type_of(record).key, record_id=record.pk, verb="archive")
    return datetime.fromisoformat(entries.latest("id").changes["archived_at"][1])
