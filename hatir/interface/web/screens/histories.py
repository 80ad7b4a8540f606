"""The history of a record, and who can see it and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hatir.foundation.access.explain import explain
from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.audit.queries import history_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.queries import user_with
from hatir.interface.web.answers import panel
from hatir.interface.web.histories import operations_of
from hatir.interface.web.inputs import Option, options, options_by_id
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import open_record, record_id_of
from hatir.kit.ids import encode_id

MOST_PEOPLE = 300


@dataclass(frozen=True)
class Verdict:
    """Whether somebody may do one thing, and the reasons."""

    verb: str
    allowed: bool
    reasons: tuple[str, ...]


@screen(":view")
@require_safe
def history(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show who changed what on a record, with a way to take back each operation."""
    opened = open_record(request, type_key, record_id)
    before = request.GET.get("before", "")
    page = history_of(
        opened.actor, opened.rt.ref(opened.record), before=record_id_of(before) if before else None, limit=30
    )
    context: dict[str, Any] = {
        "title": _("History: %(record)s") % {"record": opened.rt.title_of(opened.record)},
        "operations": operations_of(opened, page.entries),
        "back": opened.url,
    }
    if page.next_before is not None:
        context["next_url"] = f"{opened.url}history/?before={encode_id(page.next_before)}"
    return panel(request, "web/record/_history.html", context, title=_("History"))


@screen(":view")
@require_safe
def access(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Answer why somebody can or cannot see and change the record: oneself, or anybody for those who manage."""
    opened = open_record(request, type_key, record_id)
    people = _people(opened.actor)
    asked = request.GET.get("user", "")
    chosen = next((person.value for person in people if person.value == asked), people[0].value if people else "")
    verdicts = _verdicts(record_id_of(chosen), opened.record) if chosen else []
    context = {
        "people": [Option(person.value, person.label, person.value == chosen) for person in people],
        "url": f"{opened.url}access/",
        "verdicts": verdicts,
        "back": opened.url,
    }
    return panel(request, "web/record/_access.html", context, title=_("Who can see this record?"))


def _people(actor: Actor) -> list[Option]:
    users = record_type("staff.user")
    own = options_by_id(actor, users, [actor.user_id]) if actor.user_id is not None else []
    if not has_permission(actor, MANAGE):
        return own
    others = options(actor, users, "", MOST_PEOPLE)
    return [*own, *(person for person in others if person.value not in {each.value for each in own})]


def _verdicts(user_id: int, record: Any) -> list[Verdict]:
    user = user_with(user_id)
    found = []
    for verb, label in (("view", _("See")), ("edit", _("Edit")), ("archive", _("Archive"))):
        answer = explain(user, record, verb)
        found.append(Verdict(label, answer.allowed, tuple(reason.text for reason in answer.reasons)))
    return found


PLACE = "records/<str:type_key>/<str:record_id>/"
urlpatterns = [
    path(f"{PLACE}history/", history, name="record_history"),
    path(f"{PLACE}access/", access, name="record_access"),
]
