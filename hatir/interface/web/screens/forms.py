"""Making and changing a record of any type: a short dialog for the few fields that matter, a form for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hatir.foundation.access.queries import get_visible, may, writable_fields
from hatir.foundation.audit.queries import last_change_by
from hatir.foundation.records import actions
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, EditConflict, Invalid, NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import record_types
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.records.values import clean_values, from_plain
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import is_fragment, refused, toast, trigger, undo_url
from hatir.interface.web.controls import control_of
from hatir.interface.web.duplicate_pages import alike
from hatir.interface.web.inputs import is_covered, names_sent, read_sent
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import ORIGIN, Presenter, capital
from hatir.interface.web.types import list_url, record_or_404, type_or_404

TAKE = "take-"
SEEN = "alike-seen"
"""Sent when those who look alike were shown and the new record is wanted all the same."""
WIDE = ("longtext", "relations", "multichoice")
PRESSED = "do"
"""Sent by a button that changes the form itself, such as one that adds a condition, where there is no script."""
MOST_QUICK = 5


@dataclass
class FormState:
    """A form on its way: the record (none when new), raw or typed values, and what is wrong with them."""

    actor: Actor
    rt: RecordType
    record: Any = None
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    conflict: Sequence[Mapping[str, Any]] = ()
    hidden: dict[str, str] = field(default_factory=dict)
    alike: Sequence[Mapping[str, Any]] = ()
    sent: QueryDict | None = None
    """The form that came back, for editors that are more than a value."""

    @property
    def fields(self) -> dict[str, FieldSpec]:
        fixed = set(self.rt.where)
        return {name: spec for name, spec in writable_fields(self.actor, self.rt).items() if name not in fixed}


# --- new -------------------------------------------------------------------------------------------


@screen()
@require_http_methods(["GET", "HEAD"])
def create_anything(request: HttpRequest) -> HttpResponse:
    """Open the dialog for the type that is most often made, with the others beside it."""
    actor = actor_of(request)
    kinds = creatable(actor)
    if not kinds:
        raise Http404
    return _new_form(request, FormState(actor, kinds[0], values=_prefilled(request.GET)), quick=True)


def creatable(actor: Actor) -> list[RecordType]:
    """List the types of the sidebar of which the actor may make records; narrower types stand for their wide one."""
    made = [rt for rt in record_types() if rt.area and may(actor, "create", rt)]
    narrowed = {rt.narrows for rt in made}
    return [rt for rt in made if rt.key not in narrowed]


@screen(":create")
@require_http_methods(["GET", "HEAD", "POST"])
def new_record(request: HttpRequest, type_key: str) -> HttpResponse:
    """Make a record: quick (the dialog) for htmx or with ?quick=1, else with all fields."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key, "create")
    quick = is_fragment(request) or request.GET.get("quick") == "1"
    state = FormState(actor, rt, values=_prefilled(request.GET))
    if request.method != "POST":
        return _new_form(request, state, quick=quick)
    state.sent = request.POST
    if PRESSED in request.POST:
        state.values = _typed(state.fields, request.POST)
        return _new_form(request, state, quick=quick)
    try:
        raw = read_sent(actor, state.fields, request.POST)
        state.values = raw
        values = clean_values(state.fields, raw, complete=True)
        state.alike = [] if request.POST.get(SEEN) else alike(actor, rt, values)
        if state.alike:
            state.hidden[SEEN] = "1"
            return _new_form(request, state, quick=quick, status=422)
        record = actions.create(rt, [values], actor=actor)[0]
    except Invalid as problem:
        state.values = state.values or _typed(state.fields, request.POST)
        state.errors = problem.errors
        return _new_form(request, state, quick=quick, status=422)
    except (Denied, NotFoundHere) as problem:
        return refused(request, problem, back=list_url(rt))
    return _made(request, state, record)


def _made(request: HttpRequest, state: FormState, record: Any) -> HttpResponse:
    rt, actor = state.rt, state.actor
    title = rt.title_of(record) or str(rt.singular_label)
    text = _("Saved: %(title)s") % {"title": title}
    undo = undo_url(actor)
    url = rt.ref(record).url
    if is_fragment(request):
        if request.POST.get("again"):
            again = replace(state, actor=actor_of(request), values=_prefilled(request.GET), errors={}, sent=None)
            return toast(_new_form(request, again, quick=True), text, undo=undo, url=url, label=_("Open"))
        response = trigger(HttpResponse(status=204), {"dialog:close": {}, "list:refresh": {}, "record:refresh": {}})
        return toast(response, text, undo=undo, url=url, label=_("Open"))
    messages.success(request, text, extra_tags=undo)
    return HttpResponseRedirect(request.get_full_path() if request.POST.get("again") else url)


def _prefilled(asked: QueryDict) -> dict[str, Any]:
    """Take values from a link: `?name=Ayşe`, and `?link=company:ID` from a panel of another record."""
    given: dict[str, Any] = {name: asked.get(name) for name in asked if name not in ("link", "quick", "next")}
    name, _colon, public_id = asked.get("link", "").partition(":")
    if public_id:
        given[name] = public_id
    return given


