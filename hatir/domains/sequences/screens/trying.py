"""A whole sequence tried with one real record: every step with its words and its earliest time; nothing is sent."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hatir.domains.sequences import queries
from hatir.domains.sequences.screens.page import HUES, ICONS
from hatir.foundation.access.queries import open_fields
from hatir.foundation.records.errors import Invalid, NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.interface.web.inputs import input_of, read_sent
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import open_record
from hatir.kit.ids import decode_id


@screen(":view")
@require_safe
def trial(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Try a sequence with the chosen record, else with the newest."""
    opened = open_record(request, type_key, record_id)
    actor, sequence = opened.actor, opened.record
    key = queries.type_of(sequence.carries)
    if not {"title", "text"} <= set(open_fields(actor, record_type("sequences.step"))):
        raise Http404
    spec = FieldSpec("record", _("Try it with"), "relation", target=key)
    steps, problem, found = queries.steps_of(actor, sequence), "", None
    chosen: Any = ""
    try:
        chosen = read_sent(actor, {"record": spec}, request.GET).get("record", "") if request.GET else ""
        found = queries.trial_of(actor, sequence, steps, timezone.now(), decode_id(chosen) if chosen else None)
    except Invalid as wrong:
        problem = str(wrong)
    except (ValueError, NotFoundHere):
        raise Http404 from None
    context = {
        "page_title": _("Try: %(sequence)s") % {"sequence": sequence.name},
        "crumbs": [
            {"label": _("Sequences"), "url": "/sales/sequences/"},
            {"label": sequence.name, "url": opened.url},
        ],
        "url": f"{opened.url}trial/",
        "input": input_of(actor, spec, chosen or None, prefix="trial"),
        "trial": found,
        "nodes": [_node(*each) for each in found.steps] if found is not None else [],
        "record_url": RecordRef(key, found.record_id).url if found is not None else "",
        "problem": problem,
    }
    return render(request, "sequences/trial.html", context)


def _node(step: Any, at: Any, preview: queries.Preview) -> dict[str, Any]:
    return {"step": step, "at": at, "preview": preview, "icon": ICONS[step.kind], "hue": HUES[step.kind]}
