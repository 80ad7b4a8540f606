"""Settings of the people: who works here, inviting, one person's page, sign-in links and sessions."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.access.actions import invite_users, set_roles, sign_in_link
from hatir.foundation.access.grants import MANAGE, rights_of
from hatir.foundation.access.models import Role
from hatir.foundation.access.parts import read_roles
from hatir.foundation.access.queries import get_visible, visible
from hatir.foundation.records import actions as records
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.records.expressions import SortText
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.staff.actions import reactivate_user, set_admin, sign_out_everywhere
from hatir.foundation.staff.models import Team, User
from hatir.foundation.staff.queries import places_of
from hatir.interface.web import invitations, people_pages
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, refused, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.settings_forms import form_of, merge_errors, read_form
from hatir.interface.web.settings_frame import show
from hatir.kit.ids import decode_id, encode_id

LIST = "/settings/people/"
OWN_FIELDS = ("name", "email", "job_title", "phone", "language", "department", "teams")


def person_url(user: User) -> str:
    """Give the address of a person's page."""
    return f"{LIST}{user.public_id}/"


def found(request: HttpRequest, public_id: str) -> User:
    """Find the colleague in the address; raises Http404."""
    try:
        user: User = get_visible(actor_of(request), "staff.user", decode_id(public_id))
    except (ValueError, RecordError):
        raise Http404 from None
    return user


