"""The forecast of a month or quarter, what changed since a snapshot, and how true forecasts were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hatir.domains.sales import queries
from hatir.domains.sales.models import BEST_CASE, COMMIT, IN_PIPELINE, LOST, MONTH, OPEN, QUARTER, WON, Deal
from hatir.domains.sales.queries.changes import GREW, MOVED_IN, NEW, SHRANK, SLIPPED
from hatir.domains.sales.queries.forecast import PERSON, TEAM, TERRITORY, Figures, Forecast, Span
from hatir.domains.sales.rules import period_after, period_start
from hatir.foundation.access.queries import may, readable_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import type_of_model
from hatir.interface.web.acting import actor_of
from hatir.interface.web.layouts import layouts_of
from hatir.interface.web.liststate import compact
from hatir.interface.web.permission import screen
from hatir.interface.web.types import list_url, type_or_404
from hatir.kit.formats_tr import format_compact_money, format_date, format_money, format_percent
from hatir.kit.ids import encode_id

PLACE = "/sales/forecast/"
SEGMENTS = ((WON, "k-won"), (COMMIT, "k-commit"), (BEST_CASE, "k-best"), (IN_PIPELINE, "k-pipe"))
LARGE = 100_000
FULL = Decimal(100)


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    actor: Actor
    span: Span
    by: str
    since: date | None
    today: date

    def url(self, page: str = "", **changes: Any) -> str:
        said = {"period": self.span.period, "start": self.span.start, "by": self.by, "since": self.since, **changes}
        return f"{PLACE}{page}?{urlencode({name: value for name, value in said.items() if value})}"


def asked(request: HttpRequest, type_key: str) -> Asked:
    """Read the address; who may not see amounts of deals has no forecast. Raises Http404."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    if "amount" not in readable_fields(actor, rt):
        raise Http404
    today = timezone.localdate()
    period = QUARTER if request.GET.get("period") == QUARTER else MONTH
    start = day_of(request.GET.get("start")) or today
    by = request.GET.get("by", PERSON)
    by = by if by in (PERSON, TEAM, TERRITORY) else PERSON
    span = Span.of(period, period_start(start, period))
    return Asked(actor, span, by, day_of(request.GET.get("since")), today)


def day_of(text: str | None) -> date | None:
    """Read a day of an address; None where it is none that a calendar of sales needs."""
    try:
        found = parse_date(text or "")
    except ValueError:
        return None
    return found if found is not None and 1990 <= found.year <= 2100 else None


