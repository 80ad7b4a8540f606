"""What the room does when others report: tasks done, meetings booked, records decided, archived, handed over."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hatir.domains.leads.events import LeadConverted, LeadDisqualified
from hatir.domains.planning.events import TaskPlanned
from hatir.domains.sales.events import DealLost, DealWon
from hatir.domains.sequences import actions, queries
from hatir.domains.sequences.events import EnrolmentPaused, EnrolmentStopped
from hatir.domains.sequences.models import REASONS
from hatir.domains.sequences.queries.subjects import CUSTOMER, DEAL, HOUSE, LEAD
from hatir.domains.sequences.rules import (
    ADDRESS_BOUNCED,
    BOUNCED,
    CONVERTED,
    DISQUALIFIED,
    LACKS_WORD,
    LOST,
    MEETING,
    NO_ADDRESS,
    NO_CONSENT,
    REFUSED,
    REPLIED,
    UNSUBSCRIBED,
    WON,
)
from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.events.facts import RecordsArchived, RecordsChanged, RecordsRestored
from hatir.foundation.notifications.actions import Item, notify
from hatir.foundation.notifications.queries import those_who_see
from hatir.foundation.notifications.wording import speaking_to
from hatir.foundation.timeline.queries import titles_of
from hatir.kit.ids import encode_id

TASK, STEP, ENROLMENT = "planning.task", "sequences.step", "sequences.enrolment"
CARRIED = (LEAD, DEAL, CUSTOMER)
MEETINGS = ("meeting", "visit")
BOOKING = "booking"
"""The name under which guests book for themselves; a call that they book is a meeting too."""
TOLD = frozenset(
    {REPLIED, BOUNCED, UNSUBSCRIBED, MEETING, NO_ADDRESS, NO_CONSENT, ADDRESS_BOUNCED, LACKS_WORD, REFUSED}
)
"""Reasons that an owner should hear of; the others are his own doing or told by their own events."""
Decided = LeadConverted | LeadDisqualified | DealWon | DealLost
REASON = {LeadConverted: CONVERTED, LeadDisqualified: DISQUALIFIED, DealWon: WON, DealLost: LOST}


@on(LeadConverted, LeadDisqualified, DealWon, DealLost)
def stop_decided(event: Decided, delivery: Delivery) -> None:
    """Stop the sequences of leads and deals that are decided."""
    ref = event.about[0]
    actions.stop_for(ref.type_key, [ref.id], REASON[type(event)], at=delivery.at)


@on(TaskPlanned)
def stop_for_meetings(event: TaskPlanned, delivery: Delivery) -> None:
    """Stop the sequences of those with whom a meeting was booked."""
    if event.kind in MEETINGS or (delivery.actor_kind == "system" and delivery.actor_label == BOOKING):
        actions.stop_for_meeting([(ref.type_key, ref.id) for ref in event.about], at=delivery.at)


@on(RecordsChanged, RecordsArchived)
def follow_tasks(event: RecordsChanged | RecordsArchived, delivery: Delivery) -> None:
    """Let enrolments go on whose call or task was done or is no longer there."""
    if event.type_key == TASK:
        actions.follow_tasks([ref.id for ref in event.about], at=delivery.at)


@on(RecordsArchived, RecordsRestored)
def follow_archiving(event: RecordsArchived | RecordsRestored, delivery: Delivery) -> None:
    """Let enrolments rest while their record is archived, and call off what those planned that were taken back."""
    ids, key = [ref.id for ref in event.about], event.type_key
    if isinstance(event, RecordsRestored):
        if key in CARRIED:
            actions.go_on_for_restored(key, ids)
    elif key in CARRIED:
        actions.rest_for_archived(key, ids, at=delivery.at)
    elif key == ENROLMENT:
        actions.call_off_of_gone(ids, at=delivery.at)
    elif key == STEP:
        actions.pass_over(ids, at=delivery.at)


@on(RecordsChanged)
def follow_handover(event: RecordsChanged, delivery: Delivery) -> None:
    """Give enrolments to the new owners of their records, and let those go on whose sender was gone."""
    del delivery
    key = event.type_key
    if key not in (*CARRIED, ENROLMENT):
        return
    ids = [ref.id for ref in event.about if "owner" in event.fields.get(encode_id(ref.id), ())]
    if ids and key == ENROLMENT:
        actions.go_on_with_sender(ids)
    elif ids:
        actions.follow_owners(key, ids)


@on(EnrolmentStopped, EnrolmentPaused)
def tell_owner(event: EnrolmentStopped | EnrolmentPaused, delivery: Delivery) -> None:
    """Tell the owner that somebody answered or that a mail came back, and what waits for a look."""
    if event.reason not in TOLD:
        return
    owner_id = queries.owner_of(event.about[0].id)
    if owner_id is None or delivery.user_id == owner_id:
        return
    about = event.about[1]
    for user in those_who_see([owner_id], about):
        with speaking_to(user):
            name = titles_of(HOUSE, [str(about)]).get(str(about), "")
            text = _("%(name)s: %(reason)s") % {"name": name, "reason": dict(REASONS)[event.reason]}
            detail = _("Sequence: %(name)s") % {"name": event.sequence}
            item = Item(user.pk, "other", text, level="task", detail=detail, action=_("Open"), ref=about)
            notify([item], event_id=delivery.event_id, at=delivery.at)
