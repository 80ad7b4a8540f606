"""What the pages of the import wizard show, made from a run; plain values for the templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import may, readable_fields
from hatir.foundation.jobs.models import Job
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.refs import parse_ref
from hatir.foundation.records.registry import fields_of, record_type, record_types
from hatir.foundation.transfer import actions, queries
from hatir.foundation.transfer.models import CHECKED, DRAFT, REVERTED, ImportRun
from hatir.interface.web.presenting import capital
from hatir.kit.formats_tr import format_number

STEPS = ("mapping", "check", "duplicates", "result")


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
    """List the types that the actor may import; the main ones first, those of the settings marked as rare."""
    types = [rt for rt in record_types() if may(actor, "import", rt)]
    types.sort(key=lambda rt: (not rt.narrows, not rt.area, bool(rt.part_of)))
    keys = [rt.key for rt in types]
    chosen = chosen if chosen in keys else (keys[0] if keys else "")
    return [
        {
            "key": rt.key,
            "label": capital(rt.plural_label),
            "icon": rt.icon,
            "note": "",
            "is_chosen": rt.key == chosen,
            "is_rare": not rt.area and not rt.narrows and rt.key != chosen,
        }
        for rt in types
    ]


def recent(actor: Actor) -> list[dict[str, str]]:
    """List the actor's last imports."""
    shown = []
    for run in queries.imports_of(actor)[:5]:
        step = (
            "files"
            if run.bundle
            else "mapping"
            if run.state == DRAFT
            else "check"
            if run.state in ("checking", CHECKED)
            else "result"
        )
        shown.append({"title": run.file.name, "note": str(run.get_state_display()), "url": url_of(run, step)})
    return shown


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


def check_summary(run: ImportRun) -> dict[str, Any]:
    """Say what the check found; the numbers add up to the rows of the file."""
    counts = run.check_counts
    lines = [{"label": _("Rows in the file"), "value": format_number(run.row_count or 0), "tone": ""}]
    lines += _count_lines(counts)
    return {"title": _("What would happen"), "lines": lines}


def _count_lines(counts: dict[str, int]) -> list[dict[str, Any]]:
    tones = {"new": "ok", "updated": "ok", "rejected": "warn"}
    return [
        {
            "label": label,
            "value": format_number(counts.get(name, 0)),
            "tone": tones.get(name, "") if counts.get(name) else "",
        }
        for name, label in _outcomes().items()
    ]


def _outcomes() -> dict[str, str]:
    return {
        "new": _("New"),
        "updated": _("Updated"),
        "unchanged": _("Unchanged"),
        "skipped": _("Skipped"),
        "rejected": _("Rejected"),
    }


def figures(run: ImportRun) -> list[dict[str, Any]]:
    """Show what came of the import, the rows that were read first."""
    notes = {
        "unchanged": _("as they were"),
        "skipped": _skipped_note(run),
        "rejected": _("with the reason in the file"),
    }
    read = {"label": _("Rows read"), "value": format_number(run.next_row), "note": "", "url": ""}
    return [
        read,
        *(
            {"label": label, "value": format_number(run.counts.get(name, 0)), "note": notes.get(name, ""), "url": ""}
            for name, label in _outcomes().items()
        ),
        *_linked_figure(run),
    ]


def _skipped_note(run: ImportRun) -> str:
    """Say which rows were skipped: left out in the check, duplicates decided one by one, and by the choice for all."""
    left_out, decided = queries.left_out_count(run), queries.decided_skips(run)
    parts = [_("%(count)s left out") % {"count": format_number(left_out)}] if left_out else []
    parts += [_("%(count)s duplicates") % {"count": format_number(decided)}] if decided else []
    return ", ".join(parts) or _("as you decided")


def _linked_figure(run: ImportRun) -> list[dict[str, Any]]:
    """Say how many linked records were made beside the rows' own."""
    count = run.options.get("linked", 0)
    label, note = _("Linked records"), _("made beside the rows")
    return [{"label": label, "value": format_number(count), "note": note, "url": ""}] if count else []


def reconciled(run: ImportRun) -> dict[str, Any]:
    """Say whether the rows that were read are the sum of what became of them."""
    parts = [run.counts.get(name, 0) for name in _outcomes()]
    total, rest = run.next_row, run.next_row - sum(parts)
    sums = " + ".join(format_number(part) for part in parts)
    text = (
        _("%(read)s rows read = %(sums)s. Not one is missing.")
        if not rest
        else _("%(read)s rows read, but %(sums)s became something: please report this.")
    )
    return {"is_right": not rest, "text": text % {"read": format_number(total), "sums": sums}}


def sum_rows(run: ImportRun, actor: Actor) -> dict[str, Any]:
    """Lay the sums of the number columns side by side: the file's on the left, what became of them on the right."""
    found = queries.sums_of(run)
    specs = readable_fields(actor, record_type(run.type_key))
    labels = _outcomes()
    parts = ["new", "updated", "unchanged", "skipped", "rejected"]
    has_kept = any(each.kept for each in found)
    has_mended = any(each.mended for each in found)
    heads = [_("In the file"), *([_("Corrected by you")] if has_mended else []), *(labels[part] for part in parts)]
    return {
        "heads": [*heads, *([_("Not taken over")] if has_kept else [])],
        "rows": [_sum_row(run, each, specs, has_mended, has_kept) for each in found if each.field in specs],
        "notes": _sum_notes(found, specs, has_kept),
    }


