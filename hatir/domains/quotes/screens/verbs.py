"""What the buttons of a quote do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hatir.domains.quotes import actions, queries
from hatir.domains.quotes.actions import Answer
from hatir.domains.quotes.forms import sent_text
from hatir.domains.quotes.models import Quote
from hatir.domains.quotes.rules import OUT, WAITING
from hatir.foundation.access.queries import get_visible, open_fields
from hatir.foundation.files.queries import read
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.interface.web.answers import done, is_fragment, refused, safe_next, toast, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened, open_record

EDITS: Mapping[str, Callable[[Quote, Actor], Quote]] = {
    "sending": lambda quote, actor: actions.send_quote(quote, actor=actor),
    "desk": lambda quote, actor: actions.take_back(quote, actor=actor),
    "version": lambda quote, actor: actions.new_version(quote, actor=actor),
}


@screen(":edit")
@require_POST
def move(request: HttpRequest, type_key: str, record_id: str, verb: str) -> HttpResponse:
    """Let the quote go one step: the address names it."""
    opened = open_record(request, type_key, record_id)
    try:
        found = EDITS[verb](opened.record, opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    if found.status == WAITING:
        return done(request, _("The quote waits for approval."), back=opened.url, kind="warn")
    return _done(request, opened, found)


@screen(":view")
@require_POST
def decide(request: HttpRequest, type_key: str, record_id: str, verb: str) -> HttpResponse:
    """Approve or refuse a quote that waits."""
    opened = open_record(request, type_key, record_id)
    back = safe_next(request, opened.url)
    try:
        if verb == "approval":
            found = actions.approve_quote(opened.record, actor=opened.actor)
        else:
            found = actions.refuse_quote(opened.record, actor=opened.actor, reason=sent_text(request.POST, "reason"))
    except RecordError as problem:
        return refused(request, problem, back=back)
    said = _("Quote %(number)s: %(status)s") % {"number": found.number, "status": found.get_status_display()}
    if is_fragment(request):
        return toast(HttpResponse(""), said)
    return done(request, said, back=back)


@screen(":edit")
@require_POST
def take_prices(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Take over what the catalogue says now: for one line (`line`) or for all."""
    opened = open_record(request, type_key, record_id)
    try:
        lines = queries.lines_of(opened.actor, opened.record)
        asked = request.POST.get("line", "")
        wanted = {line.pk for line in lines if line.public_id == asked} if asked else None
        count = actions.take_over_prices(opened.record, actor=opened.actor, line_ids=wanted)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    said = _("Prices taken over: %(count)d") % {"count": count}
    return done(request, said, back=f"{opened.url}#lines", undo=undo_url(opened.actor))


@screen(":edit")
@require_POST
def accept(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Write down that the customer said yes (by phone, with a signed paper)."""
    opened = open_record(request, type_key, record_id)
    answer = Answer(sent_text(request.POST, "name"), origin=opened.actor.origin)
    try:
        found = actions.accept_quote(opened.record, answer=answer, actor=opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    return _done(request, opened, found)


@screen(":edit")
@require_POST
def link(request: HttpRequest, type_key: str, record_id: str, verb: str) -> HttpResponse:
    """Close the customer's link, or close it and give a new one."""
    opened = open_record(request, type_key, record_id)
    try:
        if verb == "closing":
            actions.revoke_link(opened.record, actor=opened.actor)
        else:
            actions.renew_link(opened.record, actor=opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    said = _("The link was closed.") if verb == "closing" else _("There is a new link; the old one is closed.")
    return done(request, said, back=opened.url)


@screen(":edit")
@require_POST
def mail(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Mail the quote with its PDF, in the background."""
    opened = open_record(request, type_key, record_id)
    to, text = sent_text(request.POST, "to").strip(), sent_text(request.POST, "text")[:5000]
    try:
        validate_email(to)
        if opened.record.status not in OUT or not opened.editable:
            raise Invalid({"": [_("You do not have the right to do this.")]})
    except ValidationError:
        return refused(request, Invalid({"to": [_("Enter an e-mail address.")]}), back=opened.url)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    subject = sent_text(request.POST, "subject").replace("\n", " ").replace("\r", " ")[:200]
    task = task_of("quotes.mail").using(actor=opened.actor)
    task.enqueue(quote_id=opened.record.pk, to=to, subject=subject, text=text)
    return done(request, _("The quote is being mailed to %(to)s.") % {"to": to}, back=opened.url)


@screen(":view")
@require_safe
def pdf(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Give the quote as PDF."""
    opened = open_record(request, type_key, record_id)
    if "total" not in open_fields(opened.actor, opened.rt):
        raise Http404
    quote = opened.record
    answer = HttpResponse(queries.pdf_of(quote, queries.lines_of(opened.actor, quote)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{queries.pdf_name(quote)}"'
    return answer


@screen(":view")
@require_safe
def signature(request: HttpRequest, type_key: str, record_id: str) -> HttpResponseBase:
    """Give the picture of the customer's signature."""
    opened = open_record(request, type_key, record_id)
    found = queries.signature_of(opened.record)
    if found is None:
        raise Http404
    return StreamingHttpResponse(read(found), content_type="image/png")


def _done(request: HttpRequest, opened: Opened, found: Quote) -> HttpResponse:
    fresh: Any = get_visible(opened.actor, opened.rt, found.pk)
    said = _("Quote %(number)s: %(status)s") % {"number": fresh.number, "status": fresh.get_status_display()}
    url = opened.rt.ref(fresh).url
    if is_fragment(request):
        return HttpResponse(headers={"HX-Redirect": url})
    answer = done(request, said, back=url)
    return answer if isinstance(answer, HttpResponseRedirect) else HttpResponseRedirect(url)
