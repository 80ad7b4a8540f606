"""Read the audit trail, with the reader's rights on each field applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from hatir.foundation.access.grants import VIEW_AUDIT
from hatir.foundation.access.masking import shown
from hatir.foundation.access.queries import get_visible, has_permission, readable_fields
from hatir.foundation.audit.models import AuditEntry, ChainHead
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.parts import is_part, part_of
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.records.snapshot import value_of as current_value
from hatir.foundation.records.values import plain

PAGE = 50
WRITES = ("create", "edit", "archive", "restore")


@dataclass(frozen=True)
class FieldChange:
    """One field's old and new value as the reader may see them; `spec` is None for a part or a detail."""

    name: str
    label: str
    old: Any
    new: Any
    spec: FieldSpec | None = None


@dataclass(frozen=True)
class ShownEntry:
    """One entry as the reader may see it. `withheld_count` says how many fields the reader may not see."""

    entry: AuditEntry
    changes: tuple[FieldChange, ...]
    withheld_count: int = 0

    @property
    def ref(self) -> RecordRef | None:
        if self.entry.record_id is None:
            return None
        return RecordRef(self.entry.type_key, self.entry.record_id)


@dataclass(frozen=True)
class AuditFilter:
    """What to look for; an empty part asks nothing."""

    user_id: int | None = None
    verbs: tuple[str, ...] = ()
    type_key: str = ""
    record_id: int | None = None
    operation: str = ""
    since: datetime | None = None
    until: datetime | None = None
    field: str = ""


@dataclass(frozen=True)
class EntryPage:
    """One page, newest first; `next_before` starts the following one, None ends."""

    entries: tuple[ShownEntry, ...]
    next_before: int | None


def entries(
    actor: Actor, wanted: AuditFilter = AuditFilter(), *, before: int | None = None, limit: int = PAGE
) -> EntryPage:
    """Give a page of the whole trail, newest first. Raises Denied without the right audit.view."""
    if not has_permission(actor, VIEW_AUDIT):
        raise Denied("view", "audit.entry")
    return _page(actor, _matching(wanted), before, limit)


def history_of(actor: Actor, ref: RecordRef, *, before: int | None = None, limit: int = PAGE) -> EntryPage:
    """Give what was done to one record, newest first. Raises NotFoundHere when the actor may not see it."""
    get_visible(actor, ref.type_key, ref.id)
    return _page(actor, AuditEntry.objects.filter(type_key=ref.type_key, record_id=ref.id), before, limit)


def field_history(actor: Actor, ref: RecordRef, field: str) -> list[ShownEntry]:
    """Give every change of one field, newest first, at most 200. Raises NotFoundHere when it is not readable."""
    _readable(actor, ref, field)
    rows = AuditEntry.objects.filter(type_key=ref.type_key, record_id=ref.id, changes__has_key=field)
    return list(_shown(actor, rows.order_by("-id")[:200], only=field))


def last_change_by(actor: Actor, ref: RecordRef, field: str) -> str:
    """Name who changed a field last; "" when nobody did. Raises NotFoundHere when it is not readable."""
    _readable(actor, ref, field)
    rows = AuditEntry.objects.filter(type_key=ref.type_key, record_id=ref.id, changes__has_key=field)
    return rows.order_by("-id").values_list("actor_label", flat=True).first() or ""


def changes_in(actor: Actor, refs: Iterable[RecordRef], operations: Iterable[str]) -> dict[tuple[int, str], ShownEntry]:
    """Give what operations changed of records that the actor was let see, by (record id, operation); one statement."""
    wanted, named = {ref.id for ref in refs}, set(operations)
    if not wanted or not named:
        return {}
    rows = AuditEntry.objects.filter(operation__in=named, record_id__in=wanted, verb="edit").order_by("id")
    return {(shown.entry.record_id or 0, shown.entry.operation): shown for shown in _shown(actor, rows)}