def _sum_row(
    run: ImportRun, each: queries.Reconciled, specs: Mapping[str, FieldSpec], has_mended: bool, has_kept: bool
) -> dict[str, Any]:
    headers = run.table["headers"]
    place = next((int(at) for at, name in run.mapping.items() if name == each.field), len(headers))
    values = [each.file, *([each.mended] if has_mended else []), *each.taken.values(), each.skipped, each.rejected]
    values += [each.kept] if has_kept else []
    return {
        "label": headers[place] if place < len(headers) else str(specs[each.field].label),
        "field": capital(specs[each.field].label),
        "values": [format_number(value, language=get_language() or "tr") for value in values],
        "is_right": not each.rest,
    }


def _sum_notes(found: list[queries.Reconciled], specs: Mapping[str, FieldSpec], has_kept: bool) -> list[str]:
    notes = []
    unread = sum(each.unread for each in found if each.field in specs)
    if unread:
        told = ngettext(
            "%(count)d cell holds no number and is in no sum.",
            "%(count)d cells hold no number and are in no sum.",
            unread,
        )
        notes.append(told % {"count": unread})
    if has_kept:
        notes.append(_("What was not taken over: records kept what they had, or the field holds fewer decimals."))
    return notes


def revert_text(run: ImportRun) -> str:
    """Say what taking back would do."""
    return revert_text_of(run.counts.get("new", 0) + run.counts.get("updated", 0))


def revert_text_of(count: int) -> str:
    """Say what taking so many records back would do."""
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


# --- several files at once ---


def bundle_steps(runs: list[ImportRun]) -> list[dict[str, Any]]:
    """List the three steps of several files."""
    current = 2 if all(run.state in actions.OPEN for run in runs) else 3
    labels = (_("Files"), _("What they hold"), _("Import"))
    return [
        {
            "number": number,
            "label": label,
            "state": "done" if number < current else "current" if number == current else "",
            "url": "",
        }
        for number, label in enumerate(labels, start=1)
    ]


def bundle_page(runs: list[ImportRun], actor: Actor, errors: list[str]) -> dict[str, Any]:
    """Show the files of a bundle: what each holds while they are open, and what came of each after."""
    is_open = all(run.state in actions.OPEN for run in runs)
    ended = not is_open and not any(run.state in ("running", "reverting") for run in runs)
    undo = None
    may_revert = [run for run in runs if actions.may_be_reverted(run)]
    if ended and may_revert:
        counted = sum(run.counts.get(name, 0) for run in runs for name in ("new", "updated"))
        undo = {"url": f"/import/{may_revert[0].public_id}/revert/", "text": revert_text_of(counted)}
    rest = sum(run.next_row - sum(run.counts.get(name, 0) for name in _outcomes()) for run in runs)
    read = format_number(sum(run.next_row for run in runs))
    told = (
        _("%(read)s rows of all files are accounted for.") if not rest else _("Rows are missing: please report this.")
    )
    return {
        "errors": errors,
        "files": [_bundle_file(run, number, actor) for number, run in enumerate(runs, start=1)],
        "is_open": is_open,
        "is_running": not is_open and not ended,
        "is_stopped": ended and any(run.state in ("cancelled", "failed") for run in runs),
        "sums": {"is_right": not rest, "text": told % {"read": read}} if ended else None,
        "undo": undo,
    }


def _bundle_file(run: ImportRun, number: int, actor: Actor) -> dict[str, Any]:
    is_open = run.state in actions.OPEN
    rt = record_type(run.type_key)
    rows = _("%(rows)s rows") % {"rows": format_number(run.row_count or run.profile.get("rows", 0))}
    mapped = sum(bool(name) for name in run.mapping.values())
    columns = _("%(done)d of %(total)d columns matched") % {"done": mapped, "total": len(run.table["headers"])}
    has_rejected = queries.rejections(run, is_trial=False).exists()
    checked = run.state == CHECKED
    return {
        "id": run.public_id,
        "number": number,
        "name": run.file.name,
        "note": f"{rows}, {columns}",
        "types": [
            {"value": each["key"], "label": each["label"], "is_chosen": each["is_chosen"]}
            for each in types_for(actor, run.type_key)
        ]
        if is_open
        else [],
        "type": capital(rt.plural_label),
        "state": str(run.get_state_display()),
        "links": _bundle_links(run, rt),
        "url": url_of(run, "check" if checked else "mapping"),
        "url_text": _("See the check") if checked else _("Columns and check"),
        "failure": run.error,
        "figures": [each for each in figures(run) if each["value"] != "0"] if not is_open and run.next_row else [],
        "error_file_url": f"/import/{run.public_id}/rejected.csv" if has_rejected else "",
    }


def _bundle_links(run: ImportRun, rt: RecordType) -> list[str]:
    expected = run.options.get("expected", ())
    told = _("“%(column)s” leads to the records of another file (%(field)s).")
    return [
        told % {"column": run.table["headers"][int(at)], "field": fields_of(rt)[name].label}
        for at, name in sorted(run.mapping.items(), key=lambda pair: int(pair[0]))
        if name in expected
    ]
