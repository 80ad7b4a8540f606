"""Who hears of what."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hatir.foundation.events.bus import Delivery, on, on_key
from hatir.foundation.events.facts import Event, RecordsArchived, RecordsChanged, RecordsCreated
from hatir.foundation.jobs.declaration import label_of
from hatir.foundation.jobs.events import JobEnded
from hatir.foundation.jobs.models import CANCELLED, DONE
from hatir.foundation.notifications import presence
from hatir.foundation.notifications.actions import Item, notify
from hatir.foundation.notifications.queries import active_users, administrators, followers, records_of, those_who_see
from hatir.foundation.notifications.wording import speaking_to
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.models import User
from hatir.kit.ids import encode_id


@on(RecordsCreated, RecordsChanged)
def tell_new_owners(event: RecordsCreated | RecordsChanged, delivery: Delivery) -> None:
    """Tell who was made owner of records by somebody else."""
    rt = _type(event.type_key)
    if rt is None or rt.scope is None or not rt.scope.owner:
        return
    refs = [ref for ref in event.about if isinstance(event, RecordsCreated) or _owner_changed(event, ref, rt)]
    if not refs:
        return
    column = f"{rt.scope.owner}_id"
    rows = records_of(rt, [ref.id for ref in refs]).exclude(**{column: None})
    given: dict[int, list[tuple[RecordRef, str]]] = {}
    for record in rows.exclude(**{column: delivery.user_id}) if delivery.user_id else rows:
        given.setdefault(getattr(record, column), []).append((rt.ref(record), rt.title_of(record)))
    if not given:
        return
    notify(_assigned(given, rt, delivery), event_id=delivery.event_id, at=delivery.at)


def _owner_changed(event: RecordsChanged, ref: RecordRef, rt: RecordType) -> bool:
    return bool(rt.scope) and rt.scope.owner in event.fields.get(encode_id(ref.id), ())  # type: ignore[union-attr]


def _assigned(given: dict[int, list[tuple[RecordRef, str]]], rt: RecordType, delivery: Delivery) -> list[Item]:
    items = []
    for user in active_users(given):
        records = given[user.pk]
        first, title = records[0]
        with speaking_to(user):
            words = _("%(by)s gave you %(title)s")
            if len(records) > 1:
                words = _("%(by)s gave you %(count)d records: %(title)s …")
            text = words % {"by": delivery.actor_label, "title": title, "count": len(records)}
            items.append(
                Item(user.pk, "assigned", text, level="task", action=_("Open"), ref=first, by=delivery.actor_label)
            )
    return items


@on(RecordsChanged, RecordsArchived)
def tell_followers(event: RecordsChanged | RecordsArchived, delivery: Delivery) -> None:
    """Tell who follows a record that somebody else changed it."""
    rt = _type(event.type_key)
    if rt is None:
        return
    following = followers(event.about)
    items: list[Item] = []
    for ref in event.about:
        users = [user_id for user_id in following.get(ref.id, ()) if user_id != delivery.user_id]
        if users:
            items += [_followed(user, rt, ref, event, delivery) for user in those_who_see(users, ref)]
    notify(items, event_id=delivery.event_id, at=delivery.at)


def _followed(
    user: User, rt: RecordType, ref: RecordRef, event: RecordsChanged | RecordsArchived, delivery: Delivery
) -> Item:
    record = records_of(rt, [ref.id])[0]
    with speaking_to(user):
        words = _("%(by)s archived %(title)s") if isinstance(event, RecordsArchived) else _("%(by)s changed %(title)s")
        text = words % {"by": delivery.actor_label, "title": rt.title_of(record)}
        return Item(user.pk, "followed", text, level="team", action=_("Open"), ref=ref, by=delivery.actor_label)


@on(JobEnded)
def tell_starter(event: JobEnded, delivery: Delivery) -> None:
    """Tell who started a job that it failed, or while they are away that it is done. Who stops one knows it."""
    if delivery.user_id is None or event.state == CANCELLED:
        return
    is_done = event.state == DONE
    if is_done and presence.is_here(delivery.user_id):
        return  # their open page has said so already
    items = []
    for user in active_users([delivery.user_id]):
        with speaking_to(user):
            words = _("%(title)s: done.") if is_done else _("%(title)s failed.")
            items.append(
                Item(
                    user.pk,
                    "job_done" if is_done else "job_failed",
                    words % {"title": label_of(event.task)},
                    level="info" if is_done else "task",
                    detail=event.told,
                    action=_("Open"),
                    url=f"/jobs/{event.job_id}/",
                )
            )
    notify(items, event_id=delivery.event_id, at=delivery.at)


@on_key("timeline.note_posted")
def tell_mentioned(event: Event, delivery: Delivery) -> None:
    """Tell who is named in a note, and who was given a task; only those who may see the record."""
    # The timeline stands on the same floor, so its event is known by key, not by class.
    ref = event.about[0]
    mentions: Sequence[int] = getattr(event, "mentions", ())
    is_task = getattr(event, "kind", "") == "task"
    rt = _type(ref.type_key)
    if rt is None or not mentions:
        return
    record = next(iter(records_of(rt, [ref.id])), None)
    if record is None:
        return
    items = []
    for user in those_who_see([user_id for user_id in mentions if user_id != delivery.user_id], ref):
        with speaking_to(user):
            words = _("%(by)s gave you a task: %(title)s") if is_task else _("%(by)s mentioned you: %(title)s")
            items.append(
                Item(
                    user.pk,
                    "task" if is_task else "mention",
                    words % {"by": delivery.actor_label, "title": rt.title_of(record)},
                    level="task",
                    detail=str(getattr(event, "text", ""))[:200],
                    action=_("Open") if is_task else _("Reply"),
                    ref=ref,
                    by=delivery.actor_label,
                )
            )
    notify(items, event_id=delivery.event_id, at=delivery.at)


@on_key("transfer.mass_export")
def tell_of_mass_export(event: Event, delivery: Delivery) -> None:
    """Tell the other administrators that someone takes very many records out."""
    rt = _type(getattr(event, "type_key", ""))
    if rt is None:
        return
    items = []
    for user in administrators(without=delivery.user_id):
        with speaking_to(user):
            told = _("%(by)s exported many records (%(what)s)")
            detail = _("At least %(count)d records at once, %(exports)d exports within an hour, from %(origin)s.")
            if getattr(event, "format", "") == "api":
                told = _("%(by)s reads many records through the API (%(what)s)")
                detail = _("%(count)d records within an hour, from %(origin)s.")
            detail %= {
                "count": getattr(event, "at_least", 0),
                "exports": getattr(event, "exports", 0),
                "origin": getattr(event, "origin", "") or "–",
            }
            text = told % {"by": delivery.actor_label, "what": rt.plural_label}
            items.append(
                Item(
                    user.pk,
                    "mass_export",
                    text,
                    level="task",
                    detail=detail,
                    action=_("Open"),
                    url="/settings/audit/",
                    by=delivery.actor_label,
                )
            )
    notify(items, event_id=delivery.event_id, at=delivery.at)


def _type(key: str) -> RecordType | None:
    try:
        return record_type(key)
    except NotFoundHere:
        return None
