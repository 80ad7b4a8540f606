"""Duplicates: the pairs to decide, two records side by side, and taking a merge back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import get_visible, may
from hatir.foundation.merging import queries, starting
from hatir.foundation.merging.actions import choose_rules, decide, merge
from hatir.foundation.merging.declared import duplicates_of, types_with_duplicates
from hatir.foundation.merging.errors import CannotUnmerge, ChangedSinceShown
from hatir.foundation.merging.models import DIFFERENT, LATER, OPEN
from hatir.foundation.merging.separating import kept_labels, may_separate, unmerge
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere, RecordError
from hatir.foundation.records.registry import fields_of, record_type, record_types
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, refused, safe_next, undo_url
from hatir.interface.web.duplicate_pages import shown_choices, shown_pairs
from hatir.interface.web.nav import Page, add_page
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.recordpages import record_id_of
from hatir.interface.web.settings_frame import SettingsPage, add_settings_page, show
from hatir.kit.ids import encode_id

add_page(
    "customers",
    Page(
        "duplicates", gettext_lazy("Duplicates"), "/duplicates/", type_key="customers.customer", verb="merge", order=80
    ),
)
add_settings_page(2, SettingsPage("duplicates", gettext_lazy("Duplicates"), "/settings/duplicates/", "copy", MANAGE))
CHOICE = "choice-"
SURE = 95


@screen()
@require_safe
def pair_list(request: HttpRequest) -> HttpResponse:
    """List the pairs that may be one, the likeliest first."""
    actor = actor_of(request)
    types = queries.reviewed_types(actor)
    if not types:
        raise Http404
    asked = request.GET.get("type", "")
    rt = next((one for one in types if one.key == asked), types[0])
    state = request.GET.get("state", OPEN)
    state = state if state in (OPEN, LATER, DIFFERENT) else OPEN
    at_least = _score(request.GET.get("score", ""), 0)
    page = queries.pairs_page(actor, rt, state=state, at_least=at_least, after=request.GET.get("after", ""))
    base = {"type": rt.key, "state": state, **({"score": at_least} if at_least else {})}
    context = {
        "page_title": _("Duplicates"),
        "kinds": [(capital(one.plural_label), f"?{urlencode({'type': one.key})}", one.key == rt.key) for one in types],
        "states": [
            (label, f"?{urlencode({'type': rt.key, 'state': key})}", key == state)
            for key, label in ((OPEN, _("To be decided")), (LATER, _("Later")), (DIFFERENT, _("Not the same")))
        ],
        "type_key": rt.key,
        "state": state,
        "score": at_least or "",
        "pairs": shown_pairs(actor, rt, page.pairs, page.records),
        "next_url": f"?{urlencode({**base, 'after': page.next_after})}" if page.next_after else "",
        "here": f"/duplicates/?{urlencode(base)}",
        "scan": queries.last_scan(rt),
        "sure": max(at_least, SURE) if at_least else SURE,
    }
    return render(request, "web/duplicates/list.html", context)


def _score(text: str, otherwise: int) -> int:
    return min(max(int(text), 1), 99) if text.isdecimal() else otherwise


@screen()
@require_POST
def begin_scan(request: HttpRequest) -> HttpResponse:
    """Look through all records of a type, in the background."""
    try:
        job = starting.start_scan(request.POST.get("type", ""), actor=actor_of(request))
    except RecordError as problem:
        return refused(request, problem, back="/duplicates/")
    messages.success(request, _("The search runs in the background; pairs appear here as they are found."))
    return HttpResponseRedirect(f"/jobs/{job.public_id}/")


@screen()
@require_POST
def merge_many(request: HttpRequest) -> HttpResponse:
    """Merge all pairs above a score, in the background, as one operation."""
    actor = actor_of(request)
    score = _score(request.POST.get("score", ""), SURE)
    try:
        job = starting.start_merging_above(request.POST.get("type", ""), score, actor=actor)
    except RecordError as problem:
        return refused(request, problem, back="/duplicates/")
    text = _("Pairs of %(score)d %% and more are being merged; all of it can be undone.") % {"score": score}
    messages.add_message(request, messages.SUCCESS, text, extra_tags=undo_url(actor, job.operation))
    return HttpResponseRedirect(f"/jobs/{job.public_id}/")


@screen()
@require_POST
def decision(request: HttpRequest, pair_id: str) -> HttpResponse:
    """Say of a pair that it is not one, or that it waits."""
    state = request.POST.get("state", "")
    back = safe_next(request, "/duplicates/")
    if state not in (OPEN, LATER, DIFFERENT):
        raise Http404
    try:
        decide(record_id_of(pair_id), state, actor=actor_of(request))
    except RecordError as problem:
        return refused(request, problem, back=back)
    told = {
        DIFFERENT: _("Kept: these two are not the same. They will not be asked about again."),
        LATER: _("Put aside for later."),
        OPEN: _("It is to be decided again."),
    }
    messages.success(request, told[state])
    return HttpResponseRedirect(back)


@screen(":merge")
@require_http_methods(["GET", "HEAD", "POST"])
def side_by_side(request: HttpRequest, type_key: str, winner_id: str, loser_id: str) -> HttpResponse:
    """Show two records beside one another and make one of them, field by field."""
    actor = actor_of(request)
    ids = record_id_of(winner_id), record_id_of(loser_id)
    try:
        rt = record_type(record_type(type_key).root_key)
        winner, loser = queries.two_records(actor, rt.key, ids)
    except NotFoundHere:
        raise Http404 from None
    if request.method != "POST":
        return _side_by_side(request, actor, rt, winner, loser)
    chosen = {name.removeprefix(CHOICE): str(side) for name, side in request.POST.items() if name.startswith(CHOICE)}
    versions = request.POST.get("versions", "").split(",")
    try:
        shown = (int(versions[0]), int(versions[1]))
    except (ValueError, IndexError):
        shown = (0, 0)
    try:
        merged = merge(rt.key, winner.pk, loser.pk, actor=actor, chosen=chosen, versions=shown)
    except ChangedSinceShown as problem:
        return _side_by_side(request, actor, rt, winner, loser, error=str(problem), status=409)
    except RecordError as problem:
        if isinstance(problem, NotFoundHere):
            raise Http404 from None
        return _side_by_side(request, actor, rt, winner, loser, error=str(problem), status=422)
    text = _("Merged: %(title)s") % {"title": merged.winner_title}
    return done(request, text, back=rt.ref(winner).url, undo=undo_url(actor))


def _side_by_side(
    request: HttpRequest, actor: Actor, rt: RecordType, winner: Any, loser: Any, *, error: str = "", status: int = 200
) -> HttpResponse:
    titles = [rt.title_of(record) or _("Without a name") for record in (winner, loser)]
    context = {
        "page_title": _("Merge two records"),
        "crumbs": [{"label": _("Duplicates"), "url": "/duplicates/"}],
        "winner": {"title": titles[0], "url": rt.ref(winner).url, "at": winner.created_at},
        "loser": {"title": titles[1], "url": rt.ref(loser).url, "at": loser.created_at},
        "choices": shown_choices(actor, rt, winner, loser),
        "moving": queries.moving(rt, winner, loser),
        "versions": f"{winner.version},{loser.version}",
        "swap_url": f"/duplicates/{rt.key}/{loser.public_id}/{winner.public_id}/",
        "error": error,
    }
    return render(request, "web/duplicates/merge.html", context, status=status)


@screen(":merge")
@require_safe
def of_record(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show what may be the same as one record, and what was merged into it."""
    actor = actor_of(request)
    try:
        rt = record_type(record_type(type_key).root_key)
        record = get_visible(actor, rt, record_id_of(record_id))
    except NotFoundHere:
        raise Http404 from None
    merges = queries.merges_into(actor, rt.ref(record))
    allowed = may_separate(actor, merges)
    pairs = []
    for compared in queries.reviewed_types(actor):
        if compared.root_key == rt.key:
            found = queries.pairs_of(actor, compared, record.pk)
            records = {pk: get_visible(actor, rt, pk) for pair in found for pk in (pair.one_id, pair.other_id)}
            pairs += shown_pairs(actor, compared, found, records)
    context = {
        "page_title": _("Duplicates: %(title)s") % {"title": rt.title_of(record)},
        "crumbs": [{"label": rt.title_of(record), "url": rt.ref(record).url}],
        "pairs": pairs,
        "here": request.path,
        "merges": [(one, allowed.get(one.pk, False)) for one in merges],
    }
    return render(request, "web/duplicates/of_record.html", context)


