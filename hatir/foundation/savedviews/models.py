"""Saved views, and the records that somebody opened lately."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.refs import PointsAt
from hatir.kit.ids import encode_id, new_id

MINE, TEAM, ALL = "mine", "team", "all"
SHARING = ((MINE, _("only me")), (TEAM, _("my team")), (ALL, _("everybody")))


class SavedView(models.Model):
    """A way of looking at the list of one type: filter, columns, order and density under a name.

    `source` says where it came from when no person made it: the operation of the example data, a sector pack.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    type_key = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    shared = models.CharField(_("visible to"), max_length=4, choices=SHARING, default=MINE)
    team = models.ForeignKey("staff.Team", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    filter = models.JSONField(default=dict, blank=True)
    columns = models.JSONField(default=list, blank=True)
    sort = models.CharField(max_length=240, blank=True, default="")
    density = models.CharField(max_length=12, blank=True, default="")
    pinned = models.BooleanField(_("pinned to the sidebar"), default=False)
    position = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["type_key", "owner"], name="savedview_type_owner")]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return encode_id(self.pk)


class RecentRecord(models.Model):
    """A record that a user opened; the newest few are kept."""

    points_at = (PointsAt("type_key", "record_id"),)

    id = models.BigIntegerField(primary_key=True, default=new_id)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    type_key = models.CharField(max_length=80)
    record_id = models.BigIntegerField()
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "type_key", "record_id"], name="recent_record_once")]
        indexes = [models.Index(fields=["user", "-opened_at"], name="recent_record_newest")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.type_key}:{self.record_id}"