@screen(MANAGE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List the colleagues with teams, roles, last sign-in and state."""
    context = people_pages.listing(actor_of(request), request.GET)
    return show(request, "web/settings/people.html", "people", {"page_title": _("Users"), "is_wide": True, **context})


def _invite_specs(request: HttpRequest) -> list[FieldSpec]:
    actor = actor_of(request)
    roles = tuple((encode_id(pk), name) for pk, name in _roles(request).items())
    teams = visible(actor, Team).filter(archived_at=None).order_by(SortText("name")).values_list("pk", "name")
    return [
        FieldSpec(
            "emails",
            gettext_lazy("E-mail addresses"),
            "longtext",
            required=True,
            help=gettext_lazy("One a line; a name may stand before: Elif Kaya <elif@company.com>"),
        ),
        FieldSpec("team", gettext_lazy("Team"), "choice", choices=tuple((encode_id(pk), name) for pk, name in teams)),
        FieldSpec("roles", gettext_lazy("Roles"), "multichoice", choices=roles),
    ]


def _roles(request: HttpRequest) -> dict[int, str]:
    rows = visible(actor_of(request), Role).filter(archived_at=None).order_by(SortText("name"))
    return dict(rows.values_list("pk", "name"))


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite several colleagues at once; each gets a link that works once."""
    specs = _invite_specs(request)
    if request.method != "POST":
        return _invite_form(request, specs, {})
    actor = actor_of(request)
    typed: dict[str, Any] = {}
    try:
        typed = read_form(actor, specs, request.POST)
        rows = _rows(typed)
        roles = visible(actor, Role).filter(pk__in=[decode_id(key) for key in typed.get("roles") or ()])
        invited = invite_users(rows, roles=list(roles), actor=actor)
    except Invalid as wrong:
        return _invite_form(request, specs, typed or request.POST.dict(), merge_errors(wrong), status=422)
    except RecordError as problem:
        return refused(request, problem, back=LIST)
    links = invitations.send_links(invited, by=actor.label)
    title = _("%(count)d colleagues are invited") % {"count": len(links)}
    response = show(request, "web/settings/links.html", "people", {"page_title": title, "links": links})
    if is_fragment(request):
        return render(request, "web/settings/_links_dialog.html", {"title": title, "links": links})
    return response


def _rows(typed: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        rows = invitations.read_addresses(typed["emails"])
    except ValueError as problem:
        raise Invalid({"emails": [str(problem)]}) from None
    if typed.get("team"):
        rows = [{**row, "teams": [decode_id(typed["team"])]} for row in rows]
    return rows


def _invite_form(
    request: HttpRequest,
    specs: list[FieldSpec],
    values: dict[str, Any],
    errors: dict[str, list[str]] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    if errors and "email" in errors:
        errors = {**errors, "emails": errors["email"]}
    context = {
        "title": _("Invite colleagues"),
        "page_title": _("Invite colleagues"),
        "intro": _("Everybody gets a link by e-mail that signs in once; then they choose a password or a passkey."),
        "url": f"{LIST}invite/",
        "draft": "settings/invite",
        "form": form_of(actor_of(request), specs, values, errors),
        "submit": _("Invite"),
    }
    if is_fragment(request):
        return render(request, "web/form/dialog.html", context, status=status)
    return show(request, "web/settings/form.html", "people", context, status=status)


def _person_specs(request: HttpRequest) -> list[FieldSpec]:
    fields = fields_of(record_type("staff.user"))
    roles = tuple((encode_id(pk), name) for pk, name in _roles(request).items())
    specs = [fields[name] for name in OWN_FIELDS if name in fields]
    specs.append(FieldSpec("roles", gettext_lazy("Roles"), "multichoice", choices=roles))
    if rights_of(actor_of(request)).everything:
        text = gettext_lazy("Sees and may do everything, whatever the roles say.")
        specs.append(FieldSpec("is_admin", gettext_lazy("Administrator"), "boolean", help=text))
    return specs


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one colleague: particulars, roles, what they see, where they are signed in."""
    user = found(request, public_id)
    specs = _person_specs(request)
    if request.method != "POST":
        return _person_page(request, user, specs, _person_values(user))
    actor = actor_of(request)
    try:
        values = read_form(actor, specs, request.POST)
        role_ids = [decode_id(key) for key in values.pop("roles", None) or ()]
        is_admin = values.pop("is_admin", user.is_admin)
        records.update(record_type("staff.user"), [(user, values)], actor=actor)
        set_roles(user, visible(actor, Role).filter(pk__in=role_ids), actor=actor)
        if is_admin != user.is_admin:
            set_admin(user, is_admin, actor=actor)
    except Invalid as wrong:
        typed = {**_person_values(user), **request.POST.dict(), "roles": request.POST.getlist("roles")}
        return _person_page(request, user, specs, typed, wrong.errors, status=422)
    except RecordError as problem:
        return refused(request, problem, back=person_url(user))
    return done(request, _("%(name)s was saved.") % {"name": user.name}, back=person_url(user), undo=undo_url(actor))


def _person_values(user: User) -> dict[str, Any]:
    return {
        **{name: getattr(user, name) for name in ("name", "email", "job_title", "phone", "language", "is_admin")},
        "department": user.department_id,
        "teams": [team.pk for team in user.teams.all()],
        "roles": [encode_id(pk) for pk in read_roles(user)],
    }


def _person_page(
    request: HttpRequest,
    user: User,
    specs: list[FieldSpec],
    values: dict[str, Any],
    errors: dict[str, list[str]] | None = None,
    *,
    status: int = 200,
    secret: str = "",
) -> HttpResponse:
    context = {
        "page_title": user.name,
        "person": user,
        "url": person_url(user),
        "draft": f"staff.user/{user.public_id}",
        "form": form_of(actor_of(request), specs, values, errors),
        "secret": secret,
        "reach": people_pages.reach_of(user),
        "places": places_of(user, request.session.session_key or ""),
        "is_me": user.pk == actor_of(request).user_id,
    }
    return show(request, "web/settings/person.html", "people", context, status=status)


@screen(MANAGE)
@require_POST
def new_link(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a new sign-in link and show it once."""
    user = found(request, public_id)
    try:
        link = invitations.link_url(sign_in_link(user, actor=actor_of(request)))
    except RecordError as problem:
        return refused(request, problem, back=person_url(user))
    return _person_page(request, user, _person_specs(request), _person_values(user), secret=link)


@screen(MANAGE)
@require_POST
def open_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let somebody in again whose account was closed."""
    user = found(request, public_id)
    actor = actor_of(request)
    try:
        reactivate_user(user, actor=actor)
    except RecordError as problem:
        return refused(request, problem, back=person_url(user))
    text = _("%(name)s may sign in again.") % {"name": user.name}
    return done(request, text, back=person_url(user), undo=undo_url(actor))


@screen(MANAGE)
@require_POST
def sign_out(request: HttpRequest, public_id: str) -> HttpResponse:
    """End all of somebody's sessions."""
    user = found(request, public_id)
    if user.is_admin and not rights_of(actor_of(request)).everything:
        raise Http404
    count = sign_out_everywhere(user, but=request.session.session_key or "")
    text = _("%(name)s was signed out in %(count)d places.") % {"name": user.name, "count": count}
    return done(request, text, back=person_url(user))


urlpatterns = [
    path("settings/people/", people, name="people"),
    path("settings/people/invite/", invite, name="people_invite"),
    path("settings/people/<str:public_id>/", person, name="person"),
    path("settings/people/<str:public_id>/link/", new_link, name="person_link"),
    path("settings/people/<str:public_id>/opening/", open_again, name="person_opening"),
    path("settings/people/<str:public_id>/sign-out/", sign_out, name="person_sign_out"),
]
