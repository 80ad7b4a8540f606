"""The page of a segment: how many, over time, who came and went, where they live."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hatir.domains.customers.models import Segment
from hatir.domains.customers.queries import segments as queries
from hatir.domains.customers.queries.rules_of_segments import customer_type, rule_in_words
from hatir.domains.customers.rules import Line, chart_of
from hatir.foundation.access.queries import open_fields
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of
from hatir.interface.web.answers import done, panel
from hatir.interface.web.factsheet import FactSheet
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.recordpages import Opened, crumbs_of, head_of, list_address, menu_of, open_record
from hatir.interface.web.types import list_url
from hatir.kit.parsing_tr import parse_date

DAYS = 90


def members_url(tree: dict[str, Any]) -> str:
    """Give the address of the list of customers under a filter."""
    return f"{list_url(customer_type())}?{urlencode({'f': json.dumps(tree, ensure_ascii=False)})}"


@screen(":view")
@require_safe
def segment_page(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show a segment: conditions, figures, the line over time, who came and went."""
    opened = open_record(request, type_key, record_id)
    actor, segment = opened.actor, opened.record
    sheet = FactSheet(actor, opened.narrowed, segment, editable=opened.editable)
    sees_all = queries.sees_all_customers(actor)
    mine = segment.member_count if sees_all else queries.members_of(actor, segment).count()
    asked, readable = _asked_day(request), sheet.fields
    context: dict[str, Any] = {
        "page_title": segment.name,
        "record": head_of(opened, sheet.presenter),
        "crumbs": crumbs_of(opened, list_address(request)),
        "menu": menu_of(opened),
        "sections": sheet.sections(("name", "description", "owner", "team", "created_at", "updated_at")),
        "segment": segment,
        "words": rule_in_words(actor, segment.rule) if "rule" in readable else "",
        "description": segment.description if "description" in readable else "",
        "members_url": members_url(queries.filter_of_members(segment)),
        "mine": mine,
        "sees_all": sees_all,
        "chart": chart_of(queries.counts_by_day(segment, DAYS, timezone.localdate())),
        "entered": queries.entered(actor, segment),
        "left": queries.left(actor, segment),
        "day": asked,
        "on_day": _on_day(opened, asked),
        "breakdown_url": f"{opened.url}breakdown/",
        "calculate_url": f"{opened.url}calculation/" if opened.editable else "",
        "reach_url": f"/segments/reach/?in={segment.public_id}",
    }
    return render(request, "customers/segment.html", context)


def _asked_day(request: HttpRequest) -> date | None:
    try:
        return parse_date(request.GET.get("on", ""))
    except ValueError:
        return None


def _on_day(opened: Opened, day: date | None) -> dict[str, Any] | None:
    """Answer who was in the segment at the end of a day."""
    if day is None:
        return None
    rows = queries.members_on(opened.actor, opened.record, queries.end_of(day))
    return {"count": rows.count(), "url": members_url(queries.filter_of_members_on(opened.record, day))}


@screen(":view")
@require_safe
def segment_breakdown(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show where the members live and what they are; it comes after the page."""
    opened = open_record(request, type_key, record_id)
    readable = open_fields(opened.actor, customer_type())
    wanted = [name for name in ("region", "city", "stage", "value_band") if name in readable]
    context = {"breakdowns": [_breakdown(opened, fields_of(customer_type())[name]) for name in wanted]}
    return panel(request, "customers/_breakdown.html", context, title=opened.record.name)


def _breakdown(opened: Opened, spec: FieldSpec) -> dict[str, Any]:
    segment = opened.record
    rows: Sequence[tuple[str, int]] = queries.breakdown(opened.actor, segment, spec.path)
    most = max((count for _value, count in rows), default=0)
    member = queries.filter_of_members(segment)
    return {
        "label": capital(spec.label),
        "lines": [
            Line(
                str(spec.choice_label(value)) if value else _("Not known"),
                count,
                most,
                members_url({"all": [member, _same(spec, value)]}),
            )
            for value, count in rows
        ],
    }


def _same(spec: FieldSpec, value: str) -> dict[str, Any]:
    return {"field": spec.name, "op": "is", "value": value} if value else {"field": spec.name, "op": "empty"}


@screen(":edit")
@require_POST
def calculate(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Find out anew who is in the segment, in the background."""
    opened = open_record(request, type_key, record_id)
    if not opened.editable:
        return HttpResponseRedirect(opened.url)
    segment: Segment = opened.record
    build = task_of("customers.build_segments").using(unique_key=f"segment:{segment.pk}", subject=segment.name)
    build.enqueue(segment_ids=[segment.pk], actor=opened.actor)
    return done(request, _("The segment is being calculated."), back=opened.url)
