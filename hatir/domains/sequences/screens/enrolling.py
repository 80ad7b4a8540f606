"""Enrolling: one record from its page with one press, or all selected rows of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from hatir.domains.sequences import actions, queries
from hatir.domains.sequences.actions import ENROL_MANY, Enrolled
from hatir.domains.sequences.models import Enrolment
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.domains.sequences.queries.previews import offers_for
from hatir.domains.sequences.queries.subjects import CUSTOMER, DEAL, LEAD, LINKS
from hatir.foundation.access.queries import get_visible, may, visible
from hatir.foundation.jobs.models import Job
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere, RecordError
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews.selection import Selection, read_selection, selected
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, panel, refused, safe_next, undo_url
from hatir.interface.web.bulk_offers import BulkOffer, offer_bulk
from hatir.interface.web.job_reports import Report, Results, tell_of, undo_of
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import MenuItem, Opened, offer_menu_item
from hatir.interface.web.screens.bulk import came_from, selection_of
from hatir.interface.web.screens.forms import new_record
from hatir.interface.web.types import type_or_404
from hatir.kit.filters.schema import FilterError
from hatir.kit.ids import decode_id

REFRESH: dict[str, Any] = {"dialog:close": {}, "list:refresh": {}, "record:refresh": {}}
NEW = "/records/sequences.enrolment/new/"
CARRIED = {link: carries for carries, link in LINKS.items()}
MOST_COUNTED = 10_000


# --- one record --------------------------------------------------------------------------------------


@screen(":create")
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, type_key: str) -> HttpResponse:
    """Offer the sequences that carry a record (`link` names it), each with one press; without one the usual form."""
    link, _colon, public_id = request.GET.get("link", "").partition(":")
    if link not in CARRIED or not public_id:
        response: HttpResponse = new_record(request, type_key=type_key)
        return response
    actor, carries = actor_of(request), CARRIED[link]
    key = queries.type_of(carries)
    try:
        record = get_visible(actor, key, decode_id(public_id))
    except (ValueError, NotFoundHere):
        raise Http404 from None
    if request.method != "POST":
        return _offer(request, actor, carries, record)
    back = record_type(key).ref(record).url
    try:
        sequence = get_visible(actor, ContactSequence, decode_id(request.POST.get("sequence", "")))
        actions.create_enrolments([{"sequence": sequence.pk, link: record.pk}], actor=actor)
    except ValueError:
        raise Http404 from None
    except RecordError as problem:
        return refused(request, problem, back=back)
    told = {"record": record_type(key).title_of(record), "sequence": sequence.name}
    said = _("%(record)s: “%(sequence)s” began") % told
    return done(request, said, back=back, undo=undo_url(actor), events=REFRESH)


def _offer(request: HttpRequest, actor: Actor, carries: str, record: Any) -> HttpResponse:
    rt = record_type(queries.type_of(carries))
    context = {
        "title": rt.title_of(record),
        "url": f"{NEW}?{urlencode({'link': f'{LINKS[carries]}:{record.public_id}'})}",
        "offers": offers_for(actor, carries, record),
        "new_url": "/records/sequences.sequence/new/?quick=1" if may(actor, "create", ContactSequence) else "",
    }
    return panel(request, "sequences/_enrol.html", context, title=_("Start a sequence"))


def _menu_item(opened: Opened) -> MenuItem | None:
    if not opened.editable or opened.record.archived_at is not None or not may(opened.actor, "create", Enrolment):
        return None
    link = LINKS[queries.carried_by(opened.rt.key)]
    url = f"{NEW}?{urlencode({'link': f'{link}:{opened.record.public_id}'})}"
    return MenuItem(_("Start a sequence"), "route", url=url, dialog=True, key="d", in_bar=True)


for _key in (LEAD, DEAL, CUSTOMER):
    offer_menu_item(_key, _menu_item)
    offer_bulk(
        _key,
        BulkOffer(
            gettext_lazy("Start a sequence"), "route", "/sequences/enrolling/{type}/",
            lambda actor: may(actor, "create", Enrolment), key="d",
        ),
    )  # fmt: skip


# --- selected rows -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What was selected, by whom, and what sequences carry it."""

    actor: Actor
    rt: RecordType
    carries: str
    selection: Selection


