"""What the room does when others report: last contacts, and segments that follow every change."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from hatir.domains.customers import actions
from hatir.domains.customers.actions.membership import empty_segment, retest_linked, retest_touched
from hatir.domains.customers.actions.scores import recalculate_fit
from hatir.domains.customers.events import ScoresReplaced
from hatir.domains.customers.queries import segments_among, segments_that_name
from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.events.facts import RecordsArchived, RecordsChanged, RecordsCreated, RecordsRestored
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.timeline.events import NotePosted

CONTACTS = {"call": "phone", "message": "", "meeting": "visit"}
CUSTOMER, SEGMENT, LIST = "customers.customer", "customers.segment", "customers.list"
TARGETS = {"customers.target_profile", "customers.target_criterion"}
MOST_LINKED = 2000
"""When a linked record leads to more customers than this, the segment is built whole in the background."""
Written = RecordsCreated | RecordsChanged | RecordsArchived | RecordsRestored


@on(NotePosted)
def remember_contact(event: NotePosted, delivery: Delivery) -> None:
    """Keep the last contact on the customer page and list true, and the segments that ask about contacts."""
    ids = [ref.id for ref in event.about if ref.type_key == CUSTOMER]
    actor = _actor(delivery)
    if event.kind in CONTACTS:
        channel = event.channel or CONTACTS[event.kind]
        actions.note_contact(ids, channel=channel, at=delivery.at, actor=actor)
    retest_touched(ids, {f"{CUSTOMER}.timeline"}, actor=actor)


@on(RecordsCreated, RecordsChanged, RecordsArchived, RecordsRestored)
def follow_changes(event: Written, delivery: Delivery) -> None:
    """Test whom a change touched against the segments that hang on it."""
    actor = _actor(delivery)
    ids = [ref.id for ref in event.about]
    if event.type_key == SEGMENT:
        _segment_written(event, ids, actor)
        return
    if event.type_key in TARGETS:
        task_of("customers.recalculate_fit").using(unique_key="customers.recalculate_fit").enqueue()
        return
    fields = _fields(event)
    if event.type_key == CUSTOMER:
        retest_touched(ids, fields, actor=actor)
        recalculate_fit(actor=actor, customer_ids=ids)
    elif event.type_key == LIST and (fields is None or "members" in fields):
        _build(segments_that_name(lists=ids))
    _build(retest_linked(event.type_key, Q(pk__in=ids), actor=actor, most=MOST_LINKED))


@on(ScoresReplaced)
def follow_scores(event: ScoresReplaced, delivery: Delivery) -> None:
    """Test customers whose derived facts changed."""
    retest_touched([ref.id for ref in event.about], set(event.fields), actor=_actor(delivery))


def _segment_written(event: Written, ids: list[int], actor: Actor) -> None:
    if isinstance(event, RecordsArchived):
        for segment in segments_among(ids):
            empty_segment(segment, actor=actor)
        _build(segments_that_name(segments=ids))
    elif not isinstance(event, RecordsChanged) or "rule" in (_fields(event) or ()):
        _build({*ids, *segments_that_name(segments=ids)})


def _build(segment_ids: Collection[int]) -> None:
    if segment_ids:
        task_of("customers.build_segments").enqueue(segment_ids=sorted(segment_ids))


def _fields(event: Written) -> set[str] | None:
    """Give the names that changed in any of the records; None when that is not told: everything may have."""
    if not isinstance(event, RecordsChanged):
        return None
    return {name for names in event.fields.values() for name in names}


def _actor(delivery: Delivery) -> Actor:
    return system_actor("customers").in_operation(delivery.operation)
