"""The audit trail as people read it: grouped by operation, each change from old to new, and the state of the chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import visible
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.audit.queries import WRITES, AuditFilter, FieldChange, ShownEntry
from hatir.foundation.records.actor import Actor, told_name
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.expressions import SortText
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.refs import RecordRef, parse_ref
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.models import User
from hatir.kit import formats_tr
from hatir.kit.ids import decode_id, encode_id
from hatir.kit.parsing_tr import parse_date

LONGEST = 140
NOTHING = "–"


@dataclass(frozen=True)
class Line:
    """One field from old to new."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class EntryLine:
    """One entry of the trail."""

    at: datetime
    verb: str
    type_label: str
    title: str
    url: str
    lines: tuple[Line, ...]
    withheld_count: int
    is_sealed: bool
    reason: str


@dataclass(frozen=True)
class OperationGroup:
    """Entries that one step of one actor made together."""

    operation: str
    who: str
    origin: str
    at: datetime
    entries: tuple[EntryLine, ...]
    may_undo: bool


def verb_labels() -> dict[str, str]:
    """Name what happened."""
    return {
        "create": _("created"),
        "edit": _("changed"),
        "archive": _("archived"),
        "restore": _("restored"),
        "view": _("seen"),
        "export": _("exported"),
        "import": _("imported"),
        "reveal": _("opened a covered value"),
        "sign_in": _("signed in"),
        "sign_in_failed": _("failed to sign in"),
        "sign_out": _("signed out"),
        "setting": _("changed a setting"),
        "api_key": _("API key"),
        "erase": _("erased"),
        "undo": _("undone"),
    }


def read_filter(asked: Mapping[str, str]) -> AuditFilter:
    """Read what is looked for from an address; what makes no sense asks nothing."""
    verb, ref = asked.get("verb", ""), _ref(asked.get("record", ""))
    return AuditFilter(
        user_id=_id(asked.get("who", "")),
        verbs=(verb,) if verb in verb_labels() else (),
        type_key=ref.type_key if ref else asked.get("type", ""),
        record_id=ref.id if ref else None,
        operation=asked.get("operation", "")[:32],
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", ""), after=1),
    )


def _id(text: str) -> int | None:
    try:
        return decode_id(text)
    except ValueError:
        return None


def _ref(text: str) -> RecordRef | None:
    try:
        return parse_ref(text)
    except ValueError:
        return None


def _day(text: str, after: int = 0) -> datetime | None:
    try:
        day: date | None = parse_date(text) if text else None
    except ValueError:
        return None
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=after), time.min))


def grouped(actor: Actor, entries: Iterable[ShownEntry]) -> list[OperationGroup]:
    """Put neighbouring entries of one operation together, newest first."""
    shown = list(entries)
    names = _names(actor, shown)
    groups: list[OperationGroup] = []
    waiting: list[ShownEntry] = []
    for entry in shown:
        if waiting and entry.entry.operation != waiting[0].entry.operation:
            groups.append(_group(waiting, names))
            waiting = []
        waiting.append(entry)
    if waiting:
        groups.append(_group(waiting, names))
    return groups


def _group(entries: list[ShownEntry], names: Mapping[tuple[str, int], str]) -> OperationGroup:
    first = entries[0].entry
    return OperationGroup(
        first.operation,
        told_name(first.actor_label),
        first.origin,
        first.at,
        tuple(_line(entry, names) for entry in entries),
        any(entry.entry.verb in WRITES for entry in entries),
    )


def _line(shown: ShownEntry, names: Mapping[tuple[str, int], str]) -> EntryLine:
    entry = shown.entry
    try:
        label = str(record_type(entry.type_key).singular_label) if entry.type_key else ""
        url = RecordRef(entry.type_key, int(entry.record_id)).url if entry.record_id and label else ""
    except NotFoundHere:
        label, url = entry.type_key, ""
    return EntryLine(
        entry.at,
        verb_labels().get(entry.verb, entry.verb),
        label,
        entry.title,
        url,
        tuple(Line(change.label, _said(change, change.old, names), _said(change, change.new, names))
              for change in shown.changes),
        shown.withheld_count,
        bool(entry.seal),
        entry.reason,
    )  # fmt: skip


def _names(actor: Actor, shown: Iterable[ShownEntry]) -> dict[tuple[str, int], str]:
    """Name the records that values point to, one statement for each kind of record."""
    wanted: dict[str, set[int]] = {}
    for entry in shown:
        for change in entry.changes:
            target = change.spec.target if change.spec else ""
            if target:
                wanted.setdefault(target, set()).update(_ids(change.old) | _ids(change.new))
    names: dict[tuple[str, int], str] = {}
    for target, ids in wanted.items():
        try:
            rt = record_type(target)
        except NotFoundHere:
            continue
        for record in visible(actor, rt).filter(pk__in=ids):
            names[(target, record.pk)] = rt.title_of(record)
    return names


def _ids(value: Any) -> set[int]:
    items = value if isinstance(value, list) else [value]
    return {item for item in items if isinstance(item, int) and not isinstance(item, bool)}


def _said(change: FieldChange, value: Any, names: Mapping[tuple[str, int], str]) -> str:
    if value in (None, "", [], {}):
        return NOTHING
    spec = change.spec
    if isinstance(value, list):
        return _short(", ".join(_one(spec, item, names) for item in value[:8]) + (" …" if len(value) > 8 else ""))
    return _short(_one(spec, value, names))


def _one(spec: FieldSpec | None, value: Any, names: Mapping[tuple[str, int], str]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if spec is None:
        return ", ".join(f"{k}: {v}" for k, v in value.items() if v) if isinstance(value, dict) else str(value)
    if spec.target and isinstance(value, int):
        return names.get((spec.target, value), _("Not visible to you"))
    if spec.choices:
        return str(spec.choice_label(str(value)))
    if spec.kind == "datetime" and isinstance(value, str):
        at = datetime.fromisoformat(value)
        zone = timezone.get_current_timezone()
        return f"{formats_tr.format_short_date(at.astimezone(zone).date())} {formats_tr.format_time(at, zone)}"
    return str(value)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[:LONGEST]}…"


def people(actor: Actor) -> list[tuple[str, str]]:
    """List those whose doings may be looked for."""
    return [
        (encode_id(pk), name)
        for pk, name in visible(actor, User).order_by(SortText("name")).values_list("pk", "name")[:500]
    ]


def as_row(entry: AuditEntry, lines: Iterable[Line]) -> list[str]:
    """Give an entry as a row of a file."""
    changes = "; ".join(f"{line.label}: {line.old} → {line.new}" for line in lines)
    return [
        timezone.localtime(entry.at).isoformat(timespec="seconds"),
        told_name(entry.actor_label),
        entry.origin,
        verb_labels().get(entry.verb, entry.verb),
        entry.type_key,
        entry.title,
        changes,
        entry.operation,
        str(entry.seal_no or ""),
        entry.seal,
    ]
