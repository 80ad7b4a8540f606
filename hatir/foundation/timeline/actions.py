"""Write on records: notes and calls by people, entries by other rooms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import get_visible, has_permission, visible
from hatir.foundation.events.bus import publish
from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, EditConflict, Invalid, NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.models import User
from hatir.foundation.timeline.events import NotePosted
from hatir.foundation.timeline.models import CHANNELS, DIRECTIONS, WRITTEN_KINDS, TimelineEntry
from hatir.foundation.timeline.queries import titles_of
from hatir.foundation.timeline.rules import LONGEST_BODY, LONGEST_TITLE, linked_refs, once_key, with_refs, with_titles


def add_entry(
    about: RecordRef,
    *,
    actor: Actor,
    kind: str,
    at: datetime | None = None,
    title: str = "",
    body: str = "",
    channel: str = "",
    direction: str = "",
    data: Mapping[str, Any] | None = None,
    ref: RecordRef | None = None,
    event_id: int | None = None,
    due_at: datetime | None = None,
) -> TimelineEntry:
    """Put one entry on a record's timeline; what other rooms call when they react to their own events.

    With `event_id` the same event leaves one entry on the record, however often it is handled.
    """
    entry = TimelineEntry(
        type_key=about.type_key,
        about_id=about.id,
        at=at or timezone.now(),
        kind=kind,
        title=title[:LONGEST_TITLE],
        body=body[:LONGEST_BODY],
        channel=channel,
        direction=direction,
        user_id=actor.user_id,
        user_label=actor.label[:120],
        data=dict(data or {}),
        ref_type=ref.type_key if ref else "",
        ref_id=ref.id if ref else None,
        event_id=event_id,
        due_at=due_at,
    )
    add_entries([entry])
    return entry


def add_entries(entries: Iterable[TimelineEntry]) -> None:
    """Put many entries on their records' timelines in bulk; those of an event already handled are left out."""
    rows = list(entries)
    bulk.insert([entry for entry in rows if entry.event_id is None])
    bulk.insert_missing([entry for entry in rows if entry.event_id is not None])


def keep_entries(entries: Iterable[TimelineEntry]) -> None:
    """Let each entry stand once on its record for the record it refers to (`ref`), as it says now."""
    rows = list(entries)
    for entry in rows:
        entry.event_id = _key_of_ref(entry.ref_type, entry.ref_id)
    held = TimelineEntry.objects.filter(event_id__in={entry.event_id for entry in rows})
    known = {(entry.event_id, entry.about_id): entry for entry in held}
    for entry in rows:
        old = known.get((entry.event_id, entry.about_id))
        if old is not None:
            entry.user_id, entry.user_label = old.user_id, old.user_label
            entry.pk, entry.version, entry._state.adding = old.pk, old.version + 1, False
            entry.save()
    bulk.insert_missing([entry for entry in rows if entry._state.adding])


def take_off(refs: Iterable[RecordRef]) -> None:
    """Take the entries off the timeline that `keep_entries` put there for these records."""
    keys = [_key_of_ref(ref.type_key, ref.id) for ref in refs]
    TimelineEntry.objects.filter(event_id__in=keys, archived_at=None).update(archived_at=timezone.now())


def _key_of_ref(type_key: str, record_id: int | None) -> int:
    return once_key(None, f"{type_key}:{record_id}")


def post_note(
    about: RecordRef,
    text: str,
    *,
    actor: Actor,
    mentions: Sequence[int] = (),
    at: datetime | None = None,
    once: str = "",
) -> TimelineEntry:
    """Write a note on a record and tell those who are mentioned. Raises Invalid or NotFoundHere.

    Here and in the other verbs a second call of the same actor with the same `once` gives the entry of the first.
    """
    return _post(about, actor=actor, kind="note", body=text, mentions=mentions, at=at, once=once)


def log_call(
    about: RecordRef,
    text: str,
    *,
    actor: Actor,
    direction: str = "out",
    minutes: int | None = None,
    outcome: str = "",
    at: datetime | None = None,
    mentions: Sequence[int] = (),
    once: str = "",
) -> TimelineEntry:
    """Write down a telephone call; `minutes` is how long it took, `outcome` what came of it."""
    data: dict[str, Any] = {"minutes": minutes} if minutes else {}
    if outcome:
        data["outcome"] = outcome[:80]
    return _post(
        about, actor=actor, kind="call", body=text, channel="phone", direction=direction, data=data, at=at,
        mentions=mentions, needs_text=False, once=once,
    )  # fmt: skip