def _new_form(request: HttpRequest, state: FormState, *, quick: bool, status: int = 200) -> HttpResponse:
    rt = state.rt
    title = _("New: %(type)s") % {"type": rt.singular_label}
    # What the link to the form said belongs to it: another line for the same deal, and no draft of another one's
    link = request.GET.get("link", "")
    said = {**({"quick": "1"} if quick else {}), **({"link": link} if link else {})}
    common = {
        "url": f"/records/{rt.key}/new/{'?' if said else ''}{urlencode(said)}",
        "draft": f"{rt.key}/new{f'/{link}' if link else ''}",
        "submit": _("Save all the same") if state.alike else _("Save"),
        "again": _("Save and start another"),
        "page_title": title,
        "title": title,
    }
    if not quick:
        crumbs = [{"label": capital(rt.plural_label), "url": list_url(rt)}]
        context = {**common, "form": _form(state, _sections(state)), "crumbs": crumbs, "cancel_url": list_url(rt)}
        return render(request, "web/form/screen.html", context, status=status)
    kinds = [
        {
            "label": capital(other.singular_label),
            "url": f"/records/{other.key}/new/?quick=1",
            "is_active": other.key == rt.key,
        }
        for other in creatable(state.actor)
    ]
    context = {
        **common,
        "form": _form(state, [("", _quick_fields(state))]),
        "full_url": f"/records/{rt.key}/new/{'?' + urlencode({'link': link}) if link else ''}",
        "kinds": kinds if not link and len(kinds) > 1 and any(kind["is_active"] for kind in kinds) else [],
        "cancel_url": list_url(rt),
    }
    template = "web/form/dialog.html" if is_fragment(request) else "web/form/screen.html"
    return render(request, template, context, status=status)


def _quick_fields(state: FormState) -> list[FieldSpec]:
    """Choose the dialog's fields: the declared ones, the required, and those that a link brought or that are wrong."""
    fields = state.fields
    declared = state.rt.quick_fields or (state.rt.title, *state.rt.list_columns[:MOST_QUICK])
    wanted = [*declared, *(name for name, spec in fields.items() if spec.required)]
    wanted += [name for name in (*state.values, *state.errors) if name in fields]
    return [fields[name] for name in dict.fromkeys(wanted) if name in fields]


# --- change ----------------------------------------------------------------------------------------


@screen(":edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_record(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Change a record with all its fields; what somebody else saved meanwhile is shown beside one's own."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key, "edit")
    try:
        record = record_or_404(actor, rt, record_id, "edit")
    except Denied as problem:
        return refused(request, problem, back=f"/records/{rt.root_key}/{record_id}/")
    rt = _own_type(actor, rt, record)
    state = FormState(actor, rt, record)
    if request.method != "POST":
        return _edit_form(request, state)
    state.sent = request.POST
    if PRESSED in request.POST:
        state.values = _typed(state.fields, request.POST)
        return _edit_form(request, state)
    try:
        raw = read_sent(actor, state.fields, _without_taken(request.POST))
        state.values = raw
        values = clean_values(state.fields, _changed(state, raw), complete=False)
        version = request.POST.get("version", "")
        actions.update(
            rt, [(record, values)], actor=actor, expected_version=int(version) if version.isdecimal() else None
        )
    except Invalid as problem:
        state.values, state.errors = state.values or _typed(state.fields, request.POST), problem.errors
        return _edit_form(request, state, status=422)
    except EditConflict as conflict:
        return _conflict(request, state, conflict)
    except (Denied, NotFoundHere) as problem:
        return refused(request, problem, back=rt.ref(record).url)
    text = _("Saved: %(title)s") % {"title": rt.title_of(record)}
    if is_fragment(request):
        done = trigger(HttpResponse(status=204), {"dialog:close": {}, "list:refresh": {}, "record:refresh": {}})
        return toast(done, text, undo=undo_url(actor))
    messages.success(request, text, extra_tags=undo_url(actor))
    return HttpResponseRedirect(rt.ref(record).url)


def _own_type(actor: Actor, rt: RecordType, record: Any) -> RecordType:
    """Show a person the fields of people, a company those of companies."""
    return Presenter(actor, rt, ()).narrowed(record)


def _without_taken(sent: QueryDict) -> QueryDict:
    """Leave out the fields for which the other value was chosen, and the choices themselves."""
    kept = sent.copy()
    for name in [name for name in sent if name.startswith(TAKE)]:
        taken = name.removeprefix(TAKE)
        del kept[name]
        if sent.get(name) == "theirs":
            for part in (taken, f"{taken}__text", f"{taken}__sent"):
                kept.pop(part, None)
    return kept


