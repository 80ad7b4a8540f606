"""Somebody leaves: first the numbers, then who takes over, then the account is closed; all of it can be undone."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.handover import HandoverRule, hand_over, owned_counts
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.records.expressions import SortText
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.actions import deactivate_user, sign_out_everywhere
from hatir.foundation.staff.models import Team, User
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, refused, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.screens.people import found, person_url
from hatir.interface.web.settings_frame import show
from hatir.interface.web.tasks import hand_over_records
from hatir.kit.ids import decode_id

AT_ONCE = 500
"""Above so many records a job hands over; the account is closed at once either way."""
NOBODY, COLLEAGUE, TEAM = "nobody", "colleague", "team"


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask who takes over, or hand over and close the account."""
    user = found(request, public_id)
    actor = actor_of(request)
    if request.method != "POST":
        return _page(request, user, {})
    try:
        receivers = _chosen(user, request, actor)
        is_large = bool(receivers) and sum(owned_counts(user, actor=actor).values()) > AT_ONCE
        with transaction.atomic():
            moved = 0
            if receivers and not is_large:
                moved = hand_over(user, [HandoverRule(tuple(receivers))], actor=actor).moved_count
            if "close" in request.POST:
                deactivate_user(user, actor=actor)
            if is_large:
                task = hand_over_records.using(unique_key=f"handover:{user.pk}")
                task.enqueue(actor=actor, user_id=user.pk, receiver_ids=[one.pk for one in receivers])
    except Invalid as wrong:
        return _page(request, user, wrong.errors, status=422)
    except RecordError as problem:
        return refused(request, problem, back=person_url(user))
    if "close" in request.POST:
        sign_out_everywhere(user)
    if is_large:
        told = _("The records of %(name)s are being handed over. You will hear when it is done.")
        return done(request, told % {"name": user.name}, back=person_url(user))
    text = _("%(count)d records of %(name)s were handed over.") % {"count": moved, "name": user.name}
    if not moved:
        text = _("The account of %(name)s is closed.") % {"name": user.name}
    return done(request, text, back=person_url(user), undo=undo_url(actor))


def _chosen(user: User, request: HttpRequest, actor: Actor) -> list[User]:
    """Give who takes over; nobody where the records stay. Raises Invalid."""
    how = request.POST.get("how", "")
    if how == NOBODY:
        return []
    if how not in (COLLEAGUE, TEAM):
        raise Invalid({"how": [_("Choose who takes over.")]})
    receivers = _receivers(user, how, request.POST.get(how, ""), actor)
    if not receivers:
        raise Invalid({how: [_("Choose who takes over.")]})
    return receivers


def _receivers(user: User, how: str, chosen: str, actor: Actor) -> list[User]:
    try:
        key = decode_id(chosen)
    except ValueError:
        return []
    rows = visible(actor, User).filter(is_active=True, archived_at=None).exclude(pk=user.pk).order_by("pk")
    return list(rows.filter(pk=key) if how == COLLEAGUE else rows.filter(teams=key))


def _page(request: HttpRequest, user: User, errors: dict[str, list[str]], *, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    counts = owned_counts(user, actor=actor)
    colleagues = (
        visible(actor, User).filter(is_active=True, archived_at=None).exclude(pk=user.pk).order_by(SortText("name"))
    )
    context: dict[str, Any] = {
        "page_title": _("Hand over: %(name)s") % {"name": user.name},
        "person": user,
        "url": f"{person_url(user)}leaving/",
        "back_url": person_url(user),
        "counts": [(record_type(key).plural_label, count) for key, count in counts.items()],
        "total": sum(counts.values()),
        "colleagues": colleagues,
        "teams": visible(actor, Team).filter(archived_at=None).order_by(SortText("name")),
        "errors": [text for texts in errors.values() for text in texts],
        "sent": request.POST,
    }
    return show(request, "web/settings/leaving.html", "people", context, status=status)


urlpatterns = [path("settings/people/<str:public_id>/leaving/", leave, name="person_leaving")]