def _post(
    about: RecordRef,
    *,
    actor: Actor,
    kind: str,
    title: str = "",
    body: str = "",
    channel: str = "",
    direction: str = "",
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    mentions: Sequence[int] = (),
    needs_text: bool = True,
    once: str = "",
) -> TimelineEntry:
    title, body = " ".join(title.split()), body.replace("\x00", "").strip()
    _check_text(kind, title, body, needs_text=needs_text)
    with transaction.atomic():
        get_visible(actor, about.type_key, about.id)
        key = once_key(actor.user_id, once) if once else None
        written = TimelineEntry.objects.filter(event_id=key, about_id=about.id).first() if once else None
        if written is not None:
            return written
        titles = titles_of(actor, linked_refs(body))
        linked = {"linked": titles} if titles else {}
        entry = add_entry(
            about, actor=actor, kind=kind, title=title, body=body, channel=channel, direction=direction,
            data={**(data or {}), **_mentioned(mentions), **linked}, at=at,
            event_id=key,
        )  # fmt: skip
        publish(
            NotePosted(
                about=(about,), entry_id=entry.pk, kind=kind, channel=channel,
                text=with_titles(body or title, titles)[:500], mentions=tuple(mentions), refs=linked_refs(body),
            ),
            actor=actor,
        )  # fmt: skip
    return entry


def _mentioned(ids: Sequence[int]) -> dict[str, Any]:
    """Keep who was named, with the names as they were."""
    if not ids:
        return {}
    users = list(User.objects.filter(pk__in=list(ids), is_active=True).order_by("name"))
    return {"mentions": [user.pk for user in users], "mentioned": [user.name for user in users]}


def _check_text(kind: str, title: str, body: str, *, needs_text: bool) -> None:
    if kind in ("task", "meeting") and not title:
        raise Invalid({"title": [_("Write what it is about.")]})
    if needs_text and not body:
        raise Invalid({"text": [_("Write something first.")]})
    if len(body) > LONGEST_BODY:
        raise Invalid({"text": [_("At most %(count)d characters fit here.") % {"count": LONGEST_BODY}]})


def edit_entry(
    entry_id: int, *, actor: Actor, text: str, title: str | None = None, expected_version: int | None = None
) -> TimelineEntry:
    """Change what one wrote. Raises NotFoundHere, Denied (another's entry) or EditConflict."""
    with transaction.atomic():
        entry = own_entry(entry_id, actor=actor)
        if expected_version is not None and entry.version != expected_version:
            raise EditConflict({"text": (text, entry.body)})
        text = with_refs(text, entry.data.get("linked", {}))
        _check_text(entry.kind, entry.title if title is None else title, text, needs_text=entry.kind == "note")
        entry.body = text.strip()[:LONGEST_BODY]
        entry.data = {**entry.data, "linked": titles_of(actor, linked_refs(entry.body))}
        entry.title = entry.title if title is None else title[:LONGEST_TITLE]
        entry.edited_at = timezone.now()
        entry.version += 1
        entry.save(update_fields=["body", "title", "data", "edited_at", "version"])
    return entry


def archive_entry(entry_id: int, *, actor: Actor) -> TimelineEntry:
    """Take an entry off the timeline; `restore_entry` brings it back."""
    return _set(entry_id, actor, archived_at=timezone.now())


def restore_entry(entry_id: int, *, actor: Actor) -> TimelineEntry:
    """Bring an entry back that was taken off the timeline."""
    return _set(entry_id, actor, archived_at=None)


def _set(entry_id: int, actor: Actor, *, archived_at: datetime | None) -> TimelineEntry:
    entry = own_entry(entry_id, actor=actor)
    entry.archived_at = archived_at
    entry.version += 1
    entry.save(update_fields=["archived_at", "version"])
    return entry


def seen_entry(entry_id: int, *, actor: Actor) -> TimelineEntry:
    """Fetch an entry whose record the actor may see. Raises NotFoundHere."""
    entry = TimelineEntry.objects.filter(pk=entry_id).first()
    if entry is None or not visible(actor, record_type(entry.type_key)).filter(pk=entry.about_id).exists():
        raise NotFoundHere(str(entry_id))
    return entry


def own_entry(entry_id: int, *, actor: Actor) -> TimelineEntry:
    """Fetch an entry that the actor may change: written by himself, or by anybody for those who manage settings.

    Raises NotFoundHere, or Denied when it is another's.
    """
    entry = seen_entry(entry_id, actor=actor)
    is_own = entry.user_id is not None and entry.user_id == actor.user_id
    if entry.kind not in WRITTEN_KINDS or not (is_own or actor.is_system or has_permission(actor, MANAGE)):
        raise Denied("edit", entry.type_key)
    return entry


def known_channel(channel: str) -> str:
    """Give a channel's key when it is one, else nothing."""
    return channel if channel in dict(CHANNELS) else ""


def known_direction(direction: str) -> str:
    """Give a direction's key when it is one, else nothing."""
    return direction if direction in dict(DIRECTIONS) else ""
