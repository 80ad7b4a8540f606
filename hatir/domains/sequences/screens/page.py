"""The page of a sequence: its steps with what came of each, who goes through it, and what can be done with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from hatir.domains.sequences import actions, queries, rules
from hatir.domains.sequences.models import Enrolment, Step
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.domains.sequences.queries.report import GAINED, StepLine, Totals, enrolments_in
from hatir.foundation.access.queries import may, open_fields, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import RecordError
from hatir.foundation.records.registry import record_type, type_of_model
from hatir.interface.web.answers import done, refused, undo_url
from hatir.interface.web.factsheet import FactSheet
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened, crumbs_of, head_of, list_address, menu_of, open_record
from hatir.kit.ids import encode_id

SHOWN = 12
LIST = "/records/sequences.enrolment/"
ICONS = {rules.EMAIL: "mail", rules.CALL: "phone", rules.TASK: "circle-check", rules.WAIT: "hourglass"}
HUES = {rules.EMAIL: 7, rules.CALL: 5, rules.TASK: 8, rules.WAIT: 2}
NEEDED = {"last_step", "replied_at", "met_at", "bounced_at"}
"""Whoever may not see one of these of enrolments is not told figures made of them either."""


@screen(":view")
@require_safe
def sequence_page(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show a sequence whole."""
    opened = open_record(request, type_key, record_id)
    sheet = FactSheet(opened.actor, opened.narrowed, opened.record, editable=opened.editable)
    head = head_of(opened, sheet.presenter)
    context: dict[str, Any] = {
        "page_title": head.title,
        "record": head,
        "crumbs": crumbs_of(opened, list_address(request)),
        "sections": sheet.sections(),
        "menu": menu_of(opened),
        "kpis": [],
        "related_url": f"{opened.url}related/",
        "has_timeline": False,
        "sequence": opened.record,
        **_body(opened),
    }
    return render(request, "sequences/sequence.html", context)


def _body(opened: Opened) -> dict[str, Any]:
    sequence: ContactSequence = opened.record
    steps = queries.steps_of(opened.actor, sequence)
    shows = _sees_figures(opened.actor)
    lines = queries.lines_of(opened.actor, sequence, steps) if shows else [StepLine(step) for step in steps]
    is_open = opened.editable and sequence.archived_at is None
    return {
        "is_open": is_open,
        "nodes": [node_of(opened, line, at, shows) for at, line in enumerate(lines)] if _sees_steps(opened) else [],
        "may_start": is_open and sequence.state != rules.IN_USE,
        "may_pause": is_open and sequence.state == rules.IN_USE,
        "may_copy": may(opened.actor, "create", ContactSequence),
        "adders": adders(),
        "stats": _stats(sequence, queries.totals_of(opened.actor, sequence)) if shows else [],
        "people": _people(opened.actor, sequence) if shows else [],
        "people_url": list_of(_is("sequence", sequence.pk)),
        "removed": queries.removed_steps(sequence) if shows else [],
        "try_url": f"{opened.url}trial/",
    }


def _sees_figures(actor: Actor) -> bool:
    seen = set(open_fields(actor, type_of_model(Enrolment)))
    return may(actor, "view", Enrolment) and queries.sees_places(actor) and seen >= NEEDED


def _sees_steps(opened: Opened) -> bool:
    return {"title", "text", "kind"} <= set(open_fields(opened.actor, record_type("sequences.step")))


def adders() -> list[tuple[str, str, str]]:
    """List the kinds of steps that can be added: key, words, icon."""
    return [
        (rules.EMAIL, _("E-mail"), ICONS[rules.EMAIL]),
        (rules.CALL, pgettext("noun", "Call"), ICONS[rules.CALL]),
        (rules.TASK, _("Task"), ICONS[rules.TASK]),
        (rules.WAIT, pgettext("sequence", "Wait"), ICONS[rules.WAIT]),
    ]


# --- figures, each with its list ---------------------------------------------------------------------


def list_of(*parts: Mapping[str, Any]) -> str:
    """Give the address of the list of enrolments that fit all parts."""
    return f"{LIST}?{urlencode({'f': json.dumps({'all': list(parts)}, ensure_ascii=False)})}"


