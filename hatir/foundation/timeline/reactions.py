"""System lines: what the write door did to records that carry a timeline, and to their parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.events.facts import RecordsArchived, RecordsChanged, RecordsCreated, RecordsRestored
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.timeline.actions import add_entries
from hatir.foundation.timeline.models import TimelineEntry
from hatir.foundation.timeline.queries import links_to_wholes
from hatir.kit.ids import encode_id

Written = RecordsCreated | RecordsChanged | RecordsArchived | RecordsRestored
_VERBS = {
    RecordsCreated: "created",
    RecordsChanged: "changed",
    RecordsArchived: "archived",
    RecordsRestored: "restored",
}


@on(RecordsCreated, RecordsChanged, RecordsArchived, RecordsRestored)
def write_system_lines(event: Written, delivery: Delivery) -> None:
    """Leave one muted line on each record that was written, or whose part was."""
    try:
        rt = record_type(event.type_key)
    except NotFoundHere:
        return
    verb = _VERBS[type(event)]
    fields = event.fields if isinstance(event, RecordsChanged) else {}
    if rt.timeline:
        add_entries(
            _own_line(ref, verb, fields, delivery)
            for ref in event.about
            if verb != "changed" or _counts(rt, ref, fields)
        )
    elif rt.part_of:
        add_entries(_part_lines(rt, event, verb, delivery))


def _counts(rt: RecordType, ref: RecordRef, fields: Mapping[str, Any]) -> bool:
    """Tell whether people would call it a change: what the house keeps by itself (last contact) is none."""
    specs = fields_of(rt)
    names = fields.get(encode_id(ref.id), ())
    return any(name not in specs or specs[name].editable for name in names)


def _own_line(ref: RecordRef, verb: str, fields: Mapping[str, Any], delivery: Delivery) -> TimelineEntry:
    data: dict[str, Any] = {"verb": verb}
    if verb == "changed":
        data["fields"] = list(fields.get(encode_id(ref.id), ()))
    return _line(ref, data, delivery)


def _part_lines(rt: RecordType, event: Written, verb: str, delivery: Delivery) -> list[TimelineEntry]:
    """One line on the whole for all its parts that one write touched."""
    whole = fields_of(rt)[rt.part_of].target
    if not whole or not record_type(record_type(whole).root_key).timeline:
        return []
    ids = [ref.id for ref in event.about]
    links = links_to_wholes(rt, ids)
    counts: dict[int, list[int]] = {}
    for part_id, whole_id in links:
        if whole_id is not None:
            counts.setdefault(whole_id, []).append(part_id)
    root = record_type(whole).root_key
    return [
        _line(
            RecordRef(root, whole_id),
            {"verb": verb, "part": rt.key, "count": len(parts)},
            delivery,
            RecordRef(rt.key, parts[0]),
        )
        for whole_id, parts in counts.items()
    ]


def _line(about: RecordRef, data: dict[str, Any], delivery: Delivery, ref: RecordRef | None = None) -> TimelineEntry:
    if delivery.actor_kind != "user":
        data["by"] = delivery.actor_kind
    return TimelineEntry(
        type_key=about.type_key,
        about_id=about.id,
        at=delivery.at,
        kind="system",
        user_id=delivery.user_id,
        user_label=delivery.actor_label[:120],
        data={**data, "operation": delivery.operation},
        ref_type=ref.type_key if ref else "",
        ref_id=ref.id if ref else None,
        event_id=delivery.event_id,
    )
