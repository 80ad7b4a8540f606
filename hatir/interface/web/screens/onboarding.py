"""First steps: what one does and what the company does, then five tasks; left and taken up again at will."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.preferences.actions import set_company, set_own
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.errors import Invalid
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done
from hatir.interface.web.first_steps import ROLES, SECTORS, steps_of
from hatir.interface.web.permission import screen

HERE = "/first-steps/"


@screen()
@require_http_methods(["GET", "HEAD", "POST"])
def first_steps(request: HttpRequest) -> HttpResponse:
    """Ask the two questions first; then show the tasks and how far they are."""
    if request.method == "POST":
        return _answer(request)
    is_asked = _is_answered(request) and "questions" not in request.GET
    return _tasks(request) if is_asked else _questions(request)


def _is_answered(request: HttpRequest) -> bool:
    actor = actor_of(request)
    sector_known = bool(value_of("company.sector")) or not has_permission(actor, MANAGE)
    return bool(value_of("user.role", actor.user_id)) and sector_known


def _answer(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    role, sector = request.POST.get("role", ""), request.POST.get("sector", "")
    name = request.POST.get("company", "").strip()
    is_manager = has_permission(actor, MANAGE)
    if role not in {key for key, _label, _icon in ROLES}:
        return _questions(request, _("Say what you do; it decides what comes first."), status=422)
    if is_manager and sector not in {key for key, _label, _icon in SECTORS}:
        return _questions(request, _("Choose your line of business."), status=422)
    set_own({"user.role": role, "user.first_steps": "open"}, actor=actor)
    if is_manager:
        try:
            set_company({"company.sector": sector, **({"company.name": name} if name else {})}, actor=actor)
        except Invalid as wrong:
            return _questions(request, str(wrong), status=422)
    return done(request, _("Here are your first steps."), back=HERE)


def _questions(request: HttpRequest, error: str = "", *, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "page_title": _("First steps"),
        "roles": ROLES,
        "sectors": SECTORS,
        "is_manager": has_permission(actor, MANAGE),
        "company": request.POST.get("company", "") or value_of("company.name"),
        "role": request.POST.get("role", "") or value_of("user.role", actor.user_id),
        "sector": request.POST.get("sector", "") or value_of("company.sector"),
        "error": error,
    }
    return render(request, "web/onboarding/questions.html", context, status=status)


def _tasks(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    steps = steps_of(actor)
    done_count = sum(step.is_done for step in steps)
    context = {
        "page_title": _("First steps"),
        "steps": steps,
        "done_count": done_count,
        "minutes": sum(step.step.minutes for step in steps if not step.is_done),
        "is_all_done": done_count == len(steps),
    }
    return render(request, "web/onboarding/steps.html", context)


@screen()
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Put the first steps away; they stay reachable by their address and the palette."""
    actor = actor_of(request)
    set_own({"user.first_steps": "later"}, actor=actor)
    if has_permission(actor, MANAGE):
        set_company({"company.onboarded": True}, actor=actor)
    return done(request, _("The first steps wait under the question mark."), back="/today")


urlpatterns = [
    path("first-steps/", first_steps, name="first_steps"),
    path("first-steps/leave/", leave, name="first_steps_leave"),
]
