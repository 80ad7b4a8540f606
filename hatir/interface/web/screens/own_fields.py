"""Settings of fields and objects: what a kind of record has, and what the company adds to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import get_visible, visible
from hatir.foundation.customization.models import KINDS, CustomField, CustomObject
from hatir.foundation.customization.queries import spec_of
from hatir.foundation.records import actions as records
from hatir.foundation.records import writing
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid, NotFoundHere, RecordError
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import definitions_changed, fields_of, record_type, root_types
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, refused, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.settings_forms import form_of, merge_errors, read_form
from hatir.interface.web.settings_frame import show
from hatir.kit.ids import decode_id

LIST = "/settings/fields/"
FIELD, OBJECT = "customization.field", "customization.object"
FIRST = ("label", "kind", "choice_lines", "target", "unit", "section", "help", "required", "searchable")
AFTERWARDS = ("label", "choice_lines", "unit", "section", "help", "required", "searchable")
OBJECT_FIELDS = ("label", "plural", "title_label", "icon")
WITHOUT_CHOICES = ("choice_lines",)


@dataclass(frozen=True)
class FieldLine:
    """One field of the list; `field` is None for a built-in one."""

    label: str
    kind: str
    notes: tuple[str, ...]
    field: CustomField | None = None
    column_url: str = ""


def types_with_fields() -> list[RecordType]:
    """List the kinds of record that may carry own fields."""
    return [rt for rt in root_types() if not rt.admin_only]


@screen(MANAGE)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show the fields of one kind of record, by section, and the company's own objects."""
    types = sorted(types_with_fields(), key=lambda rt: not rt.area)
    wanted = request.GET.get("type", "")
    rt = next((rt for rt in types if rt.key == wanted), types[0])
    own = visible(actor_of(request), FIELD).filter(type_key=rt.key).order_by("position", "id")
    objects = visible(actor_of(request), OBJECT).order_by("id")
    present = next((custom for custom in objects if custom.type_key == rt.key), None)
    context = {
        "page_title": _("Fields and objects"),
        "intro": _("A field that you add is at once in lists, forms, filters, imports, exports and the API."),
        "types": [(one, one.key == rt.key) for one in types if one.area or one.key == rt.key],
        "others": [(one, one.key == rt.key) for one in types if not one.area],
        "type": rt,
        "own_sections": _by_section([field for field in own if field.archived_at is None], rt),
        "archived": [field for field in own if field.archived_at is not None],
        "built_in": _built_in(rt),
        "objects": [custom for custom in objects if custom.archived_at is None],
        "archived_objects": [custom for custom in objects if custom.archived_at is not None],
        "present_object": present,
    }
    return show(request, "web/settings/fields.html", "fields", context)


def _by_section(own: list[CustomField], rt: RecordType) -> list[tuple[str, list[FieldLine]]]:
    sections: dict[str, list[FieldLine]] = {}
    kinds = dict(KINDS)
    for field in own:
        spec = spec_of(field)
        notes = [_("required")] if field.required else []
        notes += [_("found by search")] if field.searchable else []
        notes += [", ".join(str(label) for _key, label in spec.choices)] if spec.choices else []
        columns = ",".join([*rt.list_columns, spec.name])
        url = f"{_list_url(rt)}?cols={columns}"
        line = FieldLine(field.label, str(kinds.get(field.kind, field.kind)), tuple(notes), field, url)
        sections.setdefault(spec.section, []).append(line)
    return list(sections.items())


def _list_url(rt: RecordType) -> str:
    return f"/{rt.path}/" if rt.path else f"/records/{rt.key}/"


def _built_in(rt: RecordType) -> list[FieldLine]:
    kinds = dict(KINDS) | {"team": _("Team"), "relations": _("Links to records")}
    lines = []
    for spec in fields_of(rt).values():
        if spec.is_custom or spec.kind == "id" or spec.name in rt.hidden:
            continue
        notes = [_("required")] if spec.required else []
        notes += [] if spec.editable else [_("read only")]
        lines.append(FieldLine(str(spec.label), str(kinds.get(spec.kind, spec.kind)), tuple(notes)))
    return lines


