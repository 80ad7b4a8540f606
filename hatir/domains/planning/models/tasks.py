"""What somebody has to do: a to-do, a call, a meeting or a visit, all in one table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.customers.models import Customer
from hatir.domains.planning.rules import CALL, MEETING, TO_DO, VISIT
from hatir.foundation.records.models import OwnedRecord
from hatir.foundation.records.refs import PointsAt, RecordRef

OPEN, DONE, CANCELLED = "open", "done", "cancelled"
KINDS = (
    (TO_DO, _("To-do")),
    (CALL, pgettext_lazy("noun", "Call")),
    (MEETING, _("Meeting")),
    (VISIT, _("Visit")),
)
STATUSES = ((OPEN, pgettext_lazy("status", "Open")), (DONE, _("Done")), (CANCELLED, _("Called off")))
PRIORITIES = (("high", _("High")), ("normal", _("Normal")), ("low", _("Low")))
OUTCOMES = (
    ("done", _("Done")),
    ("partly", _("Partly done")),
    ("not_needed", _("No longer needed")),
    ("reached", _("Reached")),
    ("no_answer", _("No answer")),
    ("call_back", _("Asks to be called back")),
    ("not_interested", _("Not interested")),
    ("held", _("Took place")),
    ("no_show", _("Did not take place")),
    ("put_off", _("Postponed")),
)


class Task(OwnedRecord):
    """One thing to do, for its owner, about a record.

    `due_at` is when a to-do is due and when the others begin; `ends_at` when these end. With `repeat_rule` (RFC 5545,
    counted in `zone`) the row is the next one of a series: completing it makes the one after it. `repeat_except`
    holds the instants of the series that are left out. `about_type`/`about_id` name the record that it is about
    (a deal, a ticket); `customer` is that record's customer. `once` keeps what is sent twice from being stored twice.
    """

    points_at = (PointsAt("about_type", "about_id"),)

    kind = models.CharField(_("kind"), max_length=8, choices=KINDS, default=TO_DO)
    title = models.CharField(_("what is to be done"), max_length=300)
    note = models.TextField(_("note"), blank=True, default="")
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    about_type = models.CharField(max_length=80, blank=True, default="", editable=False)
    about_id = models.BigIntegerField(null=True, editable=False)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    is_all_day = models.BooleanField(_("all day"), default=False)
    place = models.CharField(_("place"), max_length=200, blank=True, default="")
    priority = models.CharField(_("priority"), max_length=6, choices=PRIORITIES, default="normal")
    remind_at = models.DateTimeField(_("reminder"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, editable=False)
    repeat_rule = models.CharField(
        _("repeats"),
        max_length=300,
        blank=True,
        default="",
        help_text=_("every day, every working day, every week, every month, every year, or a rule of RFC 5545"),
    )
    repeat_except = models.JSONField(default=list, blank=True, editable=False)
    zone = models.CharField(max_length=64, blank=True, default="", editable=False)
    status = models.CharField(_("status"), max_length=9, choices=STATUSES, default=OPEN)
    outcome = models.CharField(_("result"), max_length=14, choices=OUTCOMES, blank=True, default="")
    result = models.TextField(_("what came of it"), blank=True, default="")
    done_at = models.DateTimeField(_("done on"), null=True, blank=True, editable=False)
    once = models.BigIntegerField(null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(fields=["owner", "due_at"], name="task_open_of", condition=models.Q(status=OPEN)),
            models.Index(fields=["team", "due_at"], name="task_open_of_team", condition=models.Q(status=OPEN)),
            models.Index(fields=["about_id", "due_at"], name="task_open_about", condition=models.Q(status=OPEN)),
            models.Index(fields=["customer", "-due_at"], name="task_customer"),
            models.Index(fields=["owner", "due_at", "ends_at"], name="task_calendar"),
            models.Index(fields=["due_at", "id"], name="task_due"),
            models.Index(
                fields=["remind_at"], name="task_remind", condition=models.Q(status=OPEN, remind_at__isnull=False)
            ),
            models.Index(fields=["status", "-id"], name="task_status"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def about(self) -> RecordRef | None:
        """Give the record that the task is about."""
        return RecordRef(self.about_type, self.about_id) if self.about_type and self.about_id else None
