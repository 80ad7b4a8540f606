"""Read timelines as one actor may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.db.models.lookups import Contains
from django.utils.translation import gettext_lazy as _

from hatir.foundation.access.queries import scope_condition, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.expressions import Fold
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.refs import RecordRef, parse_ref
from hatir.foundation.records.registry import fields_of, record_type, root_types
from hatir.foundation.timeline.joining import joined
from hatir.foundation.timeline.models import CHANNELS, DIRECTIONS, KINDS, TimelineEntry
from hatir.foundation.timeline.rules import with_refs, with_titles
from hatir.kit.ids import decode_id, encode_id
from hatir.kit.text_tr import fold

PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_PEOPLE = 500


@dataclass(frozen=True)
class Pick:
    """Which entries of a timeline are wanted; empty means all."""

    kinds: tuple[str, ...] = ()
    channel: str = ""
    user_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    with_people: bool = False


@dataclass(frozen=True)
class Page:
    """Some entries, newest first, and the cursor of the next page ("" at the end)."""

    entries: Sequence[TimelineEntry] = field(default_factory=tuple)
    more: str = ""


NO_PICK = Pick()


def step_of(type_key: str) -> RecordType:
    """Give what filters on a type may ask about its timeline: when something of a kind happened, by which channel."""
    return RecordType(
        key=f"{type_key}.timeline",
        model=TimelineEntry,  # type: ignore[arg-type]  # asked about, never written as a record
        title="kind",
        label=_("interaction"),
        plural=_("interactions"),
        part_of="about_id",
        where={"type_key": type_key},
        plain_fields=(
            FieldSpec("kind", _("kind"), "choice", "kind", choices=KINDS),
            FieldSpec("at", _("when"), "datetime", "at"),
            FieldSpec("channel", _("channel"), "choice", "channel", choices=CHANNELS),
            FieldSpec("direction", _("direction"), "choice", "direction", choices=DIRECTIONS),
        ),
    )


def entries_of(actor: Actor, about: RecordRef, pick: Pick = NO_PICK, *, after: str = "", size: int = PAGE) -> Page:
    """Give a page of a record's entries; one statement. A record that the actor may not see has none.

    `after` is the `more` of the page before; a wrong one counts as the first page.
    """
    rows = _about(actor, about, pick.with_people)
    rows = _picked(rows, pick)
    place = _place(after)
    if place is not None:
        at, entry_id = place
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=entry_id))
    found = list(rows.order_by("-at", "-id")[: size + 1])
    more = _cursor(found[size - 1]) if len(found) > size else ""
    return Page(_told(actor, found[:size]), more)


def _told(actor: Actor, entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """Leave out what is told of money in records that the actor may not see: a colleague's quote, deal or order.

    Only whose view is limited costs a statement, one for each such type on the page.
    """
    named: dict[str, set[int]] = {}
    for entry in entries:
        if entry.kind == "money" and entry.ref_id is not None and _is_limited(actor, entry.ref_type):
            named.setdefault(entry.ref_type, set()).add(entry.ref_id)
    hidden: set[int] = set()
    for key, ids in named.items():
        hidden |= ids - set(visible(actor, record_type(key)).filter(pk__in=ids).values_list("pk", flat=True))
    return [entry for entry in entries if entry.kind != "money" or entry.ref_id not in hidden]


def _is_limited(actor: Actor, type_key: str) -> bool:
    try:
        return scope_condition(actor, record_type(type_key)) is not None
    except NotFoundHere:
        return False


def entry_seen(actor: Actor, about: RecordRef, entry_id: int) -> TimelineEntry | None:
    """Find one entry of a record that the actor may see."""
    return _about(actor, about, False).filter(pk=entry_id).first()


def _about(actor: Actor, about: RecordRef, with_people: bool) -> QuerySet[TimelineEntry]:
    rt = record_type(about.type_key)
    if with_people:
        ids = [about.id, *people_of(actor, rt, about.id)]
        return TimelineEntry.objects.filter(about_id__in=visible(actor, rt).filter(pk__in=ids).values("pk"))
    further = joined(actor, about)
    rows = TimelineEntry.objects.filter(about_id=about.id, type_key=about.type_key)
    if further:
        # Ids are unique in the whole house, so the index by record alone finds all of them. What merely changed in
        # the fields of the other records stays on their own pages.
        rows = TimelineEntry.objects.filter(about_id__in=[about.id, *(ref.id for ref in further)])
        rows = rows.exclude(~Q(about_id=about.id), kind="system", title="")
    if scope_condition(actor, rt) is None:
        return rows
    # A condition beside the rows, not a join with them: the index keeps giving them in order.
    return rows.filter(Exists(visible(actor, rt).filter(pk=about.id)))


def titles_of(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """Name records by their references "type:ID", as far as the actor sees them; one statement for each type."""
    wanted: dict[str, list[int]] = {}
    for text in refs:
        try:
            ref = parse_ref(text)
            wanted.setdefault(record_type(ref.type_key).root_key, []).append(ref.id)
        except (ValueError, NotFoundHere):
            continue
    found: dict[str, str] = {}
    for key, ids in wanted.items():
        rt = record_type(key)
        found |= {str(rt.ref(row)): rt.title_of(row) for row in visible(actor, rt).filter(pk__in=ids)}
    return found


def linked_text(actor: Actor, text: str, refs: Sequence[str]) -> str:
    """Turn the titles that somebody chose behind a # into references, as entries store them."""
    return with_refs(text, titles_of(actor, refs))