@screen(":view")
@require_POST
def ask_many(request: HttpRequest, type_key: str) -> HttpResponse:
    """Take the selection from the list and ask for the sequence."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key, "view")
    carries = queries.carried_by(rt.root_key)
    if not carries or not may(actor, "create", Enrolment):
        raise Http404
    selection = selection_of(rt, request.POST)
    if not selection.ids and not selection.across:
        back = safe_next(request, f"/records/{rt.key}/")
        return done(request, _("Select at least one record first."), back=back, kind="warn")
    return _ask_for_sequence(request, Asked(actor, rt, carries, selection))


def _ask_for_sequence(request: HttpRequest, asked: Asked, problem: str = "", status: int = 200) -> HttpResponse:
    try:
        found = selected(asked.actor, asked.rt, asked.selection, "view").order_by()[: MOST_COUNTED + 1].count()
    except FilterError:
        raise Http404 from None
    count = f"{found:,}".replace(",", ".") if found <= MOST_COUNTED else "10.000+"
    title = _("Start a sequence with %(count)s records") % {"count": count}
    context = {
        "title": title,
        "count": count,
        "url": f"/sequences/enrolling/{asked.rt.key}/apply/",
        "token": asked.selection.to_token(),
        "next": request.POST.get("next") or came_from(request, asked.rt),
        "sequences": queries.sequences_for(asked.actor, asked.carries),
        "problem": problem,
    }
    return panel(request, "sequences/_enrol_many.html", context, title=title, status=status)


@screen(":view")
@require_POST
def enrol_many(request: HttpRequest, type_key: str) -> HttpResponse:
    """Enrol what was selected."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key, "view")
    back = safe_next(request, f"/records/{rt.key}/")
    try:
        selection = read_selection(request.POST.get("selection", ""))
        if selection.type_key != rt.key:
            raise Http404
        asked = Asked(actor, rt, queries.carried_by(rt.root_key), selection)
        if not request.POST.get("sequence"):
            return _ask_for_sequence(request, asked, _("Choose the sequence."), 422)
        outcome = actions.enrol_selected(selection, decode_id(request.POST["sequence"]), actor=actor)
    except (NotFoundHere, FilterError, ValueError):
        raise Http404 from None
    except RecordError as problem:
        return refused(request, problem, back=back)
    events: dict[str, Any] = {"dialog:close": {}, "list:refresh": {}}
    if outcome.job_id is not None:
        text = _("The records are enrolled in the background; you may leave this page.")
        return done(request, text, back=back, undo=undo_url(actor, outcome.operation), events=events)
    undo = undo_url(actor, outcome.operation) if outcome.count else ""
    kind = "warn" if outcome.refused else "ok"
    return done(request, said_of(outcome), back=back, undo=undo, events=events, kind=kind)


def said_of(outcome: Enrolled) -> str:
    """Say how many were enrolled, and how many were not for each reason."""
    count = outcome.count
    text = ngettext("%(count)d record began.", "%(count)d records began.", count) % {"count": count}
    reasons = [f"{queries.words_of_refusal(why)} ({number})" for why, number in sorted(outcome.refused.items())]
    return " ".join([text, *reasons])


def report_of_job(job: Job, result: Results, actor: Actor) -> Report:
    """Tell what came of enrolling a large selection."""
    refused_by: dict[str, int] = dict(result.get("refused", {}))
    enrolled = int(result.get("enrolled", 0))
    sequence = visible(actor, ContactSequence).filter(pk=job.kwargs.get("sequence_id", 0)).first()
    return Report(
        counts=(
            (_("Enrolled"), enrolled),
            *((queries.words_of_refusal(why), count) for why, count in sorted(refused_by.items())),
        ),
        url=record_type("sequences.sequence").ref(sequence).url if sequence is not None else "",
        url_text=_("Open the sequence"),
        undo=undo_of(job, actor, enrolled),
    )


tell_of(ENROL_MANY, report_of_job)
