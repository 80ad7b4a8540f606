"""The queue: jobs, the leases of single roles, and the beats of the schedule."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.kit.ids import encode_id, new_id

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
STATES = (
    (WAITING, _("Waiting")),
    (RUNNING, _("Running")),
    (DONE, _("Done")),
    (FAILED, _("Failed")),
    (CANCELLED, _("Cancelled")),
)
LIVE = (WAITING, RUNNING)


class Job(models.Model):
    """One piece of work. While `running` it belongs to `worker` until `lease_until`.

    `actor` keeps who asked for it (kind, label, origin, key scopes); `unique_key` allows one live job of that name;
    `subject` is what it works on, for people (the name of a file).
    `error` is told to its starter, in the starter's language; `trace` is for whoever mends it.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    key = models.CharField(max_length=80)
    kwargs = models.JSONField(default=dict)
    subject = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=STATES, default=WAITING)
    priority = models.SmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(null=True)
    progress_note = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    trace = models.TextField(blank=True)
    unique_key = models.CharField(max_length=160, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.JSONField(default=dict)
    operation = models.CharField(max_length=32)
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=models.Q(state__in=LIVE) & ~models.Q(unique_key=""),
                name="job_unique_live",
            )
        ]
        indexes = [
            models.Index(
                fields=["key", "-priority", "run_after", "id"], name="job_due", condition=models.Q(state=WAITING)
            ),
            models.Index(fields=["lease_until"], name="job_leased", condition=models.Q(state=RUNNING)),
            models.Index(fields=["created_by", "-id"], name="job_by_user"),
            models.Index(fields=["-id"], name="job_failed", condition=models.Q(state=FAILED)),
            models.Index(fields=["finished_at"], name="job_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.public_id}"

    @property
    def public_id(self) -> str:
        return encode_id(self.pk)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def percent(self) -> int | None:
        """Give how far the job is, 0–100; None while that is unknown."""
        if self.state == DONE:
            return 100
        if not self.progress_total:
            return None
        return min(100, self.progress_done * 100 // self.progress_total)


class Lease(models.Model):
    """A role that one process at a time may have (the event dispatcher)."""

    name = models.CharField(primary_key=True, max_length=60)
    holder = models.CharField(max_length=80)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class Beat(models.Model):
    """When an entry of the schedule is due next; whoever moves it on enqueues the job."""

    name = models.CharField(primary_key=True, max_length=120)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.due_at:%Y-%m-%d %H:%M}"
