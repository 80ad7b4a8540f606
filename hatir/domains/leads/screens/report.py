"""The report on leads: where they come from, what becomes of them, how soon they are answered, who recommends."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hatir.domains.leads.models import STATUSES, Lead
from hatir.domains.leads.queries import report as queries
from hatir.foundation.access.queries import open_fields
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import type_of_model
from hatir.interface.web.acting import actor_of
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import origin_label
from hatir.kit.formats_tr import format_compact_money, format_money, format_number, format_percent
from hatir.kit.ids import encode_id

PERIODS = (30, 90, 365)
MODELS = ("first", "last", "linear")
LIST = "/sales/leads/"
REPORT = "/sales/leads/report/"
NEEDED = {"status", "source", "captured_at", "owner", "first_response_at"}


@screen(":view")
@require_safe
def report(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show the report for a period (`days`) and a way of sharing conversions (`by`)."""
    del type_key
    actor, at = actor_of(request), timezone.now()
    days = _chosen(request.GET.get("days", ""), PERIODS, 90)
    model = request.GET.get("by", "") if request.GET.get("by", "") in MODELS else "first"
    context: dict[str, Any] = {
        "page_title": _("Report on leads"),
        "crumbs": [{"label": _("Leads"), "url": LIST}],
        "periods": [(_days(one), _address(days=one, by=model), one == days) for one in PERIODS],
        "models": [(label, _address(days=days, by=key), key == model) for key, label in _models()],
    }
    if set(open_fields(actor, type_of_model(Lead))) >= NEEDED:
        context |= _figures(actor, at - timedelta(days=days), at, days, model)
    return render(request, "leads/report.html", context)


def _figures(actor: Actor, since: datetime, at: datetime, days: int, model: str) -> dict[str, Any]:
    rows = queries.captured(actor, since)
    today, counted = timezone.localdate(at), queries.counts(rows)
    revenues = queries.revenues(actor, rows, today)
    brought = revenues.amounts
    sources, touches = queries.by_source(rows, brought), queries.by_touch(rows, brought, model)
    speeds = queries.speeds(rows, at)
    lately = {"field": "captured_at", "op": "after", "value": {"days_ago": days}}
    return {
        "stats": _stats(counted, speeds[0], brought, lately),
        "funnel": _funnel(counted, brought, lately),
        "sources": [_source(line, lately, max(one.count for one in sources)) for line in sources],
        "touches": [_touch(line, max(one.converted for one in touches)) for line in touches],
        "speeds": [_speed(one, lately) for one in speeds[1:]],
        "stays": [(dict(STATUSES)[status], count, _number(length, 1)) for status, count, length in queries.stays(rows)],
        "referrers": [_referrer(one) for one in queries.referrers(actor, today)],
        "notes": _notes(revenues),
    }


def _models() -> list[tuple[str, str]]:
    return [("first", _("First touch")), ("last", _("Last touch")), ("linear", _("All touches alike"))]


