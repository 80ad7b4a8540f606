"""What the pages of the import wizard show, made from a run; plain values for the templates."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hatir.foundation.access.queries import may, visible, writable_fields
from hatir.foundation.files.queries import path_of
from hatir.foundation.jobs.models import Job
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.refs import parse_ref
from hatir.foundation.records.registry import record_type, record_types
from hatir.foundation.transfer import actions, queries, reading
from hatir.foundation.transfer.mapping import ID, Column, propose
from hatir.foundation.transfer.models import CHECKED, DRAFT, REVERTED, ImportRun
from hatir.interface.web.presenting import capital
from hatir.kit.formats_tr import format_number

STEPS = ("mapping", "check", "duplicates", "result")
SHOWN_ROWS = 50


def url_of(run: ImportRun, step: str) -> str:
    """Give the address of one step of a run."""
    return f"/import/{run.public_id}/{step}/"


def steps(run: ImportRun | None, current: int) -> list[dict[str, Any]]:
    """List the five steps; those behind can be gone back to until the import runs."""
    labels = (_("File"), _("Mapping"), _("Check"), _("Duplicates"), _("Import"))
    may_go_back = run is not None and run.state in actions.OPEN
    shown = []
    for number, label in enumerate(labels, start=1):
        state = "done" if number < current else "current" if number == current else ""
        back = state == "done" and may_go_back and run is not None and number > 1
        url = url_of(run, STEPS[number - 2]) if back and run is not None else ""
        shown.append({"number": number, "label": label, "state": state, "url": url})
    return shown


def types_for(actor: Actor, chosen: str) -> list[dict[str, Any]]:
    """List the types that the actor may import; the main ones first."""
    types = [rt for rt in record_types() if may(actor, "import", rt)]
    types.sort(key=lambda rt: (not rt.narrows, not rt.area, bool(rt.part_of)))
    keys = [rt.key for rt in types]
    chosen = chosen if chosen in keys else (keys[0] if keys else "")
    return [
        {"key": rt.key, "label": capital(rt.plural_label), "icon": rt.icon, "note": "", "is_chosen": rt.key == chosen}
        for rt in types
    ]


def recent(actor: Actor) -> list[dict[str, str]]:
    """List the actor's last imports."""
    shown = []
    for run in queries.imports_of(actor)[:5]:
        step = "mapping" if run.state == DRAFT else "check" if run.state in ("checking", CHECKED) else "result"
        shown.append({"title": run.file.name, "note": str(run.get_state_display()), "url": url_of(run, step)})
    return shown


def columns_of(run: ImportRun, actor: Actor) -> tuple[list[Column], list[list[Any]]]:
    """Give the file's columns with samples, and the sampled rows."""
    table = reading.table_from_json(run.table)
    sample = reading.sample(path_of(run.file), table)
    return propose(table.headers, sample, writable_fields(actor, record_type(run.type_key))), sample


def mapping_rows(run: ImportRun, actor: Actor, columns: list[Column]) -> list[dict[str, Any]]:
    """Draw each column with the fields it could go to."""
    return [mapping_row(run, actor, column) for column in columns]


def mapping_row(run: ImportRun, actor: Actor, column: Column) -> dict[str, Any]:
    """Draw one column."""
    fields = writable_fields(actor, record_type(run.type_key))
    chosen = run.mapping.get(str(column.place), "")
    targets = [{"value": "", "label": _("Leave this column out"), "group": "", "is_chosen": not chosen}]
    targets += [
        {"value": name, "label": capital(spec.label), "group": _("Fields"), "is_chosen": name == chosen}
        for name, spec in fields.items()
    ]
    targets.append({"value": ID, "label": _("Record id"), "group": _("Fields"), "is_chosen": chosen == ID})
    twice = chosen and sum(name == chosen for name in run.mapping.values()) > 1
    state = "skip" if not chosen else "warn" if twice else "ok"
    told = {"skip": _("Left out"), "warn": _("Joined with another column"), "ok": _("Matched")}[state]
    return {
        "index": column.place,
        "name": column.header,
        "fill": _("%(share)s%% filled") % {"share": round(column.filled_share * 100)},
        "samples": [text[:60] for text in column.samples[:2]],
        "state": state,
        "state_text": told,
        "targets": targets,
        "reading": _reading(run, fields.get(chosen)),
        "row_url": f"/import/{run.public_id}/columns/{column.place}/",
    }


