"""Pipelines with their stages, and the lists from which lost deals take their reason and their winner."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.planning.models import KINDS
from hatir.foundation.records.models import Record
from hatir.kit.ids import new_id

OPEN, WON, LOST, HELD = "open", "won", "lost", "held"
BY_LEAD, BY_ROLE, BY_PEOPLE = "lead", "role", "people"
APPROVED_BY = (
    (BY_LEAD, _("The lead of the deal’s team")),
    (BY_ROLE, _("Whoever has a role")),
    (BY_PEOPLE, _("Named people")),
)
STAGE_KINDS = ((OPEN, pgettext_lazy("status", "Open")), (WON, _("Won")), (LOST, pgettext_lazy("deal", "Lost")))


class Pipeline(Record):
    """A way on which deals go from the first word to the signature."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    hue = models.PositiveSmallIntegerField(_("colour"), default=0)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")

    def __str__(self) -> str:
        return self.name


class Stage(Record):
    """A place in a pipeline. `entry_rule` is a filter on deals in its text form: who does not fit does not enter.

    `needed_fields` names fields of a deal, one in a line, that must be filled in before a deal may enter. With
    `approval_by` deals that fit `approval_rule` (empty: all) enter only when one of these people let them. `code` is
    what files and other systems call the stage.
    """

    pipeline = models.ForeignKey(
        Pipeline, verbose_name=_("pipeline"), on_delete=models.CASCADE, related_name="stages", blank=True
    )
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=4, choices=STAGE_KINDS, default=OPEN)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    probability = models.PositiveSmallIntegerField(_("probability (%)"), default=0)
    stale_days = models.PositiveSmallIntegerField(
        _("stale after (days)"), null=True, blank=True, help_text=_("Empty: a deal may stand here as long as it likes.")
    )
    entry_rule = models.TextField(
        _("entry condition"), blank=True, default="", help_text=_("Only deals that fit may enter.")
    )
    needed_fields = models.TextField(
        _("required fields"), blank=True, default="", help_text=_("A deal enters only with these filled in.")
    )
    approval_by = models.CharField(
        _("approval by"), max_length=6, choices=APPROVED_BY, blank=True, default="",
        help_text=_("Empty: deals enter without anybody’s approval."),
    )  # fmt: skip
    approval_role = models.ForeignKey(
        "access.Role", verbose_name=_("role that approves"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    approvers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="StageApprover", verbose_name=_("people who approve"), blank=True,
        related_name="+",
    )  # fmt: skip
    approval_rule = models.TextField(
        _("needs approval when"), blank=True, default="", help_text=_("Empty: every deal needs it.")
    )
    next_kind = models.CharField(_("kind of the next task"), max_length=8, choices=KINDS, blank=True, default="")
    next_title = models.CharField(
        _("next task"), max_length=200, blank=True, default="",
        help_text=_("What is proposed for a deal that comes into this stage."),
    )  # fmt: skip
    next_days = models.PositiveSmallIntegerField(_("due after (working days)"), default=2)
    code = models.CharField(
        _("code"), max_length=40, blank=True, default="", help_text=_("What files and other systems call the stage.")
    )

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        indexes = [models.Index(fields=["pipeline", "position"], name="stage_place")]

    def __str__(self) -> str:
        return self.name


class StageApprover(models.Model):
    """Somebody who may let deals into a stage."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stage", "user"], name="stage_approver_once")]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.user_id}"


class LossReason(Record):
    """Why deals are lost."""

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("reason for losing")
        verbose_name_plural = _("reasons for losing")

    def __str__(self) -> str:
        return self.name


class Competitor(Record):
    """A firm that wants the same deals."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    website = models.URLField(_("website"), blank=True, default="")
    strengths = models.TextField(_("strengths"), blank=True, default="")
    weaknesses = models.TextField(_("weaknesses"), blank=True, default="")

    class Meta:
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")

    def __str__(self) -> str:
        return self.name
