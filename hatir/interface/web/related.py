"""The right column: rows that rooms offer, and the parts of the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from hatir.foundation.access.queries import may, readable_fields, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import Panel, RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of, panels_on, record_type, root_types
from hatir.interface.web.presenting import Presenter, capital

PART_ROWS = 8


@dataclass(frozen=True)
class PanelRow:
    """One line of a panel."""

    title: str
    url: str
    note: str = ""
    note_right: str = ""
    value: str = ""
    name: str = ""
    tone: str = ""
    done: int = 0
    total: int = 0
    dialog: bool = False
    archive_url: str = ""


@dataclass(frozen=True)
class DrawnPanel:
    """A panel as `record/_panel.html` draws it."""

    key: str
    title: str
    rows: tuple[PanelRow, ...]
    count: int = 0
    add_url: str = ""
    all_url: str = ""
    icon: str = ""
    press: str = ""


def panels_of(actor: Actor, rt: RecordType, narrowed: RecordType, record: Any, *, editable: bool) -> list[DrawnPanel]:
    """Give the panels of a record: parts first, then what rooms offer. Empty ones that nothing can be added to go."""
    offered = list(panels_on(rt.key))
    if narrowed.key != rt.key:
        offered += panels_on(narrowed.key)
    shown = {panel.of for panel in offered}
    drawn = [_parts(actor, rt, part, record, editable=editable) for part in _part_types(rt) if part.key not in shown]
    drawn += [_offered(actor, rt, panel, record) for panel in sorted(offered, key=lambda panel: panel.order)]
    return [panel for panel in drawn if panel.rows or panel.add_url]


def _part_types(rt: RecordType) -> list[RecordType]:
    found = []
    for part in root_types():
        if part.part_of:
            target = fields_of(part)[part.part_of].target
            if target and record_type(target).root_key == rt.root_key:
                found.append(part)
    return found


def _parts(actor: Actor, rt: RecordType, part: RecordType, record: Any, *, editable: bool) -> DrawnPanel:
    """Draw the parts of a record; one that ties it to another record of its type is shown on both pages."""
    specs = fields_of(part)
    shown = [specs[name] for name in part.list_columns if name in specs and name != part.part_of]
    ties = [spec for spec in shown if spec.kind == "relation" and spec.path and _leads_to(spec.target, rt)]
    joins = [spec.path for spec in shown if spec.kind == "relation" and spec.path]
    condition = Q(**{f"{part.part_of}_id": record.pk})
    seen = visible(actor, rt)
    for tie in ties:
        condition &= Q(**{f"{tie.path}__in": seen})
        condition |= Q(**{f"{tie.path}_id": record.pk})
    mine = visible(actor, part, "archive").filter(pk=OuterRef("pk"))
    rows = visible(actor, part).filter(condition, archived_at=None).select_related(part.part_of, *joins)
    rows = rows.annotate(may_archive_this=Exists(mine)) if may(actor, "archive", part) else rows
    records = list(rows.order_by("id")[: PART_ROWS + 1])
    return DrawnPanel(
        key=part.key.replace(".", "-"),
        title=capital(str(part.plural_label)),
        rows=tuple(_part_row(part, shown, ties, row, record, editable=editable) for row in records[:PART_ROWS]),
        count=len(records) if len(records) <= PART_ROWS else 0,
        add_url=f"/records/{part.key}/new/?link={part.part_of}:{record.public_id}" if editable else "",
        icon=part.icon,
    )


def _leads_to(target: str, rt: RecordType) -> bool:
    return bool(target) and record_type(target).root_key == rt.root_key


def _part_row(
    part: RecordType, specs: Sequence[FieldSpec], ties: Sequence[FieldSpec], row: Any, record: Any, *, editable: bool
) -> PanelRow:
    ref = part.ref(row)
    url = f"{ref.url}edit/" if editable else ref.url
    archive_url = f"{ref.url}archive/" if getattr(row, "may_archive_this", False) else ""
    values = [(spec, getattr(row, spec.path)) for spec in specs if spec.path and spec not in ties]
    choices = [str(spec.choice_label(value)) for spec, value in values if spec.kind == "choice" and value]
    texts = [str(value) for spec, value in values if spec.kind == "text" and spec.name != part.title and value]
    if not ties:
        return PanelRow(
            title=part.title_of(row) or " · ".join(choices),
            archive_url=archive_url,
            url=url,
            note=", ".join(texts),
            note_right=" · ".join(choices),
            dialog=editable,
        )
    turned = getattr(row, f"{part.part_of}_id") != record.pk
    other = getattr(row, part.part_of if turned else ties[0].path)
    kinds = [value for spec, value in values if spec.kind == "relation" and value is not None]
    words = [str(getattr(kind, "reverse_name", "") or kind) if turned else str(kind) for kind in kinds]
    role = part.title_of(row)
    flags = [capital(str(spec.label)) for spec, value in values if spec.kind == "boolean" and value]
    return PanelRow(
        title=str(other), url=url, note=", ".join([*words, role] if role else words), note_right=" · ".join(flags),
        name=str(other), dialog=editable, archive_url=archive_url,
    )  # fmt: skip


def _offered(actor: Actor, rt: RecordType, panel: Panel, record: Any) -> DrawnPanel:
    of = _type(panel.of)
    rows = list(panel.rows(actor, record))
    add = all_url = ""
    if of is not None and panel.link and may(actor, "create", of):
        add = f"/records/{of.key}/new/?link={panel.link}:{record.public_id}"
    if of is not None and panel.link and rows:
        all_url = f"/records/{of.key}/?{panel.link}={record.public_id}"
    return DrawnPanel(
        key=f"{(panel.of or str(panel.order)).replace('.', '-')}-{panel.link or 'rows'}",
        title=capital(str(panel.title)),
        rows=tuple(_offered_row(actor, of, panel, row) for row in rows),
        count=len(rows),
        add_url=add,
        all_url=all_url,
        icon=panel.icon,
        press=panel.press if add else "",
    )


def _offered_row(actor: Actor, of: RecordType | None, panel: Panel, row: Any) -> PanelRow:
    """Draw a row; one that says itself how it reads (panel_title, panel_note, panel_url) is taken at its word."""
    title = getattr(row, "panel_title", "") or (of.title_of(row) if of is not None else str(row))
    url = getattr(row, "panel_url", "") or (of.ref(row).url if of is not None else "")
    note = getattr(row, "panel_note", "")
    if not note and of is not None:
        note = _note(actor, of, panel, row)
    is_person = bool(of and of.icon in ("user", "users"))
    return PanelRow(
        title=title,
        url=url,
        note=note,
        note_right=str(getattr(row, "panel_note_right", "")),
        value=str(getattr(row, "panel_value", "")),
        name=title if is_person else "",
    )


def _note(actor: Actor, of: RecordType, panel: Panel, row: Any) -> str:
    readable = readable_fields(actor, of)
    names = panel.columns or tuple(n for n in ("job_title", "phone", "email", "city", "description") if n in readable)
    specs = [readable[name] for name in names if name in readable and not readable[name].masked]
    texts = [s for s in specs if s.kind in ("text", "phone", "email", "choice") and s.path]
    presenter = Presenter(actor, of, texts)
    values = (presenter.value(spec, row) for spec in texts)
    return " · ".join(getattr(value, "label", None) or str(value) for value in values if value)[:90]


def _type(key: str) -> RecordType | None:
    try:
        return record_type(key) if key else None
    except NotFoundHere:
        return None