def _reading(run: ImportRun, spec: Any) -> str:
    if spec is None:
        return ""
    if spec.name == "name" and run.type_key == "customers.person":
        return _("split into given and family name")
    if spec.kind == "phone":
        return _("read in every Turkish spelling")
    if spec.kind in ("number", "money", "percent"):
        return "1.234,56" if reading.table_from_json(run.table).decimal_mark != "." else "1,234.56"
    if spec.kind == "date":
        return _("day.month.year")
    return _("found by name") if spec.kind in ("relation", "relations", "user", "team") else ""


def summary(run: ImportRun) -> dict[str, Any]:
    """Say how the mapping stands."""
    total, done = len(run.table["headers"]), sum(bool(name) for name in run.mapping.values())
    rt = record_type(run.type_key)
    match = ", ".join(str(_label(rt, name)) for name in run.options.get("match_on", ())) or "–"
    lines = [
        {"label": _("Matched columns"), "value": done, "tone": "ok"},
        {"label": _("Left out"), "value": total - done, "tone": ""},
        {"label": _("Existing records are found by"), "value": match, "tone": ""},
    ]
    return {"title": _("Mapping"), "done": done, "total": total, "lines": lines}


def _label(rt: RecordType, name: str) -> Any:
    from hatir.foundation.records.registry import fields_of

    return capital(fields_of(rt)[name].label) if name in fields_of(rt) else name


def preview(run: ImportRun, sample: list[list[Any]], at: int = 0) -> dict[str, Any] | None:
    """Show one row as the record it becomes."""
    if not sample:
        return None
    row = sample[min(at, len(sample) - 1)]
    rt = record_type(run.type_key)
    pairs = [(name, reading_text(row, int(place))) for place, name in run.mapping.items() if name]
    known = dict(pairs)
    title = known.get(rt.title) or " ".join(known.get(n, "") for n in ("given_name", "family_name")).strip()
    facts = [{"label": _label(rt, n), "value": text} for n, text in pairs if text and n != rt.title][:8]
    return {
        "title": title or "–",
        "note": capital(rt.singular_label),
        "facts": facts,
        "row_text": _("row %(number)d") % {"number": at + 1},
        "prev_url": f"{url_of(run, 'preview')}?at={at - 1}" if at else "",
        "next_url": f"{url_of(run, 'preview')}?at={at + 1}" if at + 1 < len(sample) else "",
        "is_company": run.type_key == "customers.company",
        "tags": (),
    }


def reading_text(row: list[Any], place: int) -> str:
    """Give a cell as text."""
    from hatir.foundation.transfer.cells import as_text

    return as_text(row[place])[:200] if place < len(row) else ""


def progress(run: ImportRun, job: Job | None, text: str, step: str) -> dict[str, Any]:
    """Show how far the run's job is."""
    total = (job.progress_total if job else None) or run.row_count or 0
    waiting = job is not None and job.state == "waiting"
    return {
        "text": text,
        "note": _("Waiting for a free worker…") if waiting else (job.progress_note if job else ""),
        "done": job.progress_done if job else 0,
        "total": total,
        "poll_url": url_of(run, step),
        "cancel_url": f"/import/{run.public_id}/cancel/",
    }


def bad_rows(run: ImportRun) -> list[dict[str, Any]]:
    """List the first rows that the check refused, each with its reason."""
    rows = queries.rejections(run, is_trial=True)[:SHOWN_ROWS]
    return [{"number": row.line, "cells": row.cells, "reason": row.reason} for row in rows]


