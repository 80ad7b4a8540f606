"""Set-ups by which files are fetched and imported again and again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.feeds.places import is_sftp
from hatir.foundation.transfer.models import ImportRun
from hatir.kit.ids import encode_id, new_id

HOURLY, DAILY, WEEKLY = "hourly", "daily", "weekly"
RHYTHMS = ((HOURLY, _("Every hour")), (DAILY, _("Every day")), (WEEKLY, _("Every week")))
WEEKDAYS = tuple(enumerate((
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)))  # fmt: skip
IMPORTED, UNCHANGED, FAILED = "imported", "unchanged", "failed"
NEWEST, ALL = "newest", "all"
TAKES = ((NEWEST, _("Only the newest file")), (ALL, _("Every new file, oldest first")))
RESULTS = ((IMPORTED, _("Imported")), (UNCHANGED, _("Unchanged")), (FAILED, _("Failed")))


class Feed(models.Model):
    """A file at an address that is imported by the clock.

    `columns` says by the names of columns where they go, `values` what their values become, `options` the rest, all
    as in the import that it was made from. `etag`, `modified` and `sha256` are those of the file imported last.
    Where files come over SFTP, `host_key` is the server's key that was accepted, and `take` says which files count.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    name = models.CharField(_("name"), max_length=80)
    type_key = models.CharField(max_length=80)
    columns = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    url = models.CharField(_("address"), max_length=1000)
    user_name = models.CharField(_("user name"), max_length=200, blank=True)
    sealed_password = models.TextField(blank=True)
    sealed_key = models.TextField(blank=True)
    host_key = models.CharField(max_length=4000, blank=True)
    take = models.CharField(_("which files"), max_length=6, choices=TAKES, default=NEWEST)
    rhythm = models.CharField(_("how often"), max_length=6, choices=RHYTHMS, default=DAILY)
    at = models.TimeField(_("at"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=WEEKDAYS, default=0)
    is_active = models.BooleanField(default=True)
    next_at = models.DateTimeField()
    etag = models.CharField(max_length=300, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    last_at = models.DateTimeField(null=True)
    last_result = models.CharField(max_length=9, choices=RESULTS, blank=True)
    last_note = models.CharField(max_length=500, blank=True)
    last_run = models.ForeignKey(ImportRun, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("scheduled import")
        verbose_name_plural = _("scheduled imports")
        indexes = [models.Index(fields=["next_at"], name="feed_due", condition=models.Q(is_active=True))]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return encode_id(self.pk)

    @property
    def is_sftp(self) -> bool:
        return is_sftp(self.url)


class TakenFile(models.Model):
    """A file of an SFTP server that a feed has taken: the same name, size and time is not taken again.

    Without a run and without a note it is claimed: somebody is fetching it, or was stopped doing so.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="taken_files")
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    modified = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    run = models.ForeignKey(ImportRun, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "name", "size", "modified"], name="feed_file_once")]

    def __str__(self) -> str:
        return self.name