@screen()
@require_POST
def separation(request: HttpRequest, merge_id: str) -> HttpResponse:
    """Take one merge back."""
    actor = actor_of(request)
    found = queries.merge_by_id(record_id_of(merge_id))
    if found is None or not may(actor, "merge", found.type_key):
        raise Http404
    rt = record_type(found.type_key)
    back = f"/records/{rt.key}/{encode_id(found.winner_id)}/duplicates/"
    try:
        result = unmerge(found.pk, actor=actor)
    except CannotUnmerge as problem:
        return refused(request, problem, back=_first_to_separate(problem) or back)
    except RecordError as problem:
        return refused(request, problem, back=back)
    text = _("Two again: %(one)s and %(other)s.") % {"one": found.winner_title, "other": found.loser_title}
    labels = kept_labels(rt, result.kept_fields, actor)
    if labels:
        text += " " + _("Changed since and left as they are: %(fields)s.") % {"fields": ", ".join(labels)}
    return done(request, text, back=rt.ref(get_visible(actor, rt, found.loser_id)).url)


def _first_to_separate(problem: CannotUnmerge) -> str:
    """Give the page on which the merge stands that has to be taken back before."""
    ref = problem.first
    return f"/records/{ref.type_key}/{ref.public_id}/duplicates/" if ref is not None else ""


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Choose for each type from which score on pairs are shown, and which fields count."""
    actor = actor_of(request)
    types = types_with_duplicates(record_types())
    error = ""
    if request.method == "POST":
        key = request.POST.get("type", "")
        on = set(request.POST.getlist("on"))
        rt = next((one for one in types if one.key == key), None)
        if rt is None:
            raise Http404
        declared = duplicates_of(rt)
        off = [compare.key for compare in (declared.comparisons if declared else ()) if compare.key not in on]
        try:
            choose_rules(key, threshold=_score(request.POST.get("threshold", ""), 0), off=off, actor=actor)
            return done(request, _("Saved. The next search follows it."), back="/settings/duplicates/")
        except RecordError as problem:
            error = str(problem)
    context = {"page_title": _("Duplicates"), "types": [_rules(one) for one in types], "error": error}
    return show(request, "web/duplicates/settings.html", "duplicates", context, status=422 if error else 200)


def _rules(rt: RecordType) -> dict[str, Any]:
    declared, chosen = duplicates_of(rt), queries.chosen_rules(rt)
    fields = fields_of(rt)
    on = {compare.key for compare in chosen.comparisons}
    return {
        "key": rt.key,
        "label": capital(rt.plural_label),
        "threshold": chosen.threshold,
        "compares": [
            (compare.key, capital(compare.label or fields[compare.key].label), compare.key in on)
            for compare in (declared.comparisons if declared else ())
        ],
    }


urlpatterns = [
    path("duplicates/", pair_list, name="duplicates"),
    path("duplicates/scan/", begin_scan, name="duplicate_scan"),
    path("duplicates/merging/", merge_many, name="duplicate_merging"),
    path("duplicates/pairs/<str:pair_id>/decision/", decision, name="duplicate_decision"),
    path("duplicates/merges/<str:merge_id>/separation/", separation, name="merge_separation"),
    path("duplicates/<str:type_key>/<str:winner_id>/<str:loser_id>/", side_by_side, name="merge"),
    path("records/<str:type_key>/<str:record_id>/duplicates/", of_record, name="record_duplicates"),
    path("settings/duplicates/", rules, name="duplicate_rules"),
]
