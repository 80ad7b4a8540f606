"""The audit trail: looked through, exported, checked for tampering, and undone by operation."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hatir.foundation.access.grants import MANAGE, VIEW_AUDIT
from hatir.foundation.access.queries import has_permission
from hatir.foundation.audit.actions import record_event
from hatir.foundation.audit.queries import AuditFilter, chain_state, entries
from hatir.foundation.audit.sealing import seal_waiting, verify_chain
from hatir.foundation.audit.undo import undo
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import RecordError
from hatir.foundation.records.registry import root_types
from hatir.interface.web import audit_pages
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, refused, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.settings_frame import show
from hatir.kit.formats_tr import format_time
from hatir.kit.ids import decode_id, encode_id

LIST = "/settings/audit/"
ASKED = ("who", "verb", "type", "record", "operation", "since", "until")
EXPORT_PAGE = 500
MOST_EXPORTED = 100_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@screen(VIEW_AUDIT)
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Show a page of the trail, newest first, grouped by operation."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "") for name in ASKED}
    page = entries(actor, audit_pages.read_filter(asked), before=_before(request))
    query = urlencode({name: value for name, value in asked.items() if value})
    context = {
        "page_title": _("Audit trail"),
        "is_wide": True,
        "intro": _("Who did what, when and from where, with the value before and after. Nothing here can be changed."),
        "groups": audit_pages.grouped(actor, page.entries),
        "asked": asked,
        "people": audit_pages.people(actor),
        "verbs": list(audit_pages.verb_labels().items()),
        "types": [(rt.key, rt.plural_label) for rt in root_types()],
        "query": query,
        "is_filtered": bool(query),
        "next_url": f"?{query}&before={encode_id(page.next_before)}" if page.next_before else "",
        "is_later_page": "before" in request.GET,
        "may_undo": has_permission(actor, MANAGE),
        "head": chain_state(),
    }
    return show(request, "web/settings/audit.html", "audit", context)


def _before(request: HttpRequest) -> int | None:
    try:
        return decode_id(request.GET["before"]) if "before" in request.GET else None
    except ValueError:
        raise Http404 from None


@screen(VIEW_AUDIT)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Check the whole chain and say what was found."""
    seal_waiting()
    report = verify_chain()
    head = chain_state()
    if report.is_whole:
        last = format_time(head.sealed_at, timezone.get_current_timezone()) if head and head.sealed_at else "–"
        words = {"count": report.checked_count, "time": last}
        return done(request, _("The chain is whole: %(count)d entries, last seal %(time)s.") % words, back=LIST)
    names = {"tampered": _("changed"), "deleted": _("deleted"), "inserted": _("slipped in")}
    words = {"no": report.seal_no or "–", "fault": names.get(report.fault or "", "")}
    text = _("The chain is broken: entry %(no)s was %(fault)s.") % words
    return done(request, text, back=LIST, kind="bad")


@screen(MANAGE)
@require_POST
def undo_operation(request: HttpRequest, operation: str) -> HttpResponse:
    """Take back what one operation did, as far as nobody changed it since."""
    actor = actor_of(request)
    try:
        result = undo(operation, actor)
    except RecordError as problem:
        return refused(request, problem, back=LIST)
    text = _("%(count)d changes were taken back.") % {"count": result.undone_count}
    if result.skipped:
        names = ", ".join(skipped.title for skipped in result.skipped[:3])
        text += " " + _("%(count)d stay as they are: %(names)s") % {"count": len(result.skipped), "names": names}
    kind = "ok" if result.undone_count else "warn"
    return done(request, text, back=LIST, undo=undo_url(actor, result.operation), kind=kind)


@screen(VIEW_AUDIT)
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Give the trail that fits the filter as a file; the export itself is kept in the trail."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "") for name in ASKED}
    record_event("export", actor=actor, type_key="audit.entry", changes={"filter": [None, asked]})
    response = StreamingHttpResponse(
        _csv(actor, audit_pages.read_filter(asked)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate().isoformat()}.csv"'
    return response


def _csv(actor: Actor, wanted: AuditFilter) -> Iterator[str]:
    head = ["at", "who", "from", "what", "type", "record", "changes", "operation", "seal_no", "seal"]
    yield "\ufeff" + _written(head)
    before: int | None = None
    for _page in range(MOST_EXPORTED // EXPORT_PAGE):
        page = entries(actor, wanted, before=before, limit=EXPORT_PAGE)
        flat = [entry for group in audit_pages.grouped(actor, page.entries) for entry in group.entries]
        for shown, line in zip(page.entries, flat, strict=True):
            yield _written(audit_pages.as_row(shown.entry, line.lines))
        before = page.next_before
        if before is None:
            return


def _written(cells: list[Any]) -> str:
    """Write a row; what a spreadsheet would take for a formula is kept as text."""
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow([f"'{cell}" if str(cell).startswith(FORMULA) else cell for cell in cells])
    return line.getvalue()


urlpatterns = [
    path("settings/audit/", trail, name="audit"),
    path("settings/audit/check/", verify, name="audit_check"),
    path("settings/audit/export/", export, name="audit_export"),
    path("settings/audit/operations/<str:operation>/undo/", undo_operation, name="audit_undo"),
]
