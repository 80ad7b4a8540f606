"""Roles that one process at a time may have, such as delivering events."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from hatir.foundation.jobs.models import Lease


class RoleLease:
    """One process's hold on a role; ask `is_mine` before each piece of work of the role."""

    def __init__(self, name: str, holder: str, seconds: float = 10.0) -> None:
        self.name, self.holder, self.seconds = name, holder, seconds
        self._renew_at = 0.0
        self._mine = False

    def is_mine(self) -> bool:
        """Take or renew the role; the database is asked only when a third of the lease has passed."""
        now = time.monotonic()
        if now >= self._renew_at:
            self._mine = self._take()
            self._renew_at = now + self.seconds / (3 if self._mine else 10)
        return self._mine

    def _take(self) -> bool:
        now = timezone.now()
        until = now + timedelta(seconds=self.seconds)
        free = Q(holder=self.holder) | Q(until__lt=now)
        row = Lease.objects.filter(name=self.name).values("holder", "until").first()
        if row is None:
            return self._first(until)
        if row["holder"] != self.holder and row["until"] >= now:
            return False
        return bool(Lease.objects.filter(free, name=self.name).update(holder=self.holder, until=until))

    def _first(self, until: datetime) -> bool:
        try:
            with transaction.atomic():
                Lease.objects.create(name=self.name, holder=self.holder, until=until)
        except IntegrityError:
            return False
        return True

    def release(self) -> bool:
        """Let another process have the role at once; give whether it was ours."""
        gone, _per_table = Lease.objects.filter(name=self.name, holder=self.holder).delete()
        self._mine, self._renew_at = False, 0.0
        return bool(gone)
