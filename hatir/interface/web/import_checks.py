"""The check of an import and its duplicates: rows to mend, and pairs to decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hatir.foundation.access.masking import shown as as_seen
from hatir.foundation.access.queries import readable_fields, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import likely, queries
from hatir.foundation.transfer.models import ImportRun, Pair, Rejection
from hatir.interface.web.duplicate_pages import reasons_of
from hatir.interface.web.import_mapping import cell_text, label_of
from hatir.interface.web.import_pages import url_of
from hatir.interface.web.presenting import capital
from hatir.kit.formats_tr import format_number

SHOWN_ROWS = 25
SHOWN_PAIRS = 12


def page_number(text: str, count: int, size: int) -> int:
    """Read a page number from 1 on; what is none, or too far, is the nearest page."""
    last = max(1, -(-count // size))
    return min(max(int(text), 1), last) if text.isascii() and text.isdigit() else 1


def pager(page: int, count: int, size: int) -> dict[str, Any] | None:
    """Say which part is shown, and number its neighbours; None when everything is."""
    if count <= size:
        return None
    first = (page - 1) * size + 1
    last = min(page * size, count)
    text = _("%(first)s–%(last)s of %(count)s")
    return {
        "text": text % {"first": format_number(first), "last": format_number(last), "count": format_number(count)},
        "previous": page - 1 if page > 1 else 0,
        "next": page + 1 if last < count else 0,
    }


def bad_rows(run: ImportRun, page_text: str = "") -> dict[str, Any]:
    """Show refused rows with their bad cells to be mended, and values that are wrong in many rows."""
    rows = queries.rejections(run, is_trial=True)
    count = run.check_counts.get("rejected", 0)
    page = page_number(page_text, count, SHOWN_ROWS)
    part = rows[(page - 1) * SHOWN_ROWS : page * SHOWN_ROWS]
    return {
        "bad_rows": [_bad_row(run, row) for row in part],
        "page": page,
        "pager": pager(page, count, SHOWN_ROWS),
        "groups": _groups(run),
        "corrections_url": url_of(run, "corrections"),
        "left_out": _left_out(queries.left_out_count(run)),
    }


def _bad_row(run: ImportRun, row: Rejection) -> dict[str, Any]:
    open_places = {int(at) for at in row.problems} or {int(at) for at, name in run.mapping.items() if name}
    headers = run.table["headers"]
    return {
        "number": row.line,
        "reason": row.reason,
        "cells": [
            {
                "text": text,
                "header": headers[at] if at < len(headers) else "",
                "name": f"cell-{row.line}-{at}" if at in open_places else "",
                "is_bad": str(at) in row.problems,
            }
            for at, text in enumerate(row.cells)
        ],
    }


def _groups(run: ImportRun) -> list[dict[str, Any]]:
    headers = run.table["headers"]
    return [
        {
            "index": index,
            "header": headers[place] if place < len(headers) else "",
            "place": place,
            "value": value,
            "label": ngettext(
                "Apply to the %(count)d row with this value", "Apply to all %(count)d rows with this value", count
            )
            % {"count": count},
        }
        for index, (place, value, count) in enumerate(queries.repeated_values(run))
    ]


def _left_out(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(count)d row is left out.", "%(count)d rows are left out.", count) % {"count": count}


def posted_cells(posted: Mapping[str, Any]) -> dict[int, dict[int, str]]:
    """Read the cells that a form sends, by line and column."""
    found: dict[int, dict[int, str]] = {}
    for name, text in posted.items():
        parts = name.split("-")
        if len(parts) == 3 and parts[0] == "cell" and parts[1].isdigit() and parts[2].isdigit():
            found.setdefault(int(parts[1]), {})[int(parts[2])] = str(text).strip()
    return found


def posted_decisions(posted: Mapping[str, Any]) -> dict[int, str]:
    """Read the decisions that a form sends, by line."""
    allowed = {key for key, _label in Pair.DECISIONS}
    return {
        int(name.removeprefix("decision-")): str(value)
        for name, value in posted.items()
        if name.startswith("decision-") and name.removeprefix("decision-").isdigit() and value in allowed
    }


def policies(run: ImportRun) -> list[dict[str, Any]]:
    """List what may happen with all rows that are records already."""
    chosen = run.options.get("on_match", "update")
    labels = {
        "update": (_("Update it"), _("Filled cells replace what is there; empty cells erase nothing.")),
        "fill": (_("Fill gaps only"), _("Only fields that are empty in Hatır are filled.")),
        "skip": (_("Leave it as it is"), _("Only new records are created.")),
        "create": (_("Create it anyway"), _("A second record is made beside it.")),
    }
    return [
        {"value": value, "label": label, "note": note, "is_chosen": value == chosen}
        for value, (label, note) in labels.items()
    ]


def likely_policies(run: ImportRun) -> list[dict[str, Any]]:
    """List what may happen with all rows that probably are records or earlier rows."""
    chosen = run.options.get(likely.POLICY, likely.CREATE)
    labels = {
        "create": (_("Bring it in as a new record"), _("It can be merged later, on the duplicates page.")),
        "fill": (_("Fill gaps only"), _("Only fields that are empty in Hatır are filled.")),
        "update": (_("Update it"), _("Filled cells replace what is there; empty cells erase nothing.")),
        "skip": (_("Leave it out"), _("The row is not brought in.")),
    }
    return [
        {"value": value, "label": label, "note": note, "is_chosen": value == chosen}
        for value, (label, note) in labels.items()
    ]


def pairs(run: ImportRun, actor: Actor, page_text: str = "") -> dict[str, Any]:
    """Show rows beside the records, or the earlier rows, that they are."""
    count = queries.pairs_of(run).count()
    page = page_number(page_text, count, SHOWN_PAIRS)
    part = list(queries.pairs_of(run)[(page - 1) * SHOWN_PAIRS : page * SHOWN_PAIRS])
    rt = record_type(run.type_key)
    lines = {pair.line for pair in part} | {pair.other_line for pair in part if pair.other_line is not None}
    rows = queries.rows_of(run, lines)
    wanted = [pair.record_id for pair in part if pair.record_id is not None]
    records = {record.pk: record for record in visible(actor, rt).filter(pk__in=wanted)} if wanted else {}
    probable = run.check_notes.get("likely", 0)
    found = run.check_notes.get("pairs", count - probable) + probable
    note = _("The first %(shown)s of %(count)s are listed; the others follow the choice for all.")
    return {
        "pairs": [_pair(run, actor, rt, pair, rows, records) for pair in part],
        "page": page,
        "pager": pager(page, count, SHOWN_PAIRS),
        "more": note % {"shown": format_number(count), "count": format_number(found)} if found > count else "",
    }


def _pair(
    run: ImportRun, actor: Actor, rt: RecordType, pair: Pair, rows: Mapping[int, list[Any]], records: Mapping[int, Any]
) -> dict[str, Any]:
    record = records.get(pair.record_id or 0)
    other: dict[str, Any]
    if record is not None:
        other = {
            "place": _("In Hatır"),
            "title": rt.title_of(record),
            "url": rt.ref(record).url,
            "facts": _facts(rt, actor, run, record),
        }
    else:
        other = {"place": _("In the file, before it"), **_row(run, pair.other_line or 0, rows), "url": ""}
    return {
        "line": pair.line,
        "row": _row(run, pair.line, rows),
        "other": other,
        "reason": _probably(pair) if pair.is_likely else _("Same %(field)s") % {"field": label_of(rt, pair.by)},
        "reasons": reasons_of(actor, record_type(pair.by), pair.reasons) if pair.is_likely else (),
        "done": "" if pair.changes else _("nothing changes"),
        "decisions": [
            {"value": key, "label": str(label), "is_chosen": key == pair.decision} for key, label in Pair.DECISIONS
        ],
    }


def _probably(pair: Pair) -> str:
    return _("Probably the same: %(score)d %%") % {"score": pair.score}


def _row(run: ImportRun, line: int, rows: Mapping[int, list[Any]]) -> dict[str, Any]:
    cells = rows.get(line, [])
    facts = [
        {"label": header, "value": text}
        for at, header in enumerate(run.table["headers"])
        if run.mapping.get(str(at)) and (text := cell_text(cells, at))
    ]
    return {"title": _("Row %(number)d") % {"number": line}, "facts": facts[:6]}


def _facts(rt: RecordType, actor: Actor, run: ImportRun, record: Any) -> list[dict[str, Any]]:
    specs = readable_fields(actor, rt)
    names = [name for name in run.mapping.values() if name in specs and specs[name].kind in ("text", "email", "phone")]
    facts = [
        {"label": capital(specs[n].label), "value": as_seen(actor, specs[n], getattr(record, n, ""))} for n in names[:6]
    ]
    return [fact for fact in facts if fact["value"]]
