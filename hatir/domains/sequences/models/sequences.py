"""Sequences and their steps."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.sequences.rules import (
    CALL,
    CUSTOMERS,
    DAYS,
    DEALS,
    DRAFT,
    EMAIL,
    IN_USE,
    LEADS,
    PAUSE,
    RESTING,
    SKIP,
    TASK,
    WAIT,
    WORKING_DAYS,
    as_read,
)
from hatir.foundation.records.models import OwnedRecord, Record

CARRIES = ((LEADS, _("Leads")), (DEALS, _("Deals")), (CUSTOMERS, _("Customers")))
STATES = (
    (DRAFT, pgettext_lazy("sequence", "Draft")),
    (IN_USE, pgettext_lazy("sequence", "In use")),
    (RESTING, pgettext_lazy("sequence", "Paused")),
)
KINDS = (
    (EMAIL, _("E-mail")),
    (CALL, pgettext_lazy("noun", "Call")),
    (TASK, _("Task")),
    (WAIT, pgettext_lazy("sequence", "Wait")),
)
UNITS = ((WORKING_DAYS, _("working days")), (DAYS, _("days")))
REFUSALS = ((PAUSE, _("Pause until somebody looks")), (SKIP, _("Skip it and go on")))


class Sequence(OwnedRecord):
    """Planned contacts in a fixed order. `carries` says what goes through it, `rule` (a filter in its text form) whom.

    With `is_shared` everybody who sees sequences may read it and enrol their own records; changing it stays with its
    owner and team. While it is no longer in use, enrolments rest and lose nothing.
    """

    name = models.CharField(_("name"), max_length=120)
    purpose = models.TextField(_("purpose"), blank=True, default="")
    carries = models.CharField(_("carries"), max_length=9, choices=CARRIES, default=LEADS)
    state = models.CharField(_("state"), max_length=6, choices=STATES, default=DRAFT)
    rule = models.TextField(
        _("only for"), blank=True, default="",
        help_text=_('A filter on what it carries, such as: city is "İzmir"; empty: all.'),
    )  # fmt: skip
    is_shared = models.BooleanField(_("open to all colleagues"), default=True)
    stops_on_reply = models.BooleanField(_("stops at an answer"), default=True)
    stops_on_meeting = models.BooleanField(_("stops at a booked meeting"), default=True)

    class Meta:
        verbose_name = _("sequence")
        verbose_name_plural = _("sequences")
        indexes = [
            models.Index(fields=["carries", "state", "archived_at"], name="sequence_carries"),
            models.Index(fields=["owner", "-id"], name="sequence_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class Step(Record):
    """One step of a sequence: `title` is the subject of a mail or what is to be done, `text` its body or a note.

    A wait is `wait_amount` `wait_unit` long. A call or task that is not done within `limit_days` working days is left
    behind. `assignee` does it instead of the enrolment's owner. A step is archived, never deleted: whoever stood on it
    goes on from its place.
    """

    sequence = models.ForeignKey(
        Sequence, verbose_name=_("sequence"), on_delete=models.CASCADE, related_name="steps", db_index=False
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0, blank=True)
    kind = models.CharField(_("kind"), max_length=5, choices=KINDS, default=EMAIL)
    title = models.CharField(_("subject or what is to be done"), max_length=200, blank=True, default="")
    text = models.TextField(_("text"), blank=True, default="")
    wait_amount = models.PositiveSmallIntegerField(_("wait"), default=1)
    wait_unit = models.CharField(_("counted in"), max_length=7, choices=UNITS, default=WORKING_DAYS)
    limit_days = models.PositiveSmallIntegerField(
        _("goes on after (working days)"), null=True, blank=True, help_text=_("Empty: waits until it is done.")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("done by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", help_text=_("Empty: who owns the enrolment."),
    )  # fmt: skip
    if_refused = models.CharField(
        _("if it must not be sent"), max_length=5, choices=REFUSALS, default=PAUSE,
        help_text=_("Without an address, consent or a word that the text needs."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("step of a sequence")
        verbose_name_plural = _("steps of sequences")
        indexes = [models.Index(fields=["sequence", "position", "id"], name="sequence_step_place")]

    def __str__(self) -> str:
        return as_read(self.title) or str(self.get_kind_display())
