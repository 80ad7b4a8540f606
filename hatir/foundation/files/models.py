"""Stored files; the bytes lie beside the database, named after their hash."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.refs import PointsAt
from hatir.kit.ids import encode_id, new_id


class StoredFile(models.Model):
    """One file that somebody stored. `about_type`/`about_id` name the record it belongs to, if any."""

    points_at = (PointsAt("about_type", "about_id"),)

    id = models.BigIntegerField(primary_key=True, default=new_id)
    name = models.CharField(_("name"), max_length=200)
    size = models.BigIntegerField(_("size"))
    mime = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    about_type = models.CharField(max_length=80, blank=True)
    about_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [
            models.Index(fields=["sha256"], name="file_content"),
            models.Index(fields=["about_type", "about_id", "-id"], name="file_about"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return encode_id(self.pk)

    @property
    def url(self) -> str:
        return f"/files/{self.public_id}/"