def _is(field: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": "is", "value": encode_id(value) if isinstance(value, int) else value}


def _has(field: str) -> dict[str, Any]:
    return {"field": field, "op": "not_empty"}


GAINED_PART = {"field": "reason", "op": "in", "value": list(GAINED)}
CAME = {"replied": _has("replied_at"), "met": _has("met_at"), "bounced": _has("bounced_at"), "gained": GAINED_PART}


def _stats(sequence: ContactSequence, totals: Totals) -> list[tuple[str, int, str]]:
    own = _is("sequence", sequence.pk)
    return [
        (_("Enrolled"), totals.enrolled, list_of(own)),
        (pgettext("enrolments", "Under way"), totals.active, list_of(own, _is("status", rules.ACTIVE))),
        (pgettext("enrolments", "Paused"), totals.paused, list_of(own, _is("status", rules.PAUSED))),
        (pgettext("enrolments", "Finished"), totals.finished, list_of(own, _is("status", rules.FINISHED))),
        (pgettext("enrolments", "Answered"), totals.replied, list_of(own, CAME["replied"])),
        (pgettext("enrolments", "Meetings"), totals.met, list_of(own, CAME["met"])),
        (pgettext("enrolments", "Came back"), totals.bounced, list_of(own, CAME["bounced"])),
        (pgettext("enrolments", "Won"), totals.gained, list_of(own, CAME["gained"])),
    ]


def node_of(opened: Opened, line: StepLine, at: int, shows: bool) -> dict[str, Any]:
    """Give a step as the page draws it: what it is, its figures, and where it is changed."""
    step = line.step
    return {
        "step": step,
        "at": at,
        "icon": ICONS[step.kind],
        "hue": HUES[step.kind],
        "detail": _detail(step),
        "figures": _figures(line) if shows else [],
        "url": f"{opened.url}steps/{step.public_id}/",
        "next_place": at + 1,
    }


def _detail(step: Step) -> str:
    if step.kind == rules.WAIT:
        return ""
    parts = [str(step.get_kind_display())]
    if step.kind in rules.PLANNED and step.limit_days is not None:
        parts.append(_("goes on after %(days)d working days") % {"days": step.limit_days})
    if step.assignee is not None:
        parts.append(step.assignee.name)
    if step.kind == rules.EMAIL and step.if_refused == rules.SKIP:
        parts.append(_("skipped where it must not be sent"))
    return " · ".join(parts)


def _figures(line: StepLine) -> list[tuple[str, int, str]]:
    """List the figures of a step that are not nought, those of today first."""
    step, own = line.step, _is("sequence", line.step.sequence_id)
    stands = list_of(own, _is("step", step.pk), {"field": "status", "op": "in", "value": list(rules.OPEN)})

    def took(state: str) -> str:
        where = {"all": [_is("step", step.pk), _is("state", state)]}
        return list_of(own, {"has": "sequences.step_run", "where": where})

    last = _is("last_step", step.pk)
    found = [
        (_("here now"), line.standing, stands),
        *((words, line.by_state.get(state, 0), took(state)) for state, words in _states()),
        (_("answered"), line.replied, list_of(own, last, CAME["replied"])),
        (_("meetings"), line.met, list_of(own, last, CAME["met"])),
        (_("won or converted"), line.gained, list_of(own, last, CAME["gained"])),
    ]
    return [(words, count, url) for words, count, url in found if count]


def _states() -> Sequence[tuple[str, str]]:
    return (
        ("sent", pgettext("steps", "sent")),
        ("bounced", pgettext("steps", "came back")),
        ("open", pgettext("steps", "planned")),
        ("done", pgettext("steps", "done")),
        ("late", pgettext("steps", "not in time")),
        ("skipped", pgettext("steps", "skipped")),
    )


def _people(actor: Actor, sequence: ContactSequence) -> list[dict[str, Any]]:
    """List who came last, as far as the actor sees what they carry."""
    rows = list(enrolments_in(actor, sequence).select_related("step", "sequence").order_by("-pk")[:SHOWN])
    link = queries.link_of(sequence.carries)
    key = queries.type_of(sequence.carries)
    ids = [getattr(one, f"{link}_id") for one in rows]
    seen = {record.pk: record for record in visible(actor, key).filter(pk__in=ids)}
    rt = record_type(key)
    found = []
    for one in rows:
        record = seen.get(getattr(one, f"{link}_id"))
        found.append({
            "title": rt.title_of(record) if record is not None else _("Not visible to you"),
            "url": f"{LIST}{one.public_id}/",
            "status": one.get_status_display(),
            "tone": {rules.ACTIVE: "info", rules.PAUSED: "warn", rules.FINISHED: "ok"}.get(one.status, "gray"),
            "note": queries.place_words(one),
            "at": one.enrolled_at,
        })  # fmt: skip
    return found


# --- what can be done with it ------------------------------------------------------------------------


@screen(":edit")
@require_POST
def set_state(request: HttpRequest, type_key: str, record_id: str, verb: str) -> HttpResponse:
    """Start a sequence, or pause it."""
    opened = open_record(request, type_key, record_id)
    do = actions.start_sequence if verb == "start" else actions.pause_sequence
    try:
        changed = do(opened.record, actor=opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    said = _("%(sequence)s: %(state)s") % {"sequence": changed.name, "state": changed.get_state_display()}
    return done(request, said, back=opened.url, undo=undo_url(opened.actor))


@screen(":create")
@require_POST
def copy(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Make a draft with the same steps and open it."""
    opened = open_record(request, type_key, record_id)
    try:
        made = actions.copy_sequence(opened.record.pk, actor=opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    return HttpResponseRedirect(f"/records/{type_key}/{made.public_id}/")
