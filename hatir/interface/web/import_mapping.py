"""The mapping step of an import: columns, what their values become, and one row as the record it will be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hatir.foundation.access.queries import writable_fields
from hatir.foundation.files.queries import path_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.transfer import actions, queries, reading
from hatir.foundation.transfer.further import MARK, declared
from hatir.foundation.transfer.linking import LINK, makeable
from hatir.foundation.transfer.mapping import ID, Column, propose
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.proposing import targets_of
from hatir.foundation.transfer.sources import NONE as NO_SOURCE
from hatir.interface.web import cells
from hatir.interface.web.import_pages import url_of
from hatir.interface.web.presenting import capital, manner
from hatir.kit.formats_tr import format_number
from hatir.kit.phone import normalise_phone
from hatir.kit.text_tr import fold

NEW_FIELD = "+new"
AS_FOUND, EMPTY = "", "-"
SHOWN_FACTS = 10


def columns_of(run: ImportRun, actor: Actor) -> tuple[list[Column], list[reading.Row]]:
    """Give the file's columns with samples, and the sampled rows with their lines."""
    table = reading.table_from_json(run.table)
    sample = reading.numbered_sample(path_of(run.file), table)
    fields = writable_fields(actor, record_type(run.type_key))
    return propose(table.headers, [row for _line, row in sample], fields, run.type_key), sample


def file_note(run: ImportRun, actor: Actor) -> dict[str, Any]:
    """Say what the file is: sheet, rows, columns; and which other sheets it has."""
    rows = run.profile.get("rows", 0)
    counted = _("%(rows)s rows") if run.profile.get("is_whole") else _("more than %(rows)s rows")
    parts = [counted % {"rows": format_number(rows)}, _("%(count)s columns") % {"count": len(run.table["headers"])}]
    sheets = queries.sheets_of(run)
    if run.table["sheet"]:
        parts.insert(0, _("sheet “%(name)s”") % {"name": run.table["sheet"]})
    chosen = run.table["sheet"]
    return {
        "name": run.file.name,
        "note": ", ".join(parts),
        "sheets": [{"name": name, "is_chosen": name == chosen} for name in sheets] if len(sheets) > 1 else [],
        "sheet_url": url_of(run, "sheet"),
        "may_make_fields": actions.may_make_fields(actor),
        **_sources(run),
    }


def _sources(run: ImportRun) -> dict[str, Any]:
    """Say which house's export the file looks like, and offer the others."""
    offered = queries.sources_for(run)
    chosen, name = run.options.get("source", ""), queries.source_name(run)
    return {
        "source_note": _("This file looks like a %(source)s export.") % {"source": name} if name else "",
        "sources": [
            {"value": key, "label": label, "is_chosen": key == chosen}
            for key, label in ((NO_SOURCE, _("No known export")), *offered)
        ]
        if offered
        else [],
    }


def mapping_rows(run: ImportRun, actor: Actor, columns: list[Column]) -> list[dict[str, Any]]:
    """Draw each column with the fields it could go to."""
    makes = actions.may_make_fields(actor)
    return [mapping_row(run, actor, column, may_make_fields=makes) for column in columns]


def mapping_row(run: ImportRun, actor: Actor, column: Column, *, may_make_fields: bool) -> dict[str, Any]:
    """Draw one column."""
    fields = writable_fields(actor, record_type(run.type_key))
    chosen = run.mapping.get(str(column.place), "")
    spec = fields.get(chosen)
    mapped = queries.column_values(run, column.place, spec, actor) if spec is not None else None
    loose = sum(becomes is None for _text, _count, becomes in mapped.values) if mapped else 0
    loose = 0 if mapped and mapped.makes_new else loose
    state, told = _state(run, column, chosen, loose)
    return {
        "index": column.place,
        "name": column.header,
        "fill": _("%(share)s%% filled") % {"share": round(_filled_share(run, column) * 100)},
        "samples": [text[:60] for text in column.samples[:2]],
        "state": state,
        "state_text": told,
        "targets": _targets(targets_of(actor, record_type(run.type_key)), chosen, column, may_make_fields),
        "reading": _reading(run, spec),
        "value_map": _value_rows(mapped) if mapped else [],
        "row_url": f"/import/{run.public_id}/columns/{column.place}/",
    }


def _targets(offered: Mapping[str, Any], chosen: str, column: Column, may_make_fields: bool) -> list[dict[str, Any]]:
    targets = [{"value": "", "label": _("Leave this column out"), "group": "", "is_chosen": not chosen}]
    if may_make_fields and not chosen:
        label = _("New own field “%(name)s”") % {"name": column.header}
        targets.append({"value": NEW_FIELD, "label": label, "group": "", "is_chosen": False})
    targets += [
        {"value": name, "label": capital(spec.label), "group": _("Fields"), "is_chosen": name == chosen}
        for name, spec in offered.items()
        if not name.startswith(MARK) and LINK not in name
    ]
    targets.append({"value": ID, "label": _("Record id"), "group": _("Fields"), "is_chosen": chosen == ID})
    targets += [
        {"value": name, "label": capital(str(each.label)), "group": _("Parts of the record"),
         "is_chosen": name == chosen}
        for name, each in offered.items()
        if name.startswith(MARK)
    ]  # fmt: skip
    return targets + [
        {"value": name, "label": capital(str(each.label)), "group": _("Linked record"), "is_chosen": name == chosen}
        for name, each in offered.items()
        if LINK in name
    ]


