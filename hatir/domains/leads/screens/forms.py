"""The page of a web form: what it asks, how it comes into a website, what came in through it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_safe

from hatir.domains.leads.models import QUESTION, WebForm
from hatir.domains.leads.queries.web import entries_of_form, fields_of_form, figures_of_form
from hatir.foundation.access.queries import open_fields
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import open_record
from hatir.interface.web.recordscreen import record_context

SHOWN = 8
SHOWN_IN_SNIPPETS = {"name", "title", "button", "consent_text", "link"}
"""Whoever may not see one of these may not see it in the snippets either."""


@screen(":view")
@require_safe
def form_page(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show a form whole."""
    opened = open_record(request, type_key, record_id)
    form: WebForm = opened.record
    seen = set(open_fields(opened.actor, opened.rt))
    context = {
        **record_context(request, opened),
        "form": form,
        "fields": fields_of_form(form),
        "edit_fields": opened.editable,
        "add_url": f"/records/leads.form_field/new/?link=form:{form.public_id}" if opened.editable else "",
        "snippets": _snippets(form) if seen >= SHOWN_IN_SNIPPETS else [],
        "open_url": form.link if "link" in seen else "",
        "figures": figures_of_form(form, timezone.now() - timedelta(days=30)),
        "leads": list(entries_of_form(opened.actor, form)[:SHOWN]),
    }
    return render(request, "leads/form.html", context)


def _snippets(form: WebForm) -> list[tuple[str, str]]:
    return [("script", _script(form)), ("frame", _frame(form)), ("html", _html(form))]


def _base() -> str:
    return str(settings.HATIR_BASE_URL).rstrip("/")


def _script(form: WebForm) -> str:
    return f'<script src="{_base()}/f/embed.js" data-form="{form.token}" async></script>'


def _frame(form: WebForm) -> str:
    title = escape(form.title or form.name)
    return (
        f'<iframe src="{escape(form.link)}?embed=1" title="{title}" style="width:100%;height:560px;border:0"></iframe>'
    )


def _html(form: WebForm) -> str:
    """Write the form as plain HTML, for pages without a script; it is confirmed once on the form's own page."""
    lines = [f'<form method="post" action="{escape(form.link)}">']
    for one in fields_of_form(form):
        label, name = escape(str(one)), one.public_id
        needed = " required" if one.is_required else ""
        kind = {"email": "email", "phone": "tel"}.get(one.asks, "text")
        if one.asks in ("need", QUESTION):
            lines.append(f'  <label>{label} <textarea name="{name}"{needed}></textarea></label>')
        else:
            lines.append(f'  <label>{label} <input type="{kind}" name="{name}"{needed}></label>')
    if form.consent_text.strip():
        lines.append(f'  <label><input type="checkbox" name="consent" value="1"> {escape(form.consent_text)}</label>')
    return "\n".join([*lines, f"  <button>{escape(form.button or 'OK')}</button>", "</form>"])
