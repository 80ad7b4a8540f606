"""Settings of the rights: roles, their matrix, single permissions and field rules."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.access.actions import (
    GrantRow,
    create_role,
    install_templates,
    set_field_rules,
    set_grants,
    set_permissions,
)
from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.models import VERBS, Role
from hatir.foundation.access.parts import read_field_rules, read_grants
from hatir.foundation.access.permissions import permissions
from hatir.foundation.access.queries import get_visible, visible
from hatir.foundation.access.templates import TEMPLATES
from hatir.foundation.records import actions as records
from hatir.foundation.records import writing
from hatir.foundation.records.errors import Invalid, NotFoundHere, RecordError
from hatir.foundation.records.expressions import SortText
from hatir.foundation.records.registry import record_type
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, panel, refused, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.role_matrix import field_lines, matrix_of, read_field_lines, read_matrix, scoped_types
from hatir.interface.web.settings_frame import show
from hatir.kit.ids import decode_id

LIST = "/settings/roles/"
TYPE = "access.role"


def _found(request: HttpRequest, public_id: str) -> Role:
    try:
        role: Role = get_visible(actor_of(request), TYPE, decode_id(public_id))
    except (ValueError, RecordError):
        raise Http404 from None
    return role


def _url(role: Role) -> str:
    return f"{LIST}{role.public_id}/"


@screen(MANAGE)
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """List the roles with the number of people who have them."""
    people = Count("assignments", filter=Q(assignments__user__is_active=True))
    rows = visible(actor_of(request), TYPE).filter(archived_at=None).annotate(people=people).order_by(SortText("name"))
    names = {permission.code: permission.label for permission in permissions()}
    context = {
        "page_title": _("Roles and rights"),
        "is_wide": True,
        "intro": _("A role is a bundle of rights. Somebody may have several; the widest right counts."),
        "roles": [(role, _url(role), [names.get(code, code) for code in role.permissions]) for role in rows],
        "templates": _missing_templates(request),
    }
    return show(request, "web/settings/roles.html", "roles", context)


def _missing_templates(request: HttpRequest) -> list[Any]:
    rows = visible(actor_of(request), TYPE).values_list("name", "source")
    held = {name for name, _s in rows} | {source.removeprefix("template:") for _n, source in rows}
    return [template for template in TEMPLATES if template.key not in held and str(template.name) not in held]


@screen(MANAGE)
@require_POST
def install(request: HttpRequest) -> HttpResponse:
    """Make the ready-made roles that are not there yet."""
    actor = actor_of(request)
    made = install_templates(actor=actor)
    text = _("%(count)d roles were added.") % {"count": len(made)}
    return done(request, text, back=LIST, undo=undo_url(actor))


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_role(request: HttpRequest) -> HttpResponse:
    """Make a role, empty or as a copy of another."""
    if request.method != "POST":
        return _editor(request, None, {"name": "", "description": ""})
    actor = actor_of(request)
    if "do" in request.POST:
        return _changed_filter(request, None)
    name, description = request.POST.get("name", "").strip(), request.POST.get("description", "").strip()
    try:
        grants = read_matrix(actor, request.POST)
        codes = request.POST.getlist("permissions")
        role = create_role(name, description=description, grants=grants, codes=codes, actor=actor)
    except Invalid as wrong:
        return _editor(request, None, {"name": name, "description": description}, wrong, status=422)
    except RecordError as problem:
        return refused(request, problem, back=LIST)
    return done(request, _("The role was added."), back=_url(role), undo=undo_url(actor))


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show or change one role."""
    found = _found(request, public_id)
    if request.method != "POST":
        return _editor(request, found, {"name": found.name, "description": found.description})
    actor = actor_of(request)
    if "do" in request.POST:
        return _changed_filter(request, found)
    values = {"name": request.POST.get("name", "").strip(), "description": request.POST.get("description", "").strip()}
    try:
        with transaction.atomic():
            records.update(record_type(TYPE), [(found, values)], actor=actor)
            set_grants(found, read_matrix(actor, request.POST), actor=actor)
            set_permissions(found, request.POST.getlist("permissions"), actor=actor)
    except Invalid as wrong:
        return _editor(request, _found(request, public_id), values, wrong, status=422)
    except RecordError as problem:
        return refused(request, problem, back=LIST)
    return done(request, _("The role was saved."), back=_url(found), undo=undo_url(actor))


def _changed_filter(request: HttpRequest, found: Role | None) -> HttpResponse:
    """Show the form as it was typed with a row or group more or less; nothing is saved. The way without JavaScript."""
    values = {"name": request.POST.get("name", ""), "description": request.POST.get("description", "")}
    return _editor(request, found, values, typed=request.POST)