def _changed(state: FormState, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Leave covered fields alone unless something new was typed into them."""
    fields = state.fields
    return {
        name: value
        for name, value in raw.items()
        if not (name in fields and is_covered(state.actor, fields[name]) and value == "")
    }


def _conflict(request: HttpRequest, state: FormState, conflict: EditConflict) -> HttpResponse:
    fresh = get_visible(state.actor, state.rt, state.record.pk)
    specs = [state.fields[name] for name in conflict.fields if name in state.fields]
    theirs = Presenter(state.actor, state.rt, specs)
    theirs.prepare([fresh, state.record])
    state.conflict = [
        {
            "name": spec.name,
            "label": capital(spec.label),
            "mine": theirs.cell(spec, state.record).html,
            "theirs": theirs.cell(spec, fresh).html,
            "who": last_change_by(state.actor, state.rt.ref(fresh), spec.name),
        }
        for spec in specs
    ]
    state.record = fresh
    return _edit_form(request, state, status=409)


def _edit_form(request: HttpRequest, state: FormState, *, status: int = 200) -> HttpResponse:
    rt, record = state.rt, state.record
    public_id = rt.ref(record).public_id
    title = rt.title_of(record) or str(rt.singular_label)
    state.hidden["version"] = str(record.version)
    context = {
        "page_title": title,
        "title": title,
        "crumbs": [
            {"label": capital(rt.plural_label), "url": list_url(rt)},
            {"label": title, "url": rt.ref(record).url},
        ],
        "url": f"/records/{rt.root_key}/{public_id}/edit/",
        "draft": f"{rt.root_key}/{public_id}",
        "form": _form(state, _sections(state)),
        "submit": _("Save"),
        "cancel_url": rt.ref(record).url,
    }
    template = "web/form/dialog.html" if is_fragment(request) else "web/form/screen.html"
    return render(request, template, context, status=status)


# --- drawing ---------------------------------------------------------------------------------------


def _sections(state: FormState) -> list[tuple[str, list[FieldSpec]]]:
    """Lay the fields out as declared; what no section names comes last, under the company's own fields."""
    fields = state.fields
    placed = {name for section in state.rt.sections for name in section.fields}
    first = [spec for name, spec in fields.items() if name not in placed and name != ORIGIN and not spec.is_custom]
    own = [spec for spec in fields.values() if spec.is_custom]
    found = [("", sorted(first, key=lambda spec: spec.name != state.rt.title))]
    found += [
        (str(section.label), [fields[name] for name in section.fields if name in fields])
        for section in state.rt.sections
    ]
    found.append((_("Own fields"), own))
    return [(label, specs) for label, specs in found if specs]


def _form(state: FormState, sections: Sequence[tuple[str, Sequence[FieldSpec]]]) -> dict[str, Any]:
    shown = {spec.name for _label, specs in sections for spec in specs}
    beside = [text for name, texts in state.errors.items() if name not in shown for text in texts]
    first_wrong = next((name for name in state.errors if name in shown), "")
    focus = first_wrong or _beginning(state, [spec for _label, specs in sections for spec in specs])
    return {
        "errors": beside,
        "conflict": state.conflict,
        "alike": state.alike,
        "hidden": [{"name": name, "value": value} for name, value in state.hidden.items()],
        "sections": [
            {"label": label, "fields": [_field(state, spec, autofocus=spec.name == focus) for spec in specs]}
            for label, specs in sections
        ],
    }


def _beginning(state: FormState, specs: Sequence[FieldSpec]) -> str:
    """Give the field where one begins to type: of a new record the first that the link did not fill."""
    open_ones = [spec.name for spec in specs if state.record is not None or not state.values.get(spec.name)]
    return next(iter([*open_ones, *(spec.name for spec in specs)]), "")


def _field(state: FormState, spec: FieldSpec, *, autofocus: bool) -> dict[str, Any]:
    errors = list(state.errors.get(spec.name, ()))
    made = control_of(state.actor, state.rt, spec, _value(state, spec), sent=state.sent, autofocus=autofocus)
    described = f"{made.id}-error" if errors else f"{made.id}-help" if spec.help else ""
    placeholder = _("Covered; type to replace it") if state.record is not None and is_covered(state.actor, spec) else ""
    return {
        "label": capital(spec.label),
        "help": spec.help,
        "errors": errors,
        "is_wide": spec.kind in WIDE,
        "input": replace(made, is_invalid=bool(errors), described_by=described, placeholder=placeholder),
    }


def _value(state: FormState, spec: FieldSpec) -> Any:
    if spec.name in state.values:
        return state.values[spec.name]
    if state.record is None:
        return spec.default() if callable(spec.default) else spec.default
    if is_covered(state.actor, spec):
        return None
    value = value_of(spec, state.record)
    return from_plain(spec, value) if spec.is_custom else value


def _typed(fields: Mapping[str, FieldSpec], sent: QueryDict) -> dict[str, Any]:
    """Keep what was typed, when it could not even be read."""
    return {
        name: sent.getlist(name) if fields[name].is_many else sent.get(name, "")
        for name in names_sent(sent)
        if name in fields
    }


urlpatterns = [
    path("create/", create_anything, name="create"),
    path("records/<str:type_key>/new/", new_record, name="record_new"),
    path("records/<str:type_key>/<str:record_id>/edit/", edit_record, name="record_edit"),
]
