"""The chain of seals: every entry's seal stands over its content and the seal before it.

Writers leave entries open; a job seals them in order, so writers never wait for one another.
Changing, deleting or slipping in an entry breaks the chain from there on, and `verify_chain` says where.
Whoever can rewrite the whole table can rewrite the whole chain: keep the head (`chain_head`) elsewhere too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from django.db import connection, transaction
from django.utils import timezone

from hatir.foundation.audit.models import AuditEntry, ChainHead
from hatir.kit.ids import EPOCH_MS, TIME_SHIFT, id_time

SETTLING_SECONDS = 5
"""An entry may commit after one with a larger id; those few seconds let such entries arrive in order."""
LATEST = timedelta(hours=1)
"""No transaction of ours takes longer, so an open entry this much older than the last sealed one was slipped in."""
BATCH = 500
Fault = Literal["tampered", "deleted", "inserted"]


@dataclass(frozen=True)
class ChainReport:
    """What verifying found: how many entries were good, and the first that was not."""

    checked_count: int
    fault: Fault | None = None
    seal_no: int | None = None
    entry_id: int | None = None

    @property
    def is_whole(self) -> bool:
        return self.fault is None


def seal_waiting(*, at: datetime | None = None, limit: int = 20_000) -> int:
    """Seal the entries that have settled, oldest first; give how many. One sealer runs at a time.

    Each few hundred are a transaction of their own, so that on SQLite writers wait for moments only.
    """
    now = at or timezone.now()
    ChainHead.objects.get_or_create(pk=1)
    sealed = 0
    while sealed < limit:
        count = _seal_batch(now)
        sealed += count
        if count < BATCH:
            break
    return sealed


@transaction.atomic
def _seal_batch(now: datetime) -> int:
    head = ChainHead.objects.select_for_update().get(pk=1)
    entries = _settled(head, now)
    if not entries:
        return 0
    for entry in entries:
        head.last_no += 1
        entry.seal_no = head.last_no
        entry.digest = digest_of(entry)
        entry.seal = head.seal = seal_of(entry, head.seal)
        head.last_entry_id = max(head.last_entry_id, entry.pk)
    # bulk_update writes one CASE a column and took 7 (PostgreSQL) to 18 (SQLite) times as long.
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {AuditEntry._meta.db_table} SET seal_no = %s, digest = %s, seal = %s WHERE id = %s",  # noqa: S608
            [(entry.seal_no, entry.digest, entry.seal, entry.pk) for entry in entries],
        )
    head.sealed_at = now
    head.save()
    return len(entries)


def verify_chain() -> ChainReport:
    """Check every seal and name the first entry that was tampered with, deleted or slipped in."""
    head = ChainHead.objects.filter(pk=1).first() or ChainHead()
    previous, expected = head.first_previous, head.first_no
    sealed = AuditEntry.objects.filter(seal_no__isnull=False).order_by("seal_no")
    for entry in sealed.iterator(chunk_size=2000):
        done = expected - head.first_no
        if entry.seal_no is None or entry.seal_no < expected or entry.seal_no > head.last_no:
            return ChainReport(done, "inserted", entry.seal_no, entry.pk)
        if entry.seal_no > expected:
            return ChainReport(done, "deleted", expected)
        if not _is_true(entry, previous):
            return ChainReport(done, "tampered", entry.seal_no, entry.pk)
        previous, expected = entry.seal, expected + 1
    if expected <= head.last_no:
        return ChainReport(expected - head.first_no, "deleted", expected)
    if head.last_no >= head.first_no and previous != head.seal:
        return ChainReport(expected - head.first_no, "tampered", head.last_no)
    late = _slipped_in(head)
    if late is not None:
        return ChainReport(expected - head.first_no, "inserted", None, late.pk)
    return ChainReport(expected - head.first_no)


def chain_head() -> tuple[int, str]:
    """Give the number and seal of the last sealed entry, to be kept outside the database."""
    head = ChainHead.objects.filter(pk=1).first()
    return (head.last_no, head.seal) if head else (0, "")


def canonical(value: object) -> bytes:
    """Spell a JSON value in the one way that seals are made over."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(entry: AuditEntry) -> str:
    """Give the SHA-256 of what may be personal in an entry."""
    return hashlib.sha256(canonical([entry.title, entry.changes])).hexdigest()


def seal_of(entry: AuditEntry, previous: str) -> str:
    """Give the SHA-256 over the entry, the digest of its values, and the seal before it."""
    content = {
        "previous": previous,
        "no": entry.seal_no,
        "id": entry.pk,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "who": [entry.actor_kind, entry.actor_label, entry.user_id, entry.origin, entry.operation],
        "what": [entry.verb, entry.type_key, entry.record_id, entry.reason],
        "digest": entry.digest,
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def _is_true(entry: AuditEntry, previous: str) -> bool:
    if entry.erased_at is None and entry.digest != digest_of(entry):
        return False
    return entry.seal == seal_of(entry, previous)


def _settled(head: ChainHead, now: datetime) -> list[AuditEntry]:
    settled = now - timedelta(seconds=SETTLING_SECONDS)
    rows = AuditEntry.objects.filter(seal_no=None, at__lte=settled).order_by("id")
    if head.last_entry_id:
        rows = rows.filter(pk__gt=_oldest_plausible(head))
    return list(rows[:BATCH])


def _oldest_plausible(head: ChainHead) -> int:
    moment = id_time(head.last_entry_id) - LATEST
    return max(0, int(moment.timestamp() * 1000) - EPOCH_MS) << TIME_SHIFT


def _slipped_in(head: ChainHead) -> AuditEntry | None:
    if not head.last_entry_id:
        return None
    return AuditEntry.objects.filter(seal_no=None, pk__lte=_oldest_plausible(head)).order_by("id").first()