# --- one field -----------------------------------------------------------------------------------


def _specs(names: tuple[str, ...], type_key: str = FIELD) -> list[FieldSpec]:
    fields = fields_of(record_type(type_key))
    return [fields[name] for name in names]


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_field(request: HttpRequest) -> HttpResponse:
    """Add a field to a kind of record."""
    rt = _type_asked(request)
    url = f"{LIST}new/?type={rt.key}"
    title = _("New field: %(type)s") % {"type": rt.plural_label}
    specs = _specs(FIRST)
    if request.method != "POST":
        return _form(request, title, url, specs, {"kind": "text", "section": request.GET.get("section", "")})
    actor = actor_of(request)
    try:
        values = {**read_form(actor, specs, request.POST), "type_key": rt.key}
        values["position"] = visible(actor, FIELD).filter(type_key=rt.key).count()
        records.create(record_type(FIELD), [values], actor=actor)
    except Invalid as wrong:
        return _form(request, title, url, specs, request.POST.dict(), wrong)
    except RecordError as problem:
        return refused(request, problem, back=LIST)
    text = _("The field “%(name)s” can be used at once.") % {"name": values["label"]}
    return _gone(request, text, f"{LIST}?type={rt.key}")


def _type_asked(request: HttpRequest) -> RecordType:
    key = request.GET.get("type", "")
    found = next((rt for rt in types_with_fields() if rt.key == key), None)
    if found is None:
        raise Http404
    return found


def _gone(request: HttpRequest, text: str, back: str) -> HttpResponse:
    """Go back with a word and an undo; the dialog's page goes as a whole, since much on it changed."""
    actor = actor_of(request)
    response = done(request, text, back=back, undo=undo_url(actor))
    if is_fragment(request):
        response["HX-Redirect"] = back
    return response


def _form(
    request: HttpRequest,
    title: str,
    url: str,
    specs: list[FieldSpec],
    values: dict[str, Any],
    wrong: Invalid | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "title": title,
        "page_title": title,
        "url": url,
        "draft": url,
        "form": form_of(actor, specs, values, merge_errors(wrong) if wrong else None),
        "cancel_url": LIST,
    }
    status = 422 if wrong else 200
    if is_fragment(request):
        return render(request, "web/form/dialog.html", context, status=status)
    return show(request, "web/settings/form.html", "fields", context, status=status)