def text_to_edit(entry: TimelineEntry) -> str:
    """Give an entry's text as its author wrote it: records by their titles."""
    return with_titles(entry.body, entry.data.get("linked", {}))


def people_of(actor: Actor, rt: RecordType, record_id: int) -> list[int]:
    """List the records with a timeline of their own that point at this one (a company's people), as seen."""
    condition = Q()
    links = [s.path for s in fields_of(rt).values() if s.kind == "relation" and s.path and _leads_to(s.target, rt)]
    for path in links:
        condition |= Q(**{path: record_id})
    if not links:
        return []
    rows = visible(actor, rt).filter(condition, archived_at=None)
    return list(rows.values_list("pk", flat=True)[:MOST_PEOPLE])


def _leads_to(target: str, rt: RecordType) -> bool:
    return bool(target) and record_type(target).root_key == rt.root_key


def _picked(rows: QuerySet[TimelineEntry], pick: Pick) -> QuerySet[TimelineEntry]:
    rows = rows.filter(archived_at=None)
    if pick.kinds:
        rows = rows.filter(kind__in=pick.kinds)
    if pick.channel:
        rows = rows.filter(channel=pick.channel)
    if pick.user_id is not None:
        rows = rows.filter(user_id=pick.user_id)
    if pick.since is not None:
        rows = rows.filter(at__gte=pick.since)
    if pick.until is not None:
        rows = rows.filter(at__lt=pick.until)
    if pick.text:
        wanted = fold(pick.text)
        rows = rows.filter(Q(Contains(Fold("body"), wanted)) | Q(Contains(Fold("title"), wanted)))
    return rows


def _cursor(entry: TimelineEntry) -> str:
    return f"{(entry.at - EPOCH) // timedelta(microseconds=1):x}-{encode_id(entry.pk)}"


def _place(cursor: str) -> tuple[datetime, int] | None:
    moment, _dash, public = cursor.partition("-")
    if not public:
        return None
    try:
        micros = int(moment, 16)
        at = EPOCH + timedelta(microseconds=micros)
        return at, decode_id(public)
    except (ValueError, OverflowError):
        return None


def links_to_wholes(rt: RecordType, part_ids: Sequence[int]) -> list[tuple[int, int | None]]:
    """Give, for parts of records, the id of each part with the id of its whole."""
    return list(rt.model._base_manager.filter(pk__in=part_ids).values_list("pk", f"{rt.part_of}_id"))


def types_with_timeline() -> list[RecordType]:
    """List the root types whose page carries a timeline."""
    return [rt for rt in root_types() if rt.timeline]


def latest(actor: Actor, type_key: str, limit: int = 20, *, kinds: Sequence[str] = ()) -> list[TimelineEntry]:
    """List the newest entries on records of a type that the actor may see (the home page)."""
    rt = record_type(type_key)
    rows = TimelineEntry.objects.filter(type_key=rt.root_key, archived_at=None)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    if scope_condition(actor, rt) is not None:
        rows = rows.filter(about_id__in=visible(actor, rt).values("pk"))
    return list(rows.order_by("-at", "-id")[:limit])


def as_json(entry: TimelineEntry) -> dict[str, Any]:
    """Give an entry as programs read it (API, export)."""
    return {
        "id": encode_id(entry.pk),
        "about": str(RecordRef(entry.type_key, entry.about_id)),
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "channel": entry.channel,
        "direction": entry.direction,
        "user": entry.user_label,
        "title": entry.title,
        "body": entry.body,
        "due_at": entry.due_at.isoformat() if entry.due_at else None,
        "done_at": entry.done_at.isoformat() if entry.done_at else None,
    }
