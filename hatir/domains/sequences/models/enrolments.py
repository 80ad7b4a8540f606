"""Who goes through a sequence, how far, and what happened on the way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.customers.models import Customer
from hatir.domains.leads.models import Lead
from hatir.domains.planning.models import Task
from hatir.domains.sales.models import Deal
from hatir.domains.sequences import rules
from hatir.domains.sequences.models.sequences import Sequence, Step
from hatir.foundation.records.models import OwnedRecord
from hatir.kit.ids import new_id

STATUSES = (
    (rules.ACTIVE, pgettext_lazy("enrolment", "Under way")),
    (rules.PAUSED, pgettext_lazy("enrolment", "Paused")),
    (rules.FINISHED, pgettext_lazy("enrolment", "Finished")),
    (rules.STOPPED, pgettext_lazy("enrolment", "Stopped")),
)
REASONS = (
    (rules.REPLIED, pgettext_lazy("enrolment", "Answered")),
    (rules.MEETING, _("Meeting booked")),
    (rules.BOUNCED, _("Mail came back")),
    (rules.UNSUBSCRIBED, _("Wants no more mails")),
    (rules.CONVERTED, _("Lead converted")),
    (rules.DISQUALIFIED, _("Lead disqualified")),
    (rules.WON, _("Deal won")),
    (rules.LOST, _("Deal lost")),
    (rules.BY_HAND, _("By a colleague")),
    (rules.NO_ADDRESS, _("No e-mail address")),
    (rules.NO_CONSENT, _("No consent for e-mail")),
    (rules.ADDRESS_BOUNCED, _("Mails to this address came back")),
    (rules.LACKS_WORD, _("A word that the text needs is missing")),
    (rules.SENDER_GONE, _("The sender is no longer here")),
    (rules.RECORD_ARCHIVED, _("The record is archived")),
    (rules.REFUSED, _("The mail was refused")),
)
RUN_STATES = (
    ("sent", pgettext_lazy("step", "Sent")),
    ("bounced", pgettext_lazy("step", "Came back")),
    ("open", pgettext_lazy("step", "Planned")),
    ("done", pgettext_lazy("step", "Done")),
    ("late", pgettext_lazy("step", "Not done in time")),
    ("skipped", pgettext_lazy("step", "Skipped")),
)
WAITS = ((rules.FOR_TIME, _("its time")), (rules.FOR_SENDER, _("the sender’s turn")), (rules.FOR_TASK, _("a task")))
LIVE = Q(status__in=rules.OPEN, archived_at=None)


class Enrolment(OwnedRecord):
    """A lead, a deal or a customer (exactly one) on its way through a sequence; its owner is the sender.

    It stands on `step`, which it leaves at `due_at`, when it is the sender's turn (`queued_at` says since when it
    waits for that), or when a task is done: `awaits` says for which. `last_step` was the last one taken. `contact` is
    who is written to about a deal, where that is not the deal's customer. Where it stands is derived: it is written
    in bulk, without version and audit; `StepRun` and `EnrolmentMove` are its log. `reason` says why it rests or ended.
    """

    sequence = models.ForeignKey(
        Sequence, verbose_name=_("sequence"), on_delete=models.CASCADE, related_name="enrolments", db_index=False
    )
    lead = models.ForeignKey(
        Lead, verbose_name=_("lead"), null=True, blank=True, on_delete=models.CASCADE, related_name="enrolments"
    )
    deal = models.ForeignKey(
        Deal, verbose_name=_("deal"), null=True, blank=True, on_delete=models.CASCADE, related_name="enrolments"
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), null=True, blank=True, on_delete=models.CASCADE,
        related_name="enrolments",
    )  # fmt: skip
    contact = models.ForeignKey(
        Customer, verbose_name=_("contact of the deal"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="enrolments_as_contact",
    )  # fmt: skip
    enrolled_at = models.DateTimeField(_("enrolled"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=STATUSES, default=rules.ACTIVE)
    status_at = models.DateTimeField(_("in the status since"), editable=False, blank=True)
    reason = models.CharField(_("reason"), max_length=15, choices=REASONS, blank=True, default="", editable=False)
    reason_text = models.CharField(_("said of it"), max_length=300, blank=True, default="", editable=False)
    step = models.ForeignKey(
        Step, verbose_name=_("stands on"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        editable=False,
    )  # fmt: skip
    last_step = models.ForeignKey(
        Step, verbose_name=_("last step"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        editable=False,
    )  # fmt: skip
    due_at = models.DateTimeField(_("goes on"), null=True, blank=True, editable=False)
    awaits = models.CharField(_("waits for"), max_length=6, choices=WAITS, default=rules.FOR_TIME, editable=False)
    queued_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_count = models.PositiveSmallIntegerField(_("mails"), default=0, editable=False)
    replied_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    met_at = models.DateTimeField(_("meeting booked"), null=True, blank=True, editable=False)
    bounced_at = models.DateTimeField(_("came back"), null=True, blank=True, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        indexes = [
            models.Index(fields=["sequence", "status", "-id"], name="enrolment_sequence"),
            models.Index(fields=["owner", "status", "-id"], name="enrolment_owner"),
            models.Index(
                fields=["due_at", "id"], name="enrolment_due", condition=Q(status=rules.ACTIVE, due_at__isnull=False)
            ),
            models.Index(
                fields=["owner", "queued_at", "id"], name="enrolment_queue",
                condition=Q(status=rules.ACTIVE, awaits=rules.FOR_SENDER),
            ),
            models.Index(fields=["archived_at", "-id"], name="enrolment_recent"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["sequence", "lead"], name="enrolment_lead_once", condition=LIVE & Q(lead__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["sequence", "deal"], name="enrolment_deal_once", condition=LIVE & Q(deal__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["sequence", "customer"], name="enrolment_customer_once",
                condition=LIVE & Q(customer__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.sequence)


class StepRun(models.Model):
    """A step that an enrolment took, once. `sender` sent the mail to the address `to`; `task` is what a call became."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="runs", db_index=False)
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=7, choices=RUN_STATES)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+",
                               db_index=False)  # fmt: skip
    to = models.EmailField(blank=True, default="")
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=14, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["sender", "at"], name="step_run_sender", condition=Q(sender__isnull=False)),
            models.Index(fields=["to"], name="step_run_bounced", condition=Q(state="bounced")),
        ]
        constraints = [models.UniqueConstraint(fields=["enrolment", "step"], name="step_run_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.step_id} {self.state}"


class EnrolmentMove(models.Model):
    """An enrolment came into a status: by whom, and why."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="moves", db_index=False)
    status = models.CharField(max_length=8, choices=STATUSES)
    reason = models.CharField(max_length=15, choices=REASONS, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    user_label = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["enrolment", "at"], name="enrolment_move_place")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.status}"
