"""Reports of sales: tables whose every number opens its list, with bars, and each as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from hatir.domains.commerce.models import Order
from hatir.domains.customers.models import Customer
from hatir.domains.sales.models import LOST, MONTH, QUARTER, WON
from hatir.domains.sales.queries import Rates, Span, reports
from hatir.domains.sales.queries.reports import Decided, Line
from hatir.domains.sales.rules import period_after, period_start
from hatir.domains.sales.screens.forecast import day_of, deals_url, money, span_name, within
from hatir.foundation.access.queries import may, readable_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.transfer.cells import neutralise
from hatir.interface.web.acting import actor_of
from hatir.interface.web.liststate import compact
from hatir.interface.web.nav import Page, add_page
from hatir.interface.web.permission import screen
from hatir.interface.web.types import list_url, type_or_404
from hatir.kit.formats_tr import format_number, format_percent
from hatir.kit.ids import encode_id

PLACE = "/sales/reports/"
REGIONS: Any = Customer._meta.get_field("region").choices or ()
YEAR = "year"
add_page("sales", Page("sales_reports", gettext_lazy("Reports"), PLACE, type_key="sales.deal", order=90))


@dataclass(frozen=True)
class Cell:
    """One number: as people read it, its list, and as it stands in a file."""

    text: str
    url: str = ""
    raw: str = ""
    tone: str = ""
    label: str = ""
    """The column's name, which a phone shows beside the number."""


@dataclass(frozen=True)
class Table:
    """One table of a report; `bars` are the shares (0–100) that are drawn beside its lines."""

    key: str
    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[Cell, Sequence[Cell]]]
    bars: Sequence[str] = field(default=())
    is_heat: bool = False


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    actor: Actor
    report: str
    span: Span
    by: str
    today: date
    rates: Rates

    def url(self, **changes: Any) -> str:
        said = {"period": self.span.period, "start": self.span.start, "by": self.by, **changes}
        report = said.pop("report", self.report)
        return f"{PLACE}{report}/?{urlencode({name: value for name, value in said.items() if value})}"


Draw = Callable[[Asked], list[Table]]


@screen(":view")
@require_safe
def report(request: HttpRequest, type_key: str, report: str = "performance") -> HttpResponse:
    """Show a report, or give one of its tables as a file."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    if report not in REPORTS or "amount" not in readable_fields(actor, rt):
        raise Http404
    today = timezone.localdate()
    period = request.GET.get("period", QUARTER)
    period = period if period in (MONTH, QUARTER, YEAR) else QUARTER
    start = day_of(request.GET.get("start")) or today
    by = request.GET.get("by", "person")
    by = by if by in dimensions() else "person"
    want = Asked(actor, report, Span.of(period, period_start(start, period)), by, today, Rates(today))
    tables = REPORTS[report][1](want)
    if request.GET.get("format") == "csv":
        return _file(next((one for one in tables if one.key == request.GET.get("table")), tables[0]))
    return render(request, "sales/reports.html", _context(want, tables))


def _context(want: Asked, tables: Sequence[Table]) -> dict[str, Any]:
    def segment(name: str, pairs: Sequence[tuple[str, Any]], now: str) -> list[dict[str, Any]]:
        return [{"label": label, "url": want.url(**{name: key}), "is_active": key == now} for key, label in pairs]

    periods = [(MONTH, _("Month")), (QUARTER, _("Quarter")), (YEAR, _("Year"))]
    return {
        "page_title": _("Sales reports"),
        "reports": segment("report", [(key, title) for key, (title, _draw) in REPORTS.items()], want.report),
        "periods": segment("period", periods, want.span.period) if want.report in BY_PERIOD else [],
        "ways": segment("by", list(dimensions().items()), want.by) if want.report == "revenue" else [],
        "span_name": span_name(want.span),
        "before_url": want.url(start=period_after(want.span.start, want.span.period, -1)),
        "after_url": want.url(start=want.span.end),
        "unknown": ", ".join(want.rates.unknown),
        "tables": [
            {
                "title": one.title,
                "columns": one.columns,
                "lines": [
                    {"head": head, "cells": _labelled(one, cells), "bar": one.bars[at] if one.bars else ""}
                    for at, (head, cells) in enumerate(one.rows)
                ],
                "has_bars": bool(one.bars),
                "is_heat": one.is_heat,
                "csv_url": want.url(format="csv", table=one.key),
            }
            for one in tables
        ],
    }


def _file(table: Table) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.columns)
    for head, cells in table.rows:
        writer.writerow([neutralise(head.text), *(cell.raw or cell.text for cell in cells)])
    answer = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{table.key}.csv"'
    return answer


def dimensions() -> dict[str, str]:
    """Name the ways in which revenue is cut."""
    return {
        "person": _("Person"), "team": _("Team"), "product": _("Product"), "segment": _("Segment"),
        "industry": _("Industry"), "channel": _("Channel"), "region": _("Region"),
    }  # fmt: skip


# --- cells -----------------------------------------------------------------------------------------


def _labelled(table: Table, cells: Sequence[Cell]) -> list[Cell]:
    return [replace(cell, label=str(label)) for label, cell in zip(table.columns[1:], cells, strict=True)]


def _number(count: int, url: str = "") -> Cell:
    return Cell(format_number(count), url if count else "", str(count))


def _amount(amount: Decimal | None, want: Asked, url: str = "") -> Cell:
    raw = "" if amount is None else f"{amount:.2f}"
    return Cell(money(amount, want.rates.home), url if amount else "", raw)


def _percent(share: Decimal | None) -> Cell:
    return Cell("–" if share is None else format_percent(share), raw="" if share is None else str(share))


def _change(now: Decimal | int | None, before: Decimal | int | None) -> Cell:
    """Say how much per cent more or less it is than in the period before."""
    if not before or now is None:
        return Cell("–")
    share = round((Decimal(now) - Decimal(before)) * 100 / Decimal(before))
    text = f"{'▲' if share > 0 else '▼' if share < 0 else ''} {format_percent(abs(share))}".strip()
    return Cell(text, raw=str(share), tone="up" if share > 0 else "down" if share < 0 else "")


def _bars(values: Sequence[Decimal | int]) -> list[str]:
    most = max([*values, 1])
    return [f"{Decimal(value) * 100 / Decimal(most):.2f}" for value in values]


def _list(want: Asked, status: str, line: Line | None, dimension: str) -> str:
    parts: list[Mapping[str, Any]] = [{"field": "status", "op": "is", "value": status}, within("closed_on", want.span)]
    if line is not None:
        parts += where(dimension, line)
    return deals_url(parts)


def where(dimension: str, line: Line) -> list[Mapping[str, Any]]:
    """Give the condition of a line on deals; facts of customers are asked through the deal's customer."""
    path = reports.DIMENSIONS[dimension].replace("__", ".")
    if line.key is None:
        return [] if dimension == "segment" else [{"field": path, "op": "empty"}]
    if dimension == "segment":
        return [{"has": path, "where": {"field": "name", "op": "is", "value": line.name}}]
    value = encode_id(line.key) if dimension in reports.NAMED else line.key
    return [{"field": path, "op": "is", "value": value}]


