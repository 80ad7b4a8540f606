"""Making and changing a segment: name, colour, and conditions with the count that they give."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hatir.domains.customers import forms
from hatir.domains.customers.models import Segment
from hatir.domains.customers.queries.rules_of_segments import customer_type, rule_in_words
from hatir.domains.customers.queries.segments import count_of_rule, sees_all_customers
from hatir.foundation.records import actions
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, EditConflict, Invalid, RecordError
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of, type_of_model
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, refused, undo_url
from hatir.interface.web.inputs import input_of
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.types import list_url, record_or_404, type_or_404
from hatir.kit.filters.schema import FilterError

TYPE = "customers.segment"
NAMED = ("name", "description", "hue")
LIST = "/customers/segments/"


@screen(":create")
@require_http_methods(["GET", "HEAD", "POST"])
def new_segment(request: HttpRequest, type_key: str) -> HttpResponse:
    """Make a segment. A form with conditions is a page, so a dialog that asks for it is sent there."""
    actor = actor_of(request)
    type_or_404(actor, type_key, "create")
    if is_fragment(request) and request.method != "POST":
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = request.get_full_path()
        return answer
    return _form(request, actor, None)


@screen(":edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_segment(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Change a segment."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key, "edit")
    try:
        found: Segment = record_or_404(actor, rt, record_id, "edit")
    except Denied as problem:
        return refused(request, problem, back=f"/records/{TYPE}/{record_id}/")
    return _form(request, actor, found)


def _form(request: HttpRequest, actor: Actor, found: Segment | None) -> HttpResponse:
    values = {name: getattr(found, name) if found else "" for name in NAMED}
    if request.method != "POST":
        values |= {name: request.GET[name] for name in NAMED if name in request.GET}
        return _draw(request, actor, found, values, request.GET)
    values = {name: request.POST.get(name, "").strip() for name in NAMED}
    if "do" in request.POST:
        return _draw(request, actor, found, values, request.POST)
    try:
        return _saved(request, actor, found, values)
    except FilterError as problem:
        return _draw(request, actor, found, values, request.POST, {"rule": [str(problem)]})
    except Invalid as wrong:
        return _draw(request, actor, found, values, request.POST, wrong.errors)
    except EditConflict:
        text = _("Somebody else changed this record meanwhile.")
        return _draw(request, actor, found, values, request.POST, {"": [text]})
    except RecordError as problem:
        return refused(request, problem, back=LIST)


def _saved(request: HttpRequest, actor: Actor, found: Segment | None, values: dict[str, Any]) -> HttpResponse:
    rt = type_of_model(Segment)
    rule = forms.rule_sent(actor, request.POST)
    kept = {**values, "hue": int(values["hue"]) if str(values["hue"]).isdecimal() else 0, "rule": rule}
    if not values["name"]:
        raise Invalid({"name": [_("This field is required.")]})
    if found is None:
        made = actions.create(rt, [kept], actor=actor)[0]
    else:
        version = request.POST.get("version", "")
        expected = int(version) if version.isdecimal() else None
        made = actions.update(rt, [(found, kept)], actor=actor, expected_version=expected)[0]
    text = _("Saved: %(title)s") % {"title": made.name}
    if is_fragment(request):
        return HttpResponseRedirect(rt.ref(made).url)
    return done(request, text, back=rt.ref(made).url, undo=undo_url(actor))


def _draw(
    request: HttpRequest,
    actor: Actor,
    found: Segment | None,
    values: dict[str, Any],
    sent: QueryDict,
    errors: Any = None,
) -> HttpResponse:
    rt = type_of_model(Segment)
    specs = fields_of(rt)
    wrong = errors or {}
    title = found.name if found else _("New: %(type)s") % {"type": rt.singular_label}
    crumbs = [{"label": capital(rt.plural_label), "url": list_url(rt)}]
    if found:
        crumbs.append({"label": found.name, "url": rt.ref(found).url})
    context = {
        "page_title": title,
        "crumbs": crumbs,
        "url": request.path,
        "cancel_url": rt.ref(found).url if found else list_url(rt),
        "version": found.version if found else "",
        "draft": f"{TYPE}/{found.public_id if found else 'new'}",
        "inputs": [_input(actor, specs[name], values[name], wrong.get(name, ())) for name in NAMED],
        "errors": [text for name, texts in wrong.items() if name not in NAMED for text in texts],
        **_part(actor, sent, found.rule if found else request.GET.get("rule", "")),
    }
    return render(request, "customers/segment_form.html", context, status=422 if wrong else 200)


def _input(actor: Actor, spec: FieldSpec, value: Any, errors: Any) -> dict[str, Any]:
    made = input_of(actor, spec, value)
    return {"label": capital(spec.label), "help": spec.help, "errors": errors, "is_wide": False, "input": made}


@screen(":view")
@require_safe
def rule_part(request: HttpRequest, type_key: str) -> HttpResponse:
    """Draw the conditions of the form anew, with what a button changed, and count whom they give."""
    actor = actor_of(request)
    type_or_404(actor, type_key)
    template = "customers/_count.html" if "count" in request.GET else "customers/_rule.html"
    return render(request, template, _part(actor, request.GET, ""))


def _part(actor: Actor, sent: QueryDict, rule: str) -> dict[str, Any]:
    """Give the conditions, what they say in a sentence, and how many of the customers fit."""
    context: dict[str, Any] = {"prefix": forms.PREFIX, "sees_all": sees_all_customers(actor), "problem": ""}
    try:
        groups = forms.groups_sent(actor, sent, rule)
        context["groups"] = forms.drawn(actor, groups)
        asked = forms.rule_of(actor, groups)
        if asked:
            context |= {"words": rule_in_words(actor, asked), "counted": count_of_rule(actor, asked)}
    except FilterError as problem:
        context["problem"] = str(problem)
        context.setdefault("groups", forms.drawn(actor, forms.groups_of(actor, "")))
    context["customers"] = customer_type().plural_label
    return context
