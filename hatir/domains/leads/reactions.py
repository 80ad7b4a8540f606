"""What the room does when others report: leads find their people and their score, answers stop the clock."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hatir.domains.leads import actions
from hatir.domains.leads.events import FormSubmitted, LeadConverted, LeadVisited
from hatir.domains.leads.models import STATUSES
from hatir.domains.leads.queries import steps_taken
from hatir.domains.planning.events import TaskCompleted
from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.events.facts import RecordsArchived, RecordsChanged, RecordsCreated, RecordsRestored
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.timeline.actions import keep_entries
from hatir.foundation.timeline.events import NotePosted
from hatir.foundation.timeline.models import TimelineEntry

LEAD, STEP, CUSTOMER = "leads.lead", "leads.lead_step", "customers.customer"
ANSWERS = frozenset({"call", "message", "meeting"})
WEIGHED = frozenset({"leads.score_rule", "customers.target_profile", "customers.target_criterion"})
Written = RecordsCreated | RecordsChanged | RecordsArchived | RecordsRestored


@on(RecordsCreated, RecordsChanged, RecordsArchived, RecordsRestored)
def follow_changes(event: Written, delivery: Delivery) -> None:
    """Give new leads to whom the rules say, and keep the scores true."""
    del delivery
    if event.type_key in WEIGHED:
        task_of("leads.rescore").using(unique_key="leads.rescore").enqueue()
    if event.type_key != LEAD or isinstance(event, RecordsArchived):
        return
    ids = [ref.id for ref in event.about]
    if isinstance(event, RecordsCreated):
        actions.assign_leads(ids)
    actions.rescore(ids)
    actions.refresh_chances(ids)


@on(FormSubmitted, LeadVisited)
def follow_touches(event: FormSubmitted | LeadVisited, delivery: Delivery) -> None:
    """What a lead does counts for its score."""
    del delivery
    actions.rescore([ref.id for ref in event.about if ref.type_key == LEAD])


@on(NotePosted)
def follow_notes(event: NotePosted, delivery: Delivery) -> None:
    """Remember that somebody wrote on a lead; a call or a message by a colleague is the first answer."""
    ids = [ref.id for ref in event.about if ref.type_key == LEAD]
    if ids:
        answered = event.kind in ANSWERS and delivery.user_id is not None
        actions.note_activity(ids, at=delivery.at, answered=answered)


@on(TaskCompleted)
def follow_tasks(event: TaskCompleted, delivery: Delivery) -> None:
    """A call that was made is the first answer too, reached or not: somebody cared. Who was reached has replied."""
    ids = [ref.id for ref in event.about if ref.type_key == LEAD]
    if ids:
        actions.note_activity(ids, at=delivery.at, answered=event.kind in ("call", "meeting", "visit"))
        if event.outcome in ("reached", "held"):
            actions.note_replies(ids, at=delivery.at, key=delivery.event_id)


@on(LeadConverted)
def tell_way(event: LeadConverted, delivery: Delivery) -> None:
    """Leave the lead's way, step by step, on the timelines of whom it became; its own page shows it in any case."""
    del delivery
    names = dict(STATUSES)
    keep_entries(
        TimelineEntry(
            type_key=CUSTOMER,
            about_id=customer.id,
            at=step.entered_at,
            kind="system",
            user_id=step.user_id,
            user_label=step.user_label,
            title=_("lead: %(status)s") % {"status": names[step.status]},
            body=step.note,
            ref_type=STEP,
            ref_id=step.pk,
        )
        for step in steps_taken(event.about[0].id)
        for customer in event.about[1:]
        if customer.type_key == CUSTOMER
    )
