"""Keep what happened beside writes: views of covered values, exports, sign-ins; and let old entries go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hatir.foundation.audit.models import AuditEntry, ChainHead
from hatir.foundation.audit.steps import TITLE_LENGTH, who
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef

VERBS = (
    "create", "edit", "archive", "restore", "view", "export", "import", "reveal", "sign_in", "sign_in_failed",
    "sign_out", "setting", "api_key", "erase", "undo", "merge", "unmerge",
)  # fmt: skip


def record_event(
    verb: str,
    *,
    actor: Actor,
    ref: RecordRef | None = None,
    title: str = "",
    type_key: str = "",
    changes: Mapping[str, Sequence[Any]] | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> AuditEntry:
    """Keep one event that is no write. `changes` maps a name to [old, new], or to [None, detail]."""
    columns = {**who(actor), "reason": reason[:300] or who(actor)["reason"]}
    return AuditEntry.objects.create(
        at=at or timezone.now(),
        verb=verb,
        type_key=ref.type_key if ref else type_key,
        record_id=ref.id if ref else None,
        title=title[:TITLE_LENGTH],
        changes={name: list(pair) for name, pair in (changes or {}).items()},
        **columns,
    )


def record_revealed(ref: RecordRef, fields: Iterable[str], *, actor: Actor, title: str = "") -> AuditEntry:
    """Keep that somebody opened covered values of a record; the values themselves are not kept."""
    return record_event("reveal", actor=actor, ref=ref, title=title, changes={name: [None, None] for name in fields})


@transaction.atomic
def erase_values(refs: Iterable[RecordRef], fields: Mapping[str, Iterable[str]], *, at: datetime | None = None) -> int:
    """Take personal values of records out of their entries, title included; give how many entries changed.

    `fields` maps a type key to field names. Entries stay, and so does the chain: the seal stands over
    the digest of what was there.
    """
    now = at or timezone.now()
    touched = 0
    for ref in refs:
        names = set(fields.get(ref.type_key, ()))
        rows = AuditEntry.objects.filter(type_key=ref.type_key, record_id=ref.id, seal_no__isnull=False)
        for entry in rows.order_by("id").iterator(chunk_size=500):
            entry.changes = {name: pair for name, pair in entry.changes.items() if name not in names}
            entry.title, entry.erased_at = "", now
            entry.save(update_fields=["changes", "title", "erased_at"])
            touched += 1
    return touched


@transaction.atomic
def let_go_of_old(*, at: datetime | None = None) -> int:
    """Delete sealed entries older than the preference `audit.keep_days` (0 keeps all); give how many.

    The head of the chain moves to the first entry that stays, so verifying still works.
    """
    days = int(value_of("audit.keep_days"))
    if days <= 0:
        return 0
    before = (at or timezone.now()) - timedelta(days=days)
    head = ChainHead.objects.select_for_update().filter(pk=1).first()
    if head is None or head.last_no < head.first_no:
        return 0
    sealed = AuditEntry.objects.filter(seal_no__gte=head.first_no)
    first_kept = sealed.filter(at__gte=before).order_by("seal_no").values_list("seal_no", flat=True).first()
    end = head.last_no + 1 if first_kept is None else first_kept
    if end <= head.first_no:
        return 0
    last_gone = AuditEntry.objects.get(seal_no=end - 1)
    gone, _by_model = AuditEntry.objects.filter(Q(seal_no__gte=head.first_no, seal_no__lt=end)).delete()
    ChainHead.objects.filter(pk=1).update(first_no=end, first_previous=last_gone.seal)
    return gone