def _chosen(text: str, among: tuple[int, ...], usual: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 and int(text) in among else usual


def _days(days: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def _address(**said: Any) -> str:
    return f"{REPORT}?{urlencode(said)}"


def _list(*parts: dict[str, Any]) -> str:
    return f"{LIST}?{urlencode({'f': json.dumps({'all': list(parts)}, ensure_ascii=False)})}"


def _number(value: float, decimals: int = 0) -> str:
    return format_number(Decimal(str(round(value, decimals))), decimals=None, language=get_language() or "tr")


def _percent(value: Decimal | None) -> str:
    return "–" if value is None else format_percent(value, decimals=1, language=get_language() or "tr")


def _money(value: Decimal) -> str:
    if not value:
        return "–"
    return format_compact_money(value, value_of("company.currency"), language=get_language() or "tr")


def _stats(counted: dict[str, int], speed: queries.Speed, brought: dict[int, Decimal], lately: Any) -> list[Any]:
    rate = Decimal(counted["converted"]) * 100 / counted["count"] if counted["count"] else None
    late = {"field": "response_due_at", "op": "before", "value": {"days_ago": 0}}
    waits: list[dict[str, Any]] = [
        {"field": "status", "op": "in", "value": ["new", "working"]},
        {"field": "first_response_at", "op": "empty"},
    ]
    return [
        (_("New leads"), _number(counted["count"]), "", _list(lately)),
        (_("Converted"), _number(counted["converted"]), _percent(rate),
         _list(lately, {"field": "status", "op": "is", "value": "converted"})),
        (_("First response, median"), _minutes(speed.minutes),
         _("%(percent)s in time") % {"percent": _percent(speed.percent)},
         _list(lately, {"field": "first_response_at", "op": "not_empty"})),
        (_("Late now"), _number(speed.late), "", _list(lately, *waits, late)),
        (_("Revenue of won deals"), _money(sum(brought.values(), Decimal(0))), "", "/sales/deals/?view=won"),
    ]  # fmt: skip


def _notes(revenues: queries.Revenues) -> list[str]:
    """Say how amounts in other currencies stand in the sums."""
    notes = []
    for currency, worth in sorted(revenues.foreign.items()):
        told = _("%(amount)s in %(currency)s are converted by today’s rate.")
        if currency in revenues.unknown:
            told = _("%(amount)s in %(currency)s are not in the sums: there is no exchange rate for today.")
        amount = format_money(worth, currency, language=get_language() or "tr")
        notes.append(told % {"amount": amount, "currency": currency})
    return notes


def _minutes(minutes: int | None) -> str:
    if minutes is None:
        return "–"
    if minutes < 60:
        return _("%(count)s min") % {"count": minutes}
    return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}


def _funnel(counted: dict[str, int], brought: dict[int, Decimal], lately: Any) -> list[dict[str, Any]]:
    steps: tuple[tuple[str, int, list[dict[str, Any]]], ...] = (
        (_("Captured"), counted["count"], [lately]),
        (_("Answered"), counted["answered"], [lately, {"field": "first_response_at", "op": "not_empty"}]),
        (_("Qualified"), counted["qualified"], [lately, {"any": [
            {"field": "qualified_at", "op": "not_empty"}, {"field": "status", "op": "is", "value": "converted"}]}]),
        (_("Converted"), counted["converted"], [lately, {"field": "status", "op": "is", "value": "converted"}]),
        (_("Won deal"), len(brought), [lately, {"field": "deal.status", "op": "is", "value": "won"}]),
    )  # fmt: skip
    most = max(1, counted["count"])
    return [
        {"label": label, "count": count, "most": most, "percent": _percent(Decimal(count) * 100 / most),
         "url": _list(*parts)}
        for label, count, parts in steps
    ]  # fmt: skip


def _source(line: queries.Line, lately: Any, most: float) -> dict[str, Any]:
    return {
        "label": origin_label(line.label) or _("unknown"),
        "count": line.count,
        "most": most,
        "qualified": line.qualified,
        "converted": line.converted,
        "percent": _percent(line.percent),
        "revenue": _money(line.revenue),
        "url": _list(lately, {"field": "source", "op": "is", "value": line.label}),
    }


def _touch(line: queries.Line, most: float) -> dict[str, Any]:
    return {
        "label": line.label or _("unknown"),
        "count": _number(line.count, 1),
        "converted": _number(line.converted, 1),
        "share": line.converted,
        "most": most or 1,
        "percent": _percent(line.percent),
        "revenue": _money(line.revenue),
    }


def _speed(one: queries.Speed, lately: Any) -> dict[str, Any]:
    return {
        "label": one.label,
        "count": one.count,
        "answered": one.answered,
        "minutes": _minutes(one.minutes),
        "percent": _percent(one.percent),
        "late": one.late,
        "url": _list(lately, {"field": "owner", "op": "is", "value": encode_id(one.owner_id or 0)}),
    }


def _referrer(one: queries.Referrer) -> dict[str, Any]:
    part = {"field": "referred_by", "op": "is", "value": encode_id(one.customer.pk)}
    return {
        "name": one.customer.name,
        "url": f"/records/customers.customer/{one.customer.public_id}/",
        "list_url": _list(part),
        "count": one.count,
        "converted": one.converted,
        "revenue": _money(one.revenue),
        "chain": _money(one.chain),
    }
