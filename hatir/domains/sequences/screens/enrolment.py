"""The page of an enrolment: where it stands, its log, and what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from hatir.domains.sequences import actions, queries, rules
from hatir.domains.sequences.models import Enrolment
from hatir.domains.sequences.queries.subjects import subject_ref
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import RecordError
from hatir.foundation.records.registry import record_type
from hatir.interface.web.answers import done, refused, safe_next, undo_url
from hatir.interface.web.factsheet import FactSheet
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened, crumbs_of, head_of, list_address, menu_of, open_record

VERBS: Mapping[str, Callable[[int, Actor], Enrolment]] = {
    "reply": lambda pk, actor: actions.record_reply(pk, actor=actor),
    "meeting": lambda pk, actor: actions.record_meeting(pk, actor=actor),
    "bounce": lambda pk, actor: actions.record_bounce(pk, actor=actor),
    "refusal": lambda pk, actor: actions.record_unsubscribed(pk, actor=actor),
    "pause": lambda pk, actor: actions.pause_enrolment(pk, actor=actor),
    "resumption": lambda pk, actor: actions.resume_enrolment(pk, actor=actor),
    "end": lambda pk, actor: actions.stop_enrolment(pk, actor=actor),
}


@screen(":view")
@require_safe
def enrolment_page(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show an enrolment whole."""
    opened = open_record(request, type_key, record_id)
    sheet = FactSheet(opened.actor, opened.narrowed, opened.record, editable=opened.editable)
    head = head_of(opened, sheet.presenter)
    one: Enrolment = opened.record
    sees = queries.sees_places(opened.actor)
    subject = subject_ref(one)
    record = visible(opened.actor, subject.type_key).filter(pk=subject.id).first()
    context: dict[str, Any] = {
        "page_title": head.title,
        "record": head,
        "crumbs": crumbs_of(opened, list_address(request)),
        "sections": sheet.sections(),
        "menu": menu_of(opened),
        "kpis": [],
        "related_url": f"{opened.url}related/",
        "has_timeline": False,
        "one": one,
        "place": queries.place_words(one) if sees else "",
        "subject_title": record_type(subject.type_key).title_of(record) if record is not None else "",
        "subject_url": subject.url if record is not None else "",
        "verbs": _verbs(opened) if sees else [],
        "log": queries.log_of(one) if sees else [],
    }
    return render(request, "sequences/enrolment.html", context)


def _verbs(opened: Opened) -> list[tuple[str, str, str]]:
    """List what can be done with an enrolment now: address, words, icon."""
    one: Enrolment = opened.record
    if not opened.editable or one.archived_at is not None:
        return []
    is_open = one.status in rules.OPEN
    ways = (
        ("reply", _("An answer came"), "reply", one.replied_at is None),
        ("meeting", pgettext("enrolment", "A meeting was booked"), "calendar", is_open and one.met_at is None),
        ("bounce", _("The mail came back"), "mail-open", one.bounced_at is None and one.sent_count > 0),
        ("refusal", _("Wants no more mails"), "ban", one.reason != rules.UNSUBSCRIBED),
        ("pause", pgettext("enrolment", "Pause"), "pause", one.status == rules.ACTIVE),
        ("resumption", pgettext("enrolment", "Go on"), "play", one.status in (rules.PAUSED, rules.STOPPED)),
        ("end", pgettext("enrolment", "Stop"), "circle-x", is_open),
    )
    return [(f"{opened.url}{verb}/", words, icon) for verb, words, icon, is_possible in ways if is_possible]


@screen(":edit")
@require_POST
def act(request: HttpRequest, type_key: str, record_id: str, verb: str) -> HttpResponse:
    """Do one of the verbs: the address names it."""
    opened = open_record(request, type_key, record_id)
    back = safe_next(request, opened.url)
    try:
        changed = VERBS[verb](opened.record.pk, opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=back)
    reason = str(changed.get_reason_display()) if changed.reason and changed.status != rules.ACTIVE else ""
    told = {"sequence": str(opened.record.sequence), "status": changed.get_status_display()}
    said = _("%(sequence)s: %(status)s") % told
    return done(request, f"{said} ({reason})" if reason else said, back=back, undo=undo_url(opened.actor),
                events={"record:refresh": {}})  # fmt: skip
