"""The page of a quote: its lines (a sheet to type into while it is a draft), amounts, and what can be done next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hatir.domains.catalog.models import Product
from hatir.domains.quotes import actions, queries
from hatir.domains.quotes.forms import empty_rows, places_of, read_sheet, typed_of, typed_rows
from hatir.domains.quotes.models import Quote, QuoteLine
from hatir.domains.quotes.rules import APPROVED, DRAFT, OUT, REPLACEABLE, WAITING
from hatir.domains.quotes.screens.giving import giving_of
from hatir.foundation.access.queries import open_fields, visible
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.timeline.queries import NO_PICK
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, undo_url
from hatir.interface.web.factsheet import FactSheet
from hatir.interface.web.nav import Page, add_page
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened, crumbs_of, head_of, kpis_of, list_address, menu_of, open_record
from hatir.interface.web.timelines import composer_of, next_tasks, timeline_of
from hatir.kit.formats_tr import format_money, format_number, format_percent
from hatir.kit.text_tr import fold

MOST_NAMED = 20
add_page("sales", Page("quotes.quote", gettext_lazy("Quotes"), "/sales/quotes/", type_key="quotes.quote", order=25))


@screen(":view")
@require_safe
def quote_page(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show a quote whole."""
    return show_quote(request, open_record(request, type_key, record_id))


