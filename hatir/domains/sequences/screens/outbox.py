"""The outbox: what sequences would have sent while nothing sends mails."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hatir.domains.sequences import actions, queries
from hatir.foundation.access.queries import open_fields
from hatir.foundation.records.registry import record_type
from hatir.interface.web.acting import actor_of
from hatir.interface.web.layouts import Layout, offer_layout
from hatir.interface.web.permission import screen
from hatir.kit.ids import decode_id, encode_id

OUTBOX = "/sales/sequences/outbox/"
PAGE = 50
NEEDED = {"customer": ("customers.customer", "email"), "lead": ("leads.lead", "email")}
offer_layout("sequences.sequence", Layout(gettext_lazy("Outbox"), "send", OUTBOX))


@screen(":view")
@require_safe
def outbox(request: HttpRequest, type_key: str) -> HttpResponse:
    """List the kept messages, the newest first; `before` goes on below one of them."""
    actor = actor_of(request)
    rows = queries.kept_messages(actor)
    before = _id(request.GET.get("before", ""))
    if before is not None:
        rows = queries.kept_before(rows, before)
    found = list(rows[: PAGE + 1])
    context = {
        "page_title": _("Outbox"),
        "crumbs": [{"label": _("Sequences"), "url": "/sales/sequences/"}],
        "messages_kept": found[:PAGE],
        "next_url": f"{OUTBOX}?before={encode_id(found[PAGE - 1].pk)}" if len(found) > PAGE else "",
        "way": actions.gateway(),
        "shows_address": all(name in open_fields(actor, record_type(key)) for key, name in NEEDED.values()),
    }
    return render(request, "sequences/outbox.html", context)


def _id(text: str) -> int | None:
    try:
        return decode_id(text) if text else None
    except ValueError:
        return None