def _found(request: HttpRequest, public_id: str, type_key: str) -> Any:
    try:
        return get_visible(actor_of(request), type_key, decode_id(public_id))
    except (ValueError, NotFoundHere):
        raise Http404 from None


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def field(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a field; its kind stays, because values already exist."""
    found: CustomField = _found(request, public_id, FIELD)
    names = tuple(n for n in AFTERWARDS if n not in WITHOUT_CHOICES or found.kind in ("choice", "multichoice"))
    specs = _specs(names)
    url = f"{LIST}{found.public_id}/"
    if request.method != "POST":
        return _form(request, found.label, url, specs, {name: getattr(found, name) for name in names})
    actor = actor_of(request)
    try:
        records.update(record_type(FIELD), [(found, read_form(actor, specs, request.POST))], actor=actor)
    except Invalid as wrong:
        return _form(request, found.label, url, specs, request.POST.dict(), wrong)
    except RecordError as problem:
        return refused(request, problem, back=LIST)
    return _gone(request, _("The field was saved."), f"{LIST}?type={found.type_key}")


@screen(MANAGE)
@require_POST
def move_field(request: HttpRequest, public_id: str) -> HttpResponse:
    """Move a field one place up or down among those of its kind of record."""
    found: CustomField = _found(request, public_id, FIELD)
    actor = actor_of(request)
    rows = list(visible(actor, FIELD).filter(type_key=found.type_key, archived_at=None).order_by("position", "id"))
    at = next(place for place, row in enumerate(rows) if row.pk == found.pk)
    to = at - 1 if request.POST.get("to") == "up" else at + 1
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
        pairs = [(row, {"position": place}) for place, row in enumerate(rows) if row.position != place]
        records.update(record_type(FIELD), pairs, actor=actor)
    return HttpResponseRedirect(f"{LIST}?type={found.type_key}")


@screen(MANAGE)
@require_POST
def archive_field(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a field out of sight, or bring it back; its values stay."""
    return _archive(request, _found(request, public_id, FIELD))


@screen(MANAGE)
@require_POST
def archive_object(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an object out of sight, or bring it back; its records stay."""
    return _archive(request, _found(request, public_id, OBJECT))


def _archive(request: HttpRequest, found: Any) -> HttpResponse:
    actor = actor_of(request)
    back = f"{LIST}?type={found.type_key}" if isinstance(found, CustomField) else LIST
    is_archived = found.archived_at is not None
    try:
        (writing.restore_many if is_archived else writing.archive_many)([found], actor=actor)
    except RecordError as problem:
        return refused(request, problem, back=back)
    definitions_changed()
    text = _("“%(name)s” is back.") if is_archived else _("“%(name)s” was archived; its values stay.")
    return done(request, text % {"name": found}, back=back, undo=undo_url(actor))


# --- one object ----------------------------------------------------------------------------------


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_object(request: HttpRequest) -> HttpResponse:
    """Invent a kind of record; its fields are added on the page that follows."""
    specs = _specs(OBJECT_FIELDS, OBJECT)
    url = f"{LIST}objects/new/"
    if request.method != "POST":
        return _form(request, _("New object"), url, specs, {"icon": "box"})
    actor = actor_of(request)
    try:
        made = records.create(record_type(OBJECT), [read_form(actor, specs, request.POST)], actor=actor)[0]
    except Invalid as wrong:
        return _form(request, _("New object"), url, specs, request.POST.dict(), wrong)
    except RecordError as problem:
        return refused(request, problem, back=LIST)
    text = _("“%(name)s” has a list, a page, a form and an API. Now add its fields.") % {"name": made.plural}
    return _gone(request, text, f"{LIST}?type={made.type_key}")


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def own_object(request: HttpRequest, public_id: str) -> HttpResponse:
    """Rename an object."""
    found: CustomObject = _found(request, public_id, OBJECT)
    specs = _specs(OBJECT_FIELDS, OBJECT)
    url = f"{LIST}objects/{found.public_id}/"
    if request.method != "POST":
        return _form(request, found.plural, url, specs, {name: getattr(found, name) for name in OBJECT_FIELDS})
    actor = actor_of(request)
    try:
        records.update(record_type(OBJECT), [(found, read_form(actor, specs, request.POST))], actor=actor)
    except Invalid as wrong:
        return _form(request, found.plural, url, specs, request.POST.dict(), wrong)
    except RecordError as problem:
        return refused(request, problem, back=LIST)
    return _gone(request, _("The object was saved."), f"{LIST}?type={found.type_key}")


urlpatterns = [
    path("settings/fields/", overview, name="own_fields"),
    path("settings/fields/new/", new_field, name="own_field_new"),
    path("settings/fields/objects/new/", new_object, name="own_object_new"),
    path("settings/fields/objects/<str:public_id>/", own_object, name="own_object"),
    path("settings/fields/objects/<str:public_id>/archive/", archive_object, name="own_object_archive"),
    path("settings/fields/<str:public_id>/", field, name="own_field"),
    path("settings/fields/<str:public_id>/place/", move_field, name="own_field_place"),
    path("settings/fields/<str:public_id>/archive/", archive_field, name="own_field_archive"),
]
