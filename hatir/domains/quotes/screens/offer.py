"""The customer's page of a quote: read, download, choose, ask, accept or decline. No account, only the link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hatir.domains.quotes import actions, queries
from hatir.domains.quotes.actions import Answer, customer_actor
from hatir.domains.quotes.forms import sent_text
from hatir.domains.quotes.models import Quote
from hatir.domains.quotes.rules import (
    ACCEPTED,
    DECLINED,
    OUT,
    REPLACED,
    NotASignature,
    is_over,
    is_robot,
    read_signature,
)
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.interface.api.limits import buckets_in
from hatir.interface.web.permission import public
from hatir.kit.ids import decode_id

LOOKS_PER_MINUTE, ANSWERS_PER_MINUTE, TRIES_PER_MINUTE = 120, 20, 30
"""So often one address may read a quote, answer it, and name links that do not exist."""
TOKEN_LENGTH = 64


@public()
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """Show a quote to whoever has its link, or take an answer: `do` is options, question, acceptance or refusal."""
    quote = _found(request, token, ANSWERS_PER_MINUTE if request.method == "POST" else LOOKS_PER_MINUTE)
    if isinstance(quote, HttpResponse):
        return quote
    with translation.override(quote.language):
        if request.method == "POST":
            return _closed(_answered(request, quote, token))
        _note(request, quote)
        return _closed(_page(request, quote, token))


@public()
@require_safe
def offer_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """Give the PDF to whoever has the link."""
    quote = _found(request, token, ANSWERS_PER_MINUTE)
    if isinstance(quote, HttpResponse):
        return quote
    _note(request, quote)
    made = queries.pdf_of(quote, queries.lines_of(customer_actor(), quote))
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{queries.pdf_name(quote)}"'
    return _closed(answer)


def _found(request: HttpRequest, token: str, per_minute: int) -> Quote | HttpResponse:
    """Find the quote of a link, or say that it was asked for too often. Raises Http404."""
    caller, buckets = str(request.META.get("REMOTE_ADDR", "")), buckets_in(settings.HATIR_HOME)
    allowed = buckets.take(f"quote:{per_minute}:{caller}:{token[:TOKEN_LENGTH]}", per_minute)
    quote = queries.quote_of_token(token) if not allowed.retry_seconds and len(token) <= TOKEN_LENGTH else None
    if quote is None and not allowed.retry_seconds:
        allowed = buckets.take(f"quote-tries:{caller}", TRIES_PER_MINUTE)
        if not allowed.retry_seconds:
            raise Http404
    if quote is None:
        answer = HttpResponse(_("Too many requests. Please wait a moment."), status=429, content_type="text/plain")
        answer["Retry-After"] = str(allowed.retry_seconds)
        return _closed(answer)
    return quote


def _closed(response: HttpResponse) -> HttpResponse:
    """Keep an answer out of caches, search engines and the addresses that other pages are told."""
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer" if response.get("Content-Type") == "application/pdf" else "same-origin"
    return response


def _note(request: HttpRequest, quote: Quote) -> None:
    """Count the look of a customer: not those of the company's own people, nor of programs that preview links."""
    user: Any = request.user
    if request.method != "GET" or user.is_authenticated or is_robot(request.headers.get("User-Agent", "")):
        return
    actions.note_sighting(quote, at=timezone.now())
    quote.refresh_from_db(fields=["status", "viewed_at"])


def _page(
    request: HttpRequest,
    quote: Quote,
    token: str,
    *,
    errors: dict[str, list[str]] | None = None,
    values: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    lines = queries.lines_of(customer_actor(), quote)
    successor = queries.successor_of(quote) if quote.status == REPLACED else None
    link = queries.link_of(successor) if successor is not None else None
    over = is_over(quote.valid_until, timezone.localdate())
    may_answer = quote.status in OUT and not over
    context = {
        "page_title": quote.number,
        "quote": quote,
        "paper": queries.paper_of(quote, lines),
        "url": f"/q/{token}/",
        "may_answer": may_answer,
        "is_over": quote.status in OUT and over,
        "is_accepted": quote.status == ACCEPTED,
        "is_declined": quote.status == DECLINED,
        "is_replaced": quote.status == REPLACED,
        "successor_url": queries.path_of_link(link) if link is not None else "",
        "errors": errors or {},
        "said": {"question": _("Your question was sent.")}.get(request.GET.get("said", ""), ""),
        "values": request.POST.dict() if errors else values or {},
        "language": quote.language,
    }
    return render(request, "quotes/offer.html", context, status=status)


def _answered(request: HttpRequest, quote: Quote, token: str) -> HttpResponse:
    sent, what = request.POST, request.POST.get("do", "")
    url = f"/q/{token}/"
    try:
        if sent.get("website"):  # a field that people do not see and programs fill in
            return HttpResponseRedirect(url)
        if what == "question":
            actions.ask(quote, name=sent_text(sent, "asker"), text=sent_text(sent, "question"))
            return HttpResponseRedirect(f"{url}?said=question#ask")
        if what == "refusal":
            answer = Answer(sent_text(sent, "decliner"), origin=str(request.META.get("REMOTE_ADDR", "")))
            actions.decline_quote(quote, answer=answer, reason=sent_text(sent, "reason"))
        elif what == "options":
            # Drawn at once, not gone back to: a name that is typed already stays.
            return _page(request, actions.choose_options(quote, _chosen(request)), token, values=sent.dict())
        elif what == "acceptance":
            _accept(request, quote)
        else:
            raise Http404
    except Invalid as wrong:
        errors = {name: list(messages) for name, messages in wrong.errors.items()}
        return _page(request, quote, token, errors=errors or {"": [str(wrong)]}, status=422)
    except RecordError as problem:
        quote.refresh_from_db()
        return _page(request, quote, token, errors={"": [str(problem)]}, status=409)
    return HttpResponseRedirect(url)


def _accept(request: HttpRequest, quote: Quote) -> None:
    sent = request.POST
    try:
        drawn = read_signature(sent.get("signature", ""))
    except NotASignature:
        raise Invalid(
            {"signature": [_("The signature could not be read. Please draw it again, or leave it out.")]}
        ) from None
    if "agreed" not in sent:
        raise Invalid({"agreed": [_("Please confirm that you accept the quote with its terms.")]})
    answer = Answer(sent_text(sent, "name"), origin=str(request.META.get("REMOTE_ADDR", "")), signature=drawn)
    actions.accept_quote(quote, answer=answer, chosen=_chosen(request) if "has_options" in sent else None)


def _chosen(request: HttpRequest) -> set[int]:
    """Read which optional lines are ticked; what is no line of this quote is passed over by the action."""
    found = set()
    for text in request.POST.getlist("option"):
        try:
            found.add(decode_id(text))
        except ValueError:
            continue
    return found
