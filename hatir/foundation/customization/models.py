"""What a company adds to Hatır for itself: fields on any type, and whole objects."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.models import OwnedRecord, Record

OWN_PREFIX = "own."
KINDS = (
    ("text", _("Text")),
    ("longtext", _("Long text")),
    ("integer", _("Whole number")),
    ("number", _("Number")),
    ("money", _("Money")),
    ("percent", _("Per cent")),
    ("boolean", _("Yes or no")),
    ("date", _("Date")),
    ("datetime", _("Date and time")),
    ("choice", _("One of a list")),
    ("multichoice", _("Several of a list")),
    ("relation", _("Link to a record")),
    ("user", _("Colleague")),
    ("email", _("E-mail")),
    ("phone", _("Phone")),
    ("url", _("Web address")),
)


class CustomField(Record):
    """A field that the company added to a type; its values live in the record's `custom` column by `key`."""

    type_key = models.CharField(_("on"), max_length=80)
    label = models.CharField(_("name"), max_length=80)
    key = models.CharField(_("key"), max_length=40, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS, default="text")
    choice_lines = models.TextField(_("choices"), blank=True, help_text=_("One choice a line."))
    target = models.CharField(_("links to"), max_length=80, blank=True)
    section = models.CharField(_("section"), max_length=60, blank=True, help_text=_("The heading it stands under."))
    required = models.BooleanField(_("required"), default=False)
    searchable = models.BooleanField(_("found by search"), default=False)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    help = models.CharField(_("help"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        constraints = [models.UniqueConstraint(fields=["type_key", "key"], name="custom_field_once")]

    def __str__(self) -> str:
        return self.label


class CustomObject(Record):
    """A kind of record that the company invented: boats, policies, vehicles."""

    label = models.CharField(_("name of one"), max_length=60)
    plural = models.CharField(_("name of many"), max_length=60)
    key = models.CharField(_("key"), max_length=40, unique=True, editable=False)
    icon = models.CharField(_("icon"), max_length=40, blank=True, default="box")
    title_label = models.CharField(_("name of its title"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("object")
        verbose_name_plural = _("objects")

    def __str__(self) -> str:
        return self.plural

    @property
    def type_key(self) -> str:
        return OWN_PREFIX + self.key


class CustomRecord(OwnedRecord):
    """One record of a company's own object; `own_type_key` says of which."""

    own_type_key = models.CharField(max_length=80, editable=False)
    name = models.CharField(_("name"), max_length=200)
    name_fold = models.CharField(max_length=220, editable=False, default="")
    name_sort = models.CharField(max_length=420, editable=False, default="")

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        indexes = [
            models.Index(fields=["own_type_key", "archived_at", "-id"], name="custom_record_recent"),
            models.Index(fields=["own_type_key", "name_sort", "id"], name="custom_record_sort"),
            models.Index(fields=["own_type_key", "name_fold"], name="custom_record_fold"),
        ]

    def __str__(self) -> str:
        return self.name
