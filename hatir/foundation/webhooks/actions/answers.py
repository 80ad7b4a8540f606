"""Remember requests that came with an Idempotency-Key, so that a repetition gets the first answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.db import IntegrityError, transaction

from hatir.foundation.webhooks.models import AnsweredRequest
from hatir.kit.ids import new_id

ABANDONED_AFTER = timedelta(seconds=90)
"""A worker that died leaves its reservation; what it did was rolled back, so another may take over."""
SWEEP_ONE_IN = 64


@dataclass(frozen=True)
class Reserved:
    """What became of a reservation: `new` may be worked on; `answered` carries the first answer."""

    id: int
    state: Literal["new", "busy", "other", "answered"]
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


def reserve_request(caller: str, key: str, fingerprint: str, *, at: datetime, kept_for: timedelta) -> Reserved:
    """Reserve a caller's key for one request; a committed row, so that a second request sees it at once."""
    row_id = new_id()
    if row_id % SWEEP_ONE_IN == 0:
        AnsweredRequest.objects.filter(created_at__lt=at - kept_for).delete()
    row = AnsweredRequest(id=row_id, caller=caller, key=key, fingerprint=fingerprint, created_at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return _already_there(row, at, kept_for)
    return Reserved(row_id, "new")


def keep_answer(row_id: int, status: int, headers: Mapping[str, str], body: str) -> None:
    """Keep the answer; called in the transaction of the work itself."""
    AnsweredRequest.objects.filter(pk=row_id).update(status=status, headers=dict(headers), body=body)


def release_request(row_id: int) -> None:
    """Forget a reservation whose work came to nothing."""
    AnsweredRequest.objects.filter(pk=row_id, status=None).delete()


def _already_there(wanted: AnsweredRequest, at: datetime, kept_for: timedelta) -> Reserved:
    found = AnsweredRequest.objects.filter(caller=wanted.caller, key=wanted.key).first()
    if found is None:
        return Reserved(wanted.pk, "busy")
    is_old = found.created_at < at - kept_for
    is_abandoned = found.status is None and found.created_at < at - ABANDONED_AFTER
    if is_old or is_abandoned:
        return _take_over(found, wanted)
    if found.fingerprint != wanted.fingerprint:
        return Reserved(found.pk, "other")
    if found.status is None:
        return Reserved(found.pk, "busy")
    return Reserved(found.pk, "answered", found.status, found.headers, found.body)


def _take_over(found: AnsweredRequest, wanted: AnsweredRequest) -> Reserved:
    """Make an old row ours; of two who try, the second finds its time changed."""
    taken = AnsweredRequest.objects.filter(pk=found.pk, created_at=found.created_at).update(
        fingerprint=wanted.fingerprint, created_at=wanted.created_at, status=None, headers={}, body=""
    )
    return Reserved(found.pk, "new" if taken else "busy")
