"""The base of every business table: columns only; features read the registry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.kit.ids import encode_id, new_id


class Record(models.Model):
    """A row that passes through the doors: audited, searchable, versioned, archived instead of deleted."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    updated_at = models.DateTimeField(_("updated"), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=40, blank=True, default="")
    custom = models.JSONField(default=dict, blank=True, editable=False)

    pending_sets: dict[str, list[int]]
    prepared: Mapping[str, Any] = MappingProxyType({})
    """What steps of the write door made ready of a new record ahead, by their own keys."""

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pending_sets = {}

    @property
    def public_id(self) -> str:
        return encode_id(self.pk)

    def set_many(self, name: str, ids: list[int]) -> None:
        """Say what a to-many field shall hold; the write door stores it."""
        self.pending_sets[name] = sorted(set(ids))


class Stamp(models.Model):
    """One row whose value changes with every change to rights, teams, settings and definitions (see `stamps`)."""

    id = models.SmallIntegerField(primary_key=True)
    value = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.value)


def owner_link(*, indexed: bool = True) -> models.ForeignKey[Any, Any]:
    """Make the link to the person who answers for a record; where an index begins with it, it needs none of its own."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", db_index=indexed,
    )  # fmt: skip


def team_link(*, indexed: bool = True) -> models.ForeignKey[Any, Any]:
    """Make the link to the team that answers for a record; see `owner_link`."""
    return models.ForeignKey(
        "staff.Team", verbose_name=_("team"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        db_index=indexed,
    )  # fmt: skip


class OwnedRecord(Record):
    """A record that belongs to a person and a team; access scopes look here."""

    owner = owner_link()
    team = team_link()

    class Meta:
        abstract = True