@screen(MANAGE)
@require_safe
def role_filter(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show the filter of one kind of record anew, with what a button or a choice changed in it."""
    rt = next((rt for rt in scoped_types() if rt.key == type_key), None)
    if rt is None:
        raise Http404
    row = next(row for row in matrix_of(actor_of(request), None, request.GET) if row.key == rt.key)
    return panel(request, "web/settings/_role_filter.html", {"row": row}, title=_("Filter"))


def _editor(
    request: HttpRequest,
    found: Role | None,
    values: dict[str, str],
    wrong: Invalid | None = None,
    *,
    typed: QueryDict | None = None,
    status: int = 200,
) -> HttpResponse:
    typed = request.POST if wrong is not None else typed
    held = set(request.POST.getlist("permissions")) if typed is not None else set(found.permissions if found else ())
    people = found.assignments.select_related("user").filter(user__is_active=True) if found else []
    errors = wrong.errors if wrong else {}
    context = {
        "page_title": found.name if found else _("New role"),
        "is_wide": True,
        "role": found,
        "url": _url(found) if found else f"{LIST}new/",
        "values": values,
        "errors": [text for name, texts in errors.items() for text in texts if name != "name"],
        "name_errors": errors.get("name", ()),
        "verbs": [label for _verb, label in VERBS],
        "matrix": matrix_of(actor_of(request), found, typed),
        "permissions": [(one, one.code in held) for one in permissions()],
        "people": [assignment.user for assignment in people],
        "field_types": [(rt, _closed_count(found, rt.key)) for rt in scoped_types()] if found else [],
    }
    return show(request, "web/settings/role.html", "roles", context, status=status)


def _closed_count(found: Role, type_key: str) -> int:
    return sum(row["type_key"] == type_key for row in read_field_rules(found))


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def role_fields(request: HttpRequest, public_id: str, type_key: str) -> HttpResponse:
    """Show or change which fields of one kind of record are closed to a role."""
    found = _found(request, public_id)
    try:
        rt = record_type(type_key)
    except NotFoundHere:
        raise Http404 from None
    if request.method == "POST":
        actor = actor_of(request)
        try:
            set_field_rules(found, read_field_lines(found, rt.key, request.POST), actor=actor)
        except RecordError as problem:
            return refused(request, problem, back=_url(found))
        return done(request, _("The field rules were saved."), back=_url(found), undo=undo_url(actor))
    context = {
        "page_title": _("%(role)s: fields of %(type)s") % {"role": found.name, "type": rt.plural_label},
        "role": found,
        "back_url": _url(found),
        "url": f"{_url(found)}fields/{rt.key}/",
        "lines": field_lines(found, rt.key),
    }
    return show(request, "web/settings/role_fields.html", "roles", context)


@screen(MANAGE)
@require_POST
def copy_role(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a role like this one."""
    found = _found(request, public_id)
    actor = actor_of(request)
    grants = [GrantRow(row["verb"], row["scope"], row["type_key"], row["filter"]) for row in read_grants(found)]
    name = _("%(name)s (copy)") % {"name": found.name}
    try:
        copy = create_role(name, description=found.description, grants=grants, codes=found.permissions, actor=actor)
    except RecordError as problem:
        return refused(request, problem, back=_url(found))
    return done(request, _("The role was copied."), back=_url(copy), undo=undo_url(actor))


@screen(MANAGE)
@require_POST
def archive_role(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a role away from everybody who has it; it can be brought back."""
    found = _found(request, public_id)
    actor = actor_of(request)
    try:
        writing.archive_many([found], actor=actor)
    except RecordError as problem:
        return refused(request, problem, back=_url(found))
    return done(request, _("The role was archived."), back=LIST, undo=undo_url(actor))


@screen(MANAGE)
@require_safe
def all_roles(request: HttpRequest) -> HttpResponse:
    """Lead to the generic list, where archived roles are found too."""
    return HttpResponseRedirect(f"/records/{TYPE}/?archived=1")


urlpatterns = [
    path("settings/roles/", roles, name="roles"),
    path("settings/roles/new/", new_role, name="role_new"),
    path("settings/roles/templates/", install, name="role_templates"),
    path("settings/roles/filter/<str:type_key>/", role_filter, name="role_filter"),
    path("settings/roles/archived/", all_roles, name="roles_archived"),
    path("settings/roles/<str:public_id>/", role, name="role"),
    path("settings/roles/<str:public_id>/copy/", copy_role, name="role_copy"),
    path("settings/roles/<str:public_id>/archive/", archive_role, name="role_archive"),
    path("settings/roles/<str:public_id>/fields/<str:type_key>/", role_fields, name="role_fields"),
]