def after(run: ImportRun, actor: Actor) -> list[dict[str, Any]]:
    """Offer to make the linked records that are not there yet."""
    mapped = {name.partition(LINK)[0] for name in run.mapping.values()}
    chosen = run.options.get("make", ())
    told = _("Make a new %(type)s where none is called so")
    return [
        {"name": f"make-{name}", "label": told % {"type": target.singular_label}, "is_on": name in chosen}
        for name, (_spec, target) in makeable(actor, record_type(run.type_key)).items()
        if name in mapped
    ]


def posted_make(posted: Mapping[str, Any], run: ImportRun, actor: Actor) -> dict[str, Any]:
    """Read which linked records are to be made; what the form did not offer stays as it is."""
    offered = {option["name"].removeprefix("make-") for option in after(run, actor)}
    if "has_options" not in posted or not offered:
        return {}
    kept = [name for name in run.options.get("make", ()) if name not in offered]
    return {"make": kept + [name for name in sorted(offered) if f"make-{name}" in posted]}


def _filled_share(run: ImportRun, column: Column) -> float:
    filled, rows = run.profile.get("filled") or (), run.profile.get("rows", 0)
    return filled[column.place] / rows if rows and column.place < len(filled) else column.filled_share


def _state(run: ImportRun, column: Column, chosen: str, loose: int) -> tuple[str, str]:
    if not chosen:
        return "skip", _("Left out")
    if not chosen.startswith(MARK) and sum(name == chosen for name in run.mapping.values()) > 1:
        return "warn", _("Joined with another column")
    if loose:
        return "warn", ngettext("%(count)d value not found", "%(count)d values not found", loose) % {"count": loose}
    filled = run.profile.get("filled") or ()
    if column.place < len(filled) and run.profile.get("is_whole"):
        count = filled[column.place]
        told = ngettext("%(shown)s value", "%(shown)s values", count)
        return "ok", told % {"shown": format_number(count)}
    return "ok", _("Matched")


def _value_rows(mapped: queries.ColumnValues) -> list[dict[str, Any]]:
    """Draw what each value becomes; where nothing is called so, it is made, or has to be said."""
    nothing = _("Make it new") if mapped.makes_new else _("Not found: choose")
    rows = []
    for text, count, becomes in mapped.values:
        choices = [] if text in mapped.found else [(AS_FOUND, nothing)]
        choices += [*mapped.offered, (EMPTY, _("Leave empty"))]
        now = mapped.near.get(text, AS_FOUND) if becomes is None else becomes or EMPTY
        rows.append(
            {
                "value": text,
                "count": format_number(count),
                "is_loose": becomes is None and not mapped.makes_new,
                "to_choices": [{"value": v, "label": label, "is_chosen": v == now} for v, label in choices],
            }
        )
    return rows


def posted_values(posted: Mapping[str, Any], run: ImportRun, actor: Actor) -> dict[int, dict[str, str]]:
    """Read what the form says values become, by column: only what differs from what is found without asking."""
    fields = writable_fields(actor, record_type(run.type_key))
    found: dict[int, dict[str, str]] = {}
    for at, name in run.mapping.items():
        spec = fields.get(name)
        if spec is None or f"value-{at}-0" not in posted:
            continue
        mapped = queries.column_values(run, int(at), spec, actor)
        if mapped is not None:
            found[int(at)] = _said(posted, int(at), mapped)
    return found


def _said(posted: Mapping[str, Any], place: int, mapped: queries.ColumnValues) -> dict[str, str]:
    allowed = {key for key, _label in mapped.offered} | {EMPTY}
    said: dict[str, str] = {}
    for number, (text, _count, _becomes) in enumerate(mapped.values):
        value = posted.get(f"value-{place}-{number}", AS_FOUND)
        if value in allowed and value != mapped.found.get(text):
            said[fold(text)] = "" if value == EMPTY else value
    return said


def _reading(run: ImportRun, spec: FieldSpec | None) -> str:
    if spec is None:
        return ""
    if spec.name == "name" and run.type_key == "customers.person":
        return _("split into given and family name")
    if spec.kind == "phone":
        return _("read in every Turkish spelling")
    if spec.kind in ("number", "money", "percent"):
        return "1.234,56" if reading.table_from_json(run.table).decimal_mark != "." else "1,234.56"
    if spec.kind == "date":
        american = run.profile.get("month_first", ())
        place = next((int(at) for at, name in run.mapping.items() if name == spec.name), -1)
        return _("month/day/year") if place in american else _("day.month.year")
    return _("found by name") if spec.kind in ("relation", "relations", "user", "team") else ""