def _head(line: Line, dimension: str) -> Cell:
    if dimension == "region" and line.key:
        return Cell(str(dict(REGIONS).get(line.key, line.key)))
    return Cell(line.name or _("Not said"))


# --- the reports -----------------------------------------------------------------------------------


def _performance(want: Asked) -> list[Table]:
    lines = reports.decided_by(want.actor, want.span, "person", rates=want.rates)
    columns = [_("Person"), _("Activities"), _("Won"), pgettext("deals", "Lost"), _("Won of decided"),
               _("Average size"), _("Days to win"), _("Revenue"), _("Change")]  # fmt: skip
    rows = [(_head(line, "person"), _person_cells(want, line)) for line in lines]
    return [Table("performance", _("Performance by person"), columns, rows, _bars([one.now.revenue for one in lines]))]


def _person_cells(want: Asked, line: Line) -> list[Cell]:
    now = line.now
    own = {"field": "owner", "op": "is", "value": encode_id(line.key)} if line.key else {}
    done = [own, {"field": "status", "op": "is", "value": "done"}, within("done_at", want.span)]
    tasks = f"/today/tasks/?{urlencode({'f': compact({'all': done})})}" if own else ""
    return [
        _number(line.activities, tasks),
        _number(now.won, _list(want, WON, line, "person")),
        _number(now.lost, _list(want, LOST, line, "person")),
        _percent(now.rate.percent),
        _amount(now.average, want),
        Cell("–" if now.cycle is None else str(now.cycle)),
        _amount(now.revenue, want, _list(want, WON, line, "person")),
        _change(now.revenue, line.before.revenue),
    ]  # fmt: skip


def _revenue(want: Asked) -> list[Table]:
    lines = [
        one for one in reports.decided_by(want.actor, want.span, want.by, rates=want.rates)
        if one.now.won or one.before.won
    ]  # fmt: skip
    way = dimensions()[want.by]
    columns = [way, _("Won"), _("Average size"), _("Revenue"), _("Period before"), _("Change")]
    rows = [
        (
            _head(line, want.by),
            [
                _number(line.now.won, _list(want, WON, line, want.by)),
                _amount(line.now.average, want),
                _amount(line.now.revenue, want, _list(want, WON, line, want.by)),
                _amount(line.before.revenue, want),
                _change(line.now.revenue, line.before.revenue),
            ],
        )
        for line in lines
    ]
    whole, before = Decided(), Decided()
    for line in lines:
        whole.add(line.now)
        before.add(line.before)
    if want.by != "segment" and len(lines) > 1:  # a customer may be in several segments, so these do not add up
        rows.append((Cell(_("All")), [
            _number(whole.won, _list(want, WON, None, want.by)), _amount(whole.average, want),
            _amount(whole.revenue, want, _list(want, WON, None, want.by)), _amount(before.revenue, want),
            _change(whole.revenue, before.revenue)]))  # fmt: skip
    bars = _bars([one.now.revenue for one in lines])
    title = _("Revenue of won deals by %(way)s") % {"way": way}
    return [Table("revenue", title, columns, rows, [*bars, *[""] * (len(rows) - len(bars))])]