def show_quote(
    request: HttpRequest,
    opened: Opened,
    *,
    rows: Sequence[Any] | None = None,
    errors: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """Draw the page; `rows` are those of a sheet that could not be stored."""
    sheet = FactSheet(opened.actor, opened.narrowed, opened.record, editable=opened.editable)
    head = head_of(opened, sheet.presenter)
    context: dict[str, Any] = {
        "page_title": head.title,
        "record": head,
        "crumbs": crumbs_of(opened, list_address(request)),
        "sections": sheet.sections(),
        "menu": menu_of(opened),
        "kpis": kpis_of(opened, sheet.presenter),
        "related_url": f"{opened.url}related/",
        "has_timeline": True,
        "composer": composer_of(opened),
        "next_tasks": next_tasks(opened),
        "timeline": timeline_of(opened, request.GET, NO_PICK),
        "quote": opened.record,
        **(_body(request, opened, rows, errors) if _sees_amounts(opened) else {}),
    }
    return render(request, "quotes/quote.html", context, status=status)


def _sees_amounts(opened: Opened) -> bool:
    """Whoever may not see the total may not see what it is made of."""
    return "total" in open_fields(opened.actor, opened.rt)


def _body(request: HttpRequest, opened: Opened, rows: Sequence[Any] | None, errors: Sequence[str]) -> dict[str, Any]:
    quote: Quote = opened.record
    lines = queries.lines_of(opened.actor, quote)
    is_open = quote.status == DRAFT and opened.editable
    stored = _rows(quote, lines) if is_open else []
    asked = queries.open_approval(quote) if quote.status == WAITING else None
    refusal = queries.last_refusal(quote) if quote.status == DRAFT else None
    versions = queries.versions_of(opened.actor, quote)
    return {
        "paper": queries.paper_of(quote, lines),
        "lines": lines,
        "is_open": is_open,
        "rows": [*(stored if rows is None else rows), *empty_rows(len(stored if rows is None else rows))],
        "row_errors": list(errors),
        "has_new_prices": any(row.now_costs for row in stored),
        "adds": "add" in request.GET or not lines,
        "verbs": verbs_of(opened, lines),
        "asked": asked,
        "asked_percent": format_percent(asked.discount.normalize(), language=get_language() or "tr") if asked else "",
        "may_decide": asked is not None and not queries.reasons_against(opened.actor, queries.asking_of(quote, lines)),
        "refusal": refusal if refusal is not None and refusal.reason else None,
        "giving": giving_of(opened) if quote.status in OUT and opened.editable else None,
        "versions": versions if len(versions) > 1 else [],
        "successor": next((one for one in versions if one.revision > quote.revision), None),
        "steps": queries.steps_of(quote),
        "sightings": queries.sightings_of(quote),
        "signature_url": f"{opened.url}signature/" if queries.signature_of(quote) else "",
    }


def _rows(quote: Quote, lines: Sequence[QuoteLine]) -> list[Any]:
    language = get_language() or "tr"
    now = {one.line.pk: one.price for one in queries.prices_now(quote, lines, timezone.localdate())}

    def money(amount: Any) -> str:
        return format_money(amount, quote.currency, decimals=2, language=language)

    return [
        typed_of(
            at, line, language,
            amount=format_number(line.total, decimals=2, language=language) if line.kind == "item" else "",
            note=line.list_name,
            now_costs=money(now[line.pk].amount) if line.pk in now else "",
        )
        for at, line in enumerate(lines)
    ]  # fmt: skip


def verbs_of(opened: Opened, lines: Sequence[QuoteLine]) -> list[dict[str, Any]]:
    """List what can be done with the quote now, the first one first."""
    status, has_lines = opened.record.status, any(line.kind == "item" for line in lines)
    if not opened.editable:
        return []
    ways = (
        ("sending", pgettext("quote", "Send"), "send", "y", status in (DRAFT, APPROVED) and has_lines),
        ("version", _("New version"), "copy", "v", status in REPLACEABLE),
        ("desk", _("Back to draft"), "undo", "b", status in (WAITING, APPROVED)),
    )
    return [
        {"label": label, "icon": icon, "url": f"{opened.url}{verb}/", "key": verb, "press": press}
        for verb, label, icon, press, is_possible in ways
        if is_possible
    ]


@screen(":edit")
@require_POST
def save_sheet(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Store the typed lines; what cannot be stored comes back with every word that was typed."""
    opened = open_record(request, type_key, record_id)
    quote: Quote = opened.record
    lines = queries.lines_of(opened.actor, quote)
    try:
        rows = read_sheet(request.POST, lines, opened.actor)
    except Invalid as unreadable:
        return _typed_again(request, opened, unreadable.rows)
    try:
        actions.save_sheet(quote, rows, actor=opened.actor)
    except Invalid as wrong:
        places = places_of(request.POST)
        of_rows = {places[at]: errors for at, errors in wrong.rows.items()} if wrong.rows else {-1: wrong.errors}
        return _typed_again(request, opened, of_rows)
    except RecordError as problem:
        return _typed_again(request, opened, {-1: {"": [str(problem)]}})
    again = f"{opened.url}?add=1#lines" if "more" in request.POST else f"{opened.url}#lines"
    return done(request, _("The lines were saved."), back=again, undo=undo_url(opened.actor))


def _typed_again(
    request: HttpRequest, opened: Opened, wrong: Mapping[int, Mapping[str, Sequence[str]]]
) -> HttpResponse:
    rows = [replace(row, errors=wrong.get(row.at, {})) for row in typed_rows(request.POST)]
    said = [message for messages in wrong.get(-1, {}).values() for message in messages]
    while rows and not (rows[-1].name or rows[-1].id or rows[-1].errors):
        rows.pop()
    return show_quote(request, opened, rows=rows, errors=said, status=422)


@screen(":view")
@require_safe
def named_products(request: HttpRequest, type_key: str) -> HttpResponse:
    """Give names of products that begin like what is being typed, for the sheet."""
    del type_key
    text = next((value for name, value in request.GET.items() if name.startswith("name-") or name == "q"), "")
    folded = fold(str(text))[:80]
    found: list[Product] = []
    if len(folded) > 1:
        rows = visible(actor_of(request), Product).filter(archived_at=None, is_sold=True)
        found = list(rows.filter(name_fold__contains=folded).order_by("name_sort")[:MOST_NAMED])
    return render(request, "quotes/_products.html", {"products": found})
