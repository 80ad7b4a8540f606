"""What the page of a record shows; the generic page draws it, and rooms put their own part beside it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from hatir.foundation.timeline.queries import NO_PICK
from hatir.interface.web.factsheet import FactSheet
from hatir.interface.web.recordpages import (
    Opened,
    crumbs_of,
    head_of,
    kpis_of,
    list_address,
    menu_of,
    tags_of,
    thumb_actions,
)
from hatir.interface.web.timelines import composer_of, next_tasks, timeline_of


def record_context(request: HttpRequest, opened: Opened) -> dict[str, Any]:
    """Give the context of `web/record/screen.html`."""
    sheet = FactSheet(opened.actor, opened.narrowed, opened.record, editable=opened.editable)
    address = list_address(request)
    head = head_of(opened, sheet.presenter)
    context: dict[str, Any] = {
        "page_title": head.title,
        "record": head,
        "crumbs": crumbs_of(opened, address),
        "walk_url": f"{opened.url}walk/?{urlencode({'in': address})}" if address else "",
        "tags": tags_of(opened, sheet.presenter),
        "tag_url": f"{opened.url}facts/tags/?dialog=1" if "tags" in sheet.writable else "",
        "actions": thumb_actions(opened),
        "sections": sheet.sections(),
        "kpis": kpis_of(opened, sheet.presenter),
        "menu": menu_of(opened),
        "related_url": f"{opened.url}related/",
        "has_timeline": opened.rt.timeline,
    }
    if opened.rt.timeline:
        context |= {
            "composer": composer_of(opened),
            "next_tasks": next_tasks(opened),
            "timeline": timeline_of(opened, request.GET, NO_PICK),
        }
    return context