@screen(":view")
@require_safe
def forecast(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show the forecast of a period."""
    want = asked(request, type_key)
    found = queries.forecast(want.actor, want.span, by=want.by, today=want.today)
    rt = type_of_model(Deal)
    context = {
        "page_title": _("Forecast"),
        "layouts": layouts_of(rt, PLACE),
        "span_name": span_name(want.span),
        **_switches(want),
        "stats": _stats(found, want),
        "whole": _line(want, found, None, _("All"), found.whole, _top(found)),
        "lines": [_line(want, found, key, name, figures, _top(found)) for key, name, figures in found.lines],
        "legend": [(label, css) for (_key, css), label in zip(SEGMENTS, _names().values(), strict=False)],
        "notes": _notes(found, want),
        **_changes(want),
        "accuracy_url": want.url("accuracy/", since=None, by=None),
        "quota_url": "/records/sales.quota/new/" if may(want.actor, "create", "sales.quota") else "",
        "quotas_url": "/records/sales.quota/",
    }
    return render(request, "sales/forecast.html", context)


# --- drawing ---------------------------------------------------------------------------------------


def language() -> str:
    return get_language() or "tr"


def money(amount: Decimal | None, currency: str) -> str:
    """Write an amount in whole units, large ones short."""
    if amount is None:
        return "–"
    whole = amount.quantize(Decimal(1), rounding="ROUND_HALF_UP")
    write = format_compact_money if abs(whole) >= LARGE else format_money
    return write(whole, currency, language=language())


def exact(amount: Decimal | None, currency: str) -> str:
    return "–" if amount is None else format_money(amount, currency, language=language())


def share(part: Decimal, of: Decimal | None) -> str:
    return format_percent(round(part * 100 / of), language=language()) if of else "–"


def span_name(span: Span) -> str:
    """Name a period: November 2026, 4th quarter 2026."""
    if span.period == "year":
        return str(span.start.year)
    if span.period == QUARTER:
        return _("Q%(number)d %(year)d") % {"number": (span.start.month + 2) // 3, "year": span.start.year}
    return format_date(span.start, language=language()).split(" ", 1)[1]


def _names() -> dict[str, str]:
    return {
        WON: _("Won"), COMMIT: pgettext("forecast", "Commit"), BEST_CASE: pgettext("forecast", "Best case"),
        IN_PIPELINE: pgettext("forecast", "Pipeline"),
    }  # fmt: skip


def _switches(want: Asked) -> dict[str, Any]:
    def segment(pairs: Sequence[tuple[str, str]], name: str, now: str) -> list[dict[str, Any]]:
        return [{"label": label, "url": want.url(**{name: key}), "is_active": key == now} for key, label in pairs]

    periods = [(MONTH, _("Month")), (QUARTER, _("Quarter"))]
    ways = [(PERSON, _("Person")), (TEAM, _("Team")), (TERRITORY, _("Territory"))]
    return {
        "periods": segment(periods, "period", want.span.period),
        "ways": segment(ways, "by", want.by),
        "way": dict(ways)[want.by],
        "before_url": want.url(start=period_after(want.span.start, want.span.period, -1)),
        "after_url": want.url(start=want.span.end),
        "now_url": want.url(start=None) if not want.span.start <= want.today < want.span.end else "",
    }


def _stats(found: Forecast, want: Asked) -> list[dict[str, Any]]:
    whole, home = found.whole, found.currency
    gap = None if whole.quota is None else whole.quota - whole.won
    committed = whole.won + whole.by_category[COMMIT]
    return [
        {"label": _("Won"), "value": money(whole.won, home), "exact": exact(whole.won, home),
         "note": _count(whole.won_count), "url": won_url(want.span)},
        {"label": _("Won and committed"), "value": money(committed, home), "exact": exact(committed, home),
         "note": _of_target(committed, whole), "url": _open_url(want.span, COMMIT)},
        {"label": _("Weighted forecast"), "value": money(whole.expected, home), "exact": exact(whole.expected, home),
         "note": _of_target(whole.expected, whole), "url": _open_url(want.span)},
        {"label": _("Target"), "value": money(whole.quota, home), "note": "" if gap is None else (
            _("%(amount)s to go") % {"amount": money(gap, home)} if gap > 0 else _("reached")),
         "url": "/records/sales.quota/"},
    ]  # fmt: skip


def _of_target(amount: Decimal, whole: Figures) -> str:
    if not whole.quota:
        return _("no target")
    return _("%(share)s of the target") % {"share": share(amount, whole.quota)}


def _count(number: int) -> str:
    return ngettext("%(count)d deal", "%(count)d deals", number) % {"count": number}


def _top(found: Forecast) -> Decimal:
    """Give the longest bar or target of the lines, which is drawn full."""
    lengths = [line.won + sum(line.by_category.values()) for _key, _name, line in found.lines]
    targets = [line.quota for _key, _name, line in found.lines if line.quota is not None]
    return max([*lengths, *targets, Decimal(1)])


def _line(want: Asked, found: Forecast, key: int | None, name: str, line: Figures, top: Decimal) -> dict[str, Any]:
    amounts = {WON: line.won, **line.by_category}
    bars, at = [], Decimal(0)
    for kind, css in SEGMENTS:
        wide = amounts[kind] * FULL / top
        if wide > 0:
            bars.append({"x": f"{at:.2f}", "width": f"{wide:.2f}", "css": css})
            at += wide
    who = _who(want.by, key) if line is not found.whole else []
    home = found.currency
    return {
        "name": name or _nobody(want.by),
        "bars": bars,
        "target_at": f"{min(FULL, line.quota * FULL / top):.2f}" if line.quota is not None else "",
        "won": money(line.won, home),
        "won_exact": exact(line.won, home),
        "won_url": won_url(want.span, who),
        "cells": [
            {
                "label": _names()[kind],
                "text": money(line.by_category[kind], home),
                "url": _open_url(want.span, kind, who),
            }
            for kind in (COMMIT, BEST_CASE, IN_PIPELINE)
        ],
        "weighted": money(line.expected, home),
        "quota": money(line.quota, home),
        "share": share(line.won, line.quota),
        "is_linked": who is not None,
    }


def _nobody(by: str) -> str:
    return {PERSON: _("Nobody"), TEAM: _("No team"), TERRITORY: _("No territory")}[by]


def _who(by: str, key: int | None) -> list[Mapping[str, Any]] | None:
    """Give the condition of a line on deals; a territory is the branch of the deal's team."""
    if by == TERRITORY:
        teams = [encode_id(pk) for pk in queries.teams_of_branch(key)]
        own: list[Mapping[str, Any]] = [{"field": "team", "op": "in", "value": teams}] if teams else []
        if key is not None:
            return own or None
        return [{"any": [{"field": "team", "op": "empty"}, *own]}]
    name = "owner" if by == PERSON else "team"
    return [{"field": name, "op": "empty"} if key is None else {"field": name, "op": "is", "value": encode_id(key)}]


def deals_url(parts: Sequence[Mapping[str, Any]]) -> str:
    """Give the address of the list of deals under a filter."""
    return f"{list_url(type_of_model(Deal))}?{urlencode({'f': compact({'all': list(parts)})})}"


def within(name: str, span: Span) -> Mapping[str, Any]:
    """Give the condition that a day lies in a period."""
    return {"field": name, "op": "between", "value": [span.start.isoformat(), span.last.isoformat()]}


def won_url(span: Span, who: Sequence[Mapping[str, Any]] | None = ()) -> str:
    if who is None:
        return ""
    return deals_url([{"field": "status", "op": "is", "value": WON}, within("closed_on", span), *who])


def _open_url(span: Span, category: str = "", who: Sequence[Mapping[str, Any]] | None = ()) -> str:
    if who is None:
        return ""
    kind = [{"field": "category", "op": "is", "value": category}] if category else []
    return deals_url([{"field": "status", "op": "is", "value": OPEN}, within("expected_on", span), *kind, *who])


def _notes(found: Forecast, want: Asked) -> list[dict[str, str]]:
    """Say what the sums leave out, each with its list."""
    notes = []
    if found.late:
        told = _("%(deals)s still open though their expected day is over; they are not in the sums.")
        late = {"field": "expected_on", "op": "before", "value": min(want.today, want.span.start).isoformat()}
        notes.append({"text": told % {"deals": _count(found.late)},
                      "url": deals_url([{"field": "status", "op": "is", "value": OPEN}, late])})  # fmt: skip
    if found.undated:
        told = _("%(deals)s without an expected day; they are not in the sums.")
        empty = {"field": "expected_on", "op": "empty"}
        notes.append({"text": told % {"deals": _count(found.undated)},
                      "url": deals_url([{"field": "status", "op": "is", "value": OPEN}, empty])})  # fmt: skip
    for currency in sorted(found.by_currency):
        if currency == found.currency:
            continue
        own = found.by_currency[currency]
        amount = format_money(own.won + sum(own.by_category.values()), currency, language=language())
        if currency in found.unknown:
            told = _("%(amount)s in %(currency)s are not in the sums: there is no exchange rate for today.")
        else:
            told = _("%(amount)s in %(currency)s are converted by today’s rate.")
        is_it = {"field": "currency", "op": "is", "value": currency}
        notes.append({"text": told % {"amount": amount, "currency": currency},
                      "url": deals_url([is_it, within("expected_on", want.span)])})  # fmt: skip
    return notes


# --- what changed ----------------------------------------------------------------------------------


def kinds() -> dict[str, tuple[str, str]]:
    """Name each kind of change, with its tone."""
    return {
        WON: (_("Won"), "up"), LOST: (pgettext("deals", "Lost"), "down"), SLIPPED: (_("Slipped out"), "down"),
        SHRANK: (_("Shrank"), "down"), GREW: (_("Grew"), "up"), MOVED_IN: (_("Moved in"), "up"), NEW: (_("New"), "up"),
    }  # fmt: skip


def monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _changes(want: Asked) -> dict[str, Any]:
    taken = queries.snapshots()
    snapshot = queries.snapshot_before(want.since or monday(want.today)) or (taken[-1] if taken else None)
    if snapshot is None:
        return {"changes": None, "snapshots": []}
    home = queries.Rates(want.today).home
    since = {"since": snapshot.taken_on}
    rows = [
        {
            "label": kinds()[one.kind][0],
            "tone": kinds()[one.kind][1],
            "count": one.count,
            "amount": ("+" if one.amount > 0 else "") + money(one.amount, home),
            "url": want.url(f"changes/{one.kind}/", **since),
        }
        for one in queries.changes(want.actor, snapshot, want.span, today=want.today)
    ]
    return {
        "changes": rows,
        "since": snapshot.taken_on,
        "snapshots": [
            {"label": one.taken_on, "url": want.url(since=one.taken_on), "is_active": one.pk == snapshot.pk}
            for one in taken
        ],
    }