def value_on(actor: Actor, ref: RecordRef, field: str, *, at: datetime) -> Any:
    """Tell what a field held at an instant, as audit keeps values; None before the record existed.

    Raises NotFoundHere when the actor may not see the record or the field.
    """
    spec = _readable(actor, ref, field)
    record = get_visible(actor, ref.type_key, ref.id)
    if at < record.created_at:
        return None
    rows = AuditEntry.objects.filter(
        type_key=ref.type_key, record_id=ref.id, verb__in=WRITES, changes__has_key=field
    ).order_by("id")
    earlier = rows.filter(at__lte=at).last()
    if earlier is not None:
        return shown(actor, spec, earlier.changes[field][1])
    later = rows.filter(at__gt=at).first()
    if later is not None:
        return shown(actor, spec, later.changes[field][0])
    return shown(actor, spec, plain(current_value(spec, record)))


def operation_entries(operation: str) -> QuerySet[AuditEntry]:
    """Give the writes of one operation, latest first."""
    return AuditEntry.objects.filter(operation=operation, verb__in=WRITES).order_by("-id")


def chain_state() -> ChainHead | None:
    """Give where the chain of seals stands; None before the first seal."""
    return ChainHead.objects.filter(pk=1).first()


def _matching(wanted: AuditFilter) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.all()
    exact = {
        name: value
        for name in ("user_id", "type_key", "record_id", "operation")
        if (value := getattr(wanted, name)) not in (None, "")
    }
    rows = rows.filter(**exact)
    if wanted.verbs:
        rows = rows.filter(verb__in=wanted.verbs)
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until)
    if wanted.field:
        rows = rows.filter(changes__has_key=wanted.field)
    return rows


def _page(actor: Actor, rows: QuerySet[AuditEntry], before: int | None, limit: int) -> EntryPage:
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-id")[: limit + 1])
    has_more = len(found) > limit
    return EntryPage(tuple(_shown(actor, found[:limit])), found[limit - 1].pk if has_more else None)


def _readable(actor: Actor, ref: RecordRef, field: str) -> FieldSpec:
    spec = readable_fields(actor, record_type(ref.type_key)).get(field)
    if spec is None:
        raise NotFoundHere(f"{ref.type_key}.{field}")
    return spec


def _shown(actor: Actor, rows: Iterable[AuditEntry], only: str = "") -> Iterator[ShownEntry]:
    for entry in rows:
        kept = {name: pair for name, pair in entry.changes.items() if not only or name == only}
        changes = tuple(change for name, pair in kept.items() if (change := _change(actor, entry, name, pair)))
        entry.title = _title(actor, entry)
        yield ShownEntry(entry, changes, len(kept) - len(changes))


def _title(actor: Actor, entry: AuditEntry) -> str:
    try:
        rt = record_type(entry.type_key)
    except NotFoundHere:
        return entry.title
    spec = readable_fields(actor, rt).get(rt.title)
    return str(shown(actor, spec, entry.title)) if spec is not None else ""


def _change(actor: Actor, entry: AuditEntry, name: str, pair: list[Any]) -> FieldChange | None:
    """Give one change as the reader may see it, or None for a field that is closed or gone."""
    old, new = pair[0], pair[-1]
    if is_part(entry.type_key, name):
        return FieldChange(name, str(part_of(entry.type_key, name).label), old, new)
    try:
        rt = record_type(entry.type_key) if entry.record_id is not None else None
    except NotFoundHere:
        return None
    if rt is None or entry.verb not in (*WRITES, "reveal"):
        return FieldChange(name, name, old, new)
    spec = readable_fields(actor, rt).get(name)
    if spec is None:
        return None
    return FieldChange(name, str(spec.label), shown(actor, spec, old), shown(actor, spec, new), spec)


def times_of_change(refs: Iterable[RecordRef]) -> dict[tuple[int, str], datetime]:
    """Give when each field of some records was written last, by (record id, field), from what the trail still holds."""
    ids = [ref.id for ref in refs]
    found: dict[tuple[int, str], datetime] = {}
    rows = AuditEntry.objects.filter(record_id__in=ids, verb__in=WRITES).order_by("id")
    for record_id, at, changes in rows.values_list("record_id", "at", "changes").iterator():
        found.update({(int(record_id or 0), name): at for name in changes})
    return found