def check_summary(run: ImportRun) -> dict[str, Any]:
    """Say what the check found; the numbers add up to the rows of the file."""
    counts = run.check_counts
    lines = [{"label": _("Rows in the file"), "value": format_number(run.row_count or 0), "tone": ""}]
    lines += _count_lines(counts)
    return {"title": _("What would happen"), "lines": lines}


def _count_lines(counts: dict[str, int]) -> list[dict[str, Any]]:
    named = (("new", _("New"), "ok"), ("updated", _("Updated"), "ok"), ("unchanged", _("Unchanged"), ""))
    lines = [{"label": label, "value": format_number(counts.get(name, 0)), "tone": tone} for name, label, tone in named]
    rejected = counts.get("rejected", 0)
    lines.append({"label": _("Rejected"), "value": format_number(rejected), "tone": "warn" if rejected else ""})
    return lines


def figures(run: ImportRun) -> list[dict[str, Any]]:
    """Show what came of the import."""
    notes = {"new": "", "updated": "", "unchanged": _("as they were"), "rejected": _("with the reason in the file")}
    labels = {"new": _("New"), "updated": _("Updated"), "unchanged": _("Unchanged"), "rejected": _("Rejected")}
    return [
        {"label": labels[name], "value": format_number(run.counts.get(name, 0)), "note": notes[name], "url": ""}
        for name in labels
    ]


def pairs(run: ImportRun, actor: Actor) -> list[dict[str, Any]]:
    """Show rows beside the records that they are."""
    rt = record_type(run.type_key)
    examples = run.check_notes.get("examples", [])[:12]
    ids = [parse_ref(each["record"]).id for each in examples]
    seen = {record.pk: record for record in visible(actor, rt).filter(pk__in=ids)}
    headers = run.table["headers"]
    shown = []
    for each, pk in zip(examples, ids, strict=True):
        if pk not in seen:
            continue
        facts = [{"label": h, "value": c} for h, c in zip(headers, each["cells"], strict=False) if c][:6]
        shown.append(
            {
                "row": {"title": _("Row %(number)d") % {"number": each["line"]}, "facts": facts},
                "record": {
                    "title": each["title"],
                    "url": rt.ref(seen[pk]).url,
                    "facts": _facts(rt, actor, run, seen[pk]),
                },
                "reason": _("Same %(field)s") % {"field": _label(rt, each["by"])},
                "done": _("will be updated") if each["done"] == "updated" else _("nothing changes"),
            }
        )
    return shown


def _facts(rt: RecordType, actor: Actor, run: ImportRun, record: Any) -> list[dict[str, Any]]:
    from hatir.foundation.access.masking import shown as as_seen
    from hatir.foundation.access.queries import readable_fields

    specs = readable_fields(actor, rt)
    names = [name for name in run.mapping.values() if name in specs and specs[name].kind in ("text", "email", "phone")]
    facts = [
        {"label": capital(specs[n].label), "value": as_seen(actor, specs[n], getattr(record, n, ""))} for n in names[:6]
    ]
    return [fact for fact in facts if fact["value"]]


def revert_text(run: ImportRun) -> str:
    """Say what taking back would do."""
    count = run.counts.get("new", 0) + run.counts.get("updated", 0)
    return ngettext(
        "%(count)d record goes back to how it was; records changed since stay.",
        "%(count)d records go back to how they were; records changed since stay.",
        count,
    ) % {"count": count}


def conflicts(run: ImportRun) -> list[dict[str, str]]:
    """List what a take-back left as it is."""
    if run.state != REVERTED:
        return []
    skipped = run.check_notes.get("skipped", [])
    return [{"title": s["title"], "url": parse_ref(s["record"]).url, "reason": s["reason"]} for s in skipped]