def _conversion(want: Asked) -> list[Table]:
    stages = reports.conversion_by_stage(want.actor, want.span)
    columns = [_("Stage"), _("Entered"), _("Went further"), _("Share"), _("Won since"), _("Share")]
    rows = [
        (
            Cell(f"{one.stage.pipeline.name}: {one.stage.name}"),
            [_number(one.entered.of), _number(one.entered.count), _percent(one.entered.percent),
             _number(one.won.count), _percent(one.won.percent)],
        )
        for one in stages
    ]  # fmt: skip
    by_stage = Table("stages", _("From stage to stage"), columns, rows, _bars([one.entered.of for one in stages]))
    return [by_stage, _won_and_lost(want, "channel", "sources", _("By source"))]


def _won_and_lost(want: Asked, dimension: str, key: str, title: str) -> Table:
    lines = reports.decided_by(want.actor, want.span, dimension, rates=want.rates)
    columns = [title, _("Won"), pgettext("deals", "Lost"), _("Won of decided"), _("Lost amount"), _("Period before")]
    rows = [
        (
            _head(line, dimension),
            [
                _number(line.now.won, _list(want, WON, line, dimension)),
                _number(line.now.lost, _list(want, LOST, line, dimension)),
                _percent(line.now.rate.percent),
                _amount(line.now.lost_amount, want, _list(want, LOST, line, dimension)),
                _percent(line.before.rate.percent),
            ],
        )
        for line in lines
    ]
    return Table(key, title, columns, rows, _bars([line.now.won + line.now.lost for line in lines]))


def _losses(want: Asked) -> list[Table]:
    return [
        _won_and_lost(want, "competitor", "competitors", _("Lost to")),
        _won_and_lost(want, "reason", "reasons", _("Reason")),
        _won_and_lost(want, "segment", "segments", _("Segment")),
    ]


def _cohorts(want: Asked) -> list[Table]:
    if not may(want.actor, "view", Order):
        raise Http404
    found = reports.cohorts(want.actor, today=want.today, rates=want.rates)
    columns = [_("First purchase"), _("Customers"), *(str(at) for at in range(reports.COHORTS))]
    rows = []
    for one in found:
        cells = [_number(one.customers), *(_amount(amount, want) for amount in one.revenue)]
        cells += [Cell("")] * (len(columns) - 1 - len(cells))
        orders = {"all": [within("ordered_on", Span.of(MONTH, one.month))]}
        url = f"{list_url(type_of_model(Order))}?{urlencode({'f': compact(orders)})}"
        rows.append((Cell(span_name(Span.of(MONTH, one.month)), url), cells))
    return [Table("cohorts", _("Revenue by month of first purchase"), columns, rows, is_heat=True)]


def _promises(want: Asked) -> list[Table]:
    if not may(want.actor, "view", Order):
        raise Http404
    found = reports.promises(want.actor, today=want.today)
    columns = [_("Promised for"), _("Kept"), _("Not kept"), _("To be seen"), _("Kept of decided")]

    def url(one: Any, kept: Mapping[str, Any]) -> str:
        parts = [within("promised_on", Span.of(MONTH, one.month)), {"field": "is_promise_kept", **kept}]
        return f"{list_url(type_of_model(Order))}?{urlencode({'f': compact({'all': parts})})}"

    rows = [
        (
            Cell(span_name(Span.of(MONTH, one.month))),
            [
                _number(one.kept, url(one, {"op": "is", "value": True})),
                _number(one.broken, url(one, {"op": "is", "value": False})),
                _number(one.waiting, url(one, {"op": "empty"})),
                _percent(one.rate.percent),
            ],
        )
        for one in found
    ]
    return [Table("promises", _("Promised days of orders"), columns, rows, _bars([one.kept for one in found]))]


REPORTS: dict[str, tuple[Any, Draw]] = {
    "performance": (gettext_lazy("Performance"), _performance),
    "revenue": (gettext_lazy("Revenue"), _revenue),
    "conversion": (gettext_lazy("Conversion"), _conversion),
    "losses": (gettext_lazy("Wins and losses"), _losses),
    "cohorts": (gettext_lazy("Cohorts"), _cohorts),
    "promises": (gettext_lazy("Promises"), _promises),
}
BY_PERIOD = frozenset({"performance", "revenue", "conversion", "losses"})