def summary(run: ImportRun) -> dict[str, Any]:
    """Say how the mapping stands."""
    total, done = len(run.table["headers"]), sum(bool(name) for name in run.mapping.values())
    rt = record_type(run.type_key)
    match = ", ".join(str(label_of(rt, name)) for name in run.options.get("match_on", ())) or "–"
    lines = [
        {"label": _("Matched columns"), "value": done, "tone": "ok"},
        {"label": _("Left out"), "value": total - done, "tone": ""},
        {"label": _("Existing records are found by"), "value": match, "tone": ""},
    ]
    return {"title": _("Mapping"), "done": done, "total": total, "lines": lines}


def label_of(rt: RecordType, name: str) -> Any:
    """Give the label of a field, capitalised; what is no field is named by itself."""
    if name == ID:
        return _("Record id")
    if name == "+":
        return _("the same fields together")
    if LINK in name:
        field, _mark, column = name.partition(LINK)
        return f"{label_of(rt, field)}: {label_of(_linked_type(rt, field), column)}"
    if name in declared(rt):
        return capital(str(declared(rt)[name].label))
    return capital(fields_of(rt)[name].label) if name in fields_of(rt) else name


def _linked_type(rt: RecordType, field: str) -> RecordType:
    return record_type(fields_of(rt)[field].target) if field in fields_of(rt) else rt


def preview(run: ImportRun, actor: Actor, sample: list[reading.Row], at: int = 0) -> dict[str, Any] | None:
    """Show one row as the record that it will become, and whether that is a new one."""
    if not sample:
        return None
    at = min(at, len(sample) - 1)
    line, cells_of_row = sample[at]
    found = queries.preview(run, line, cells_of_row, actor)
    rt = record_type(run.type_key)
    shown = _as_in_the_file(run, cells_of_row)
    if found and found.title:
        shown = {"title": found.title, "facts": [*_facts(found), *_parts(found)]}
    return {
        **shown,
        "note": capital(rt.singular_label),
        "verdict": _verdict(found, rt),
        "is_bad": found is not None and found.outcome == "rejected",
        "row_text": _("row %(number)d") % {"number": line},
        "prev_url": f"{url_of(run, 'preview')}?at={at - 1}" if at else "",
        "next_url": f"{url_of(run, 'preview')}?at={at + 1}" if at + 1 < len(sample) else "",
        "is_company": run.type_key == "customers.company",
        "tags": (),
    }


def _facts(found: queries.Preview) -> list[dict[str, Any]]:
    how = manner()
    return [
        {"label": capital(spec.label), "value": _drawn(spec, value, how)} for spec, value in found.facts[:SHOWN_FACTS]
    ]


def _parts(found: queries.Preview) -> list[dict[str, Any]]:
    """List further telephones, addresses and the like, one line each."""
    how = manner()
    return [
        {"label": capital(label), "value": ", ".join(str(_drawn(spec, value, how)) for spec, value in filled[:4])}
        for label, filled in found.parts[:SHOWN_FACTS]
    ]


def _drawn(spec: FieldSpec, value: Any, how: cells.Manner) -> Any:
    if spec.kind in (*TO_ONE, "relations"):
        return ", ".join(value) if isinstance(value, list) else value
    if spec.kind == "choice":
        return spec.choice_label(value)
    if spec.kind == "multichoice":
        return ", ".join(str(spec.choice_label(item)) for item in value)
    if spec.kind == "phone":
        return normalise_phone(str(value)).display
    return cells.draw("text" if spec.kind in ("email", "url") else spec.kind, value, how)


def _verdict(found: queries.Preview | None, rt: RecordType) -> str:
    if found is None:
        return ""
    if found.outcome == "rejected":
        return found.reason
    if found.match is None:
        return _("A new record will be made.")
    same = _("Already in Hatır: the same %(field)s.") % {"field": label_of(rt, found.match.by)}
    ends = {
        "updated": _("It will be updated, no new record is made."),
        "unchanged": _("Nothing in it changes."),
        "skipped": _("It stays as it is."),
    }
    return f"{same} {ends.get(found.outcome, '')}".strip()


def _as_in_the_file(run: ImportRun, row: list[Any]) -> dict[str, Any]:
    """Show the cells themselves where no record comes of the row."""
    rt = record_type(run.type_key)
    pairs = [(name, cell_text(row, int(place))) for place, name in run.mapping.items() if name]
    known = dict(pairs)
    title = known.get(rt.title) or " ".join(known.get(n, "") for n in ("given_name", "family_name")).strip()
    facts = [{"label": label_of(rt, n), "value": text} for n, text in pairs if text and n != rt.title]
    return {"title": title or "–", "facts": facts[:SHOWN_FACTS]}


def cell_text(row: list[Any], place: int) -> str:
    """Give a cell as text."""
    from hatir.foundation.transfer.cells import as_text

    return as_text(row[place])[:200] if place < len(row) else ""
