"""What comes back, and what a colleague decides: an answer, a bounce, a meeting, no more mails; stop, pause, go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.customers.actions import note_contact
from hatir.domains.leads.actions import note_activity, note_replies
from hatir.domains.privacy.actions import record_consents
from hatir.domains.privacy.models import ORIGINS
from hatir.domains.privacy.models import STATUSES as STATEMENTS
from hatir.domains.sequences import rules
from hatir.domains.sequences.actions.enrolments import update_enrolments
from hatir.domains.sequences.actions.moving import Move, move_all
from hatir.domains.sequences.models import Enrolment, StepRun
from hatir.domains.sequences.ports import MessageAnswer
from hatir.domains.sequences.queries.messages import ids_of_key
from hatir.domains.sequences.queries.subjects import EMAIL, HOUSE, load_subjects, person_of
from hatir.foundation.access.queries import get_for, visible
from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor

REFUSED = STATEMENTS[1][0]
BY_MAIL = next(key for key, _label in ORIGINS if key == "HS_EPOSTA")


def stop_enrolment(enrolment_id: int, *, actor: Actor) -> Enrolment:
    """Stop an enrolment where it stands; twice is once. Raises NotFoundHere, Denied, Invalid."""
    return _to(enrolment_id, rules.STOPPED, actor)


def pause_enrolment(enrolment_id: int, *, actor: Actor) -> Enrolment:
    """Let an enrolment rest where it stands; twice is once. Raises NotFoundHere, Denied, Invalid."""
    return _to(enrolment_id, rules.PAUSED, actor)


def resume_enrolment(enrolment_id: int, *, actor: Actor) -> Enrolment:
    """Let an enrolment that rests or was stopped go on where it stood. Raises NotFoundHere, Denied, Invalid."""
    return _to(enrolment_id, rules.ACTIVE, actor)


def _to(enrolment_id: int, status: str, actor: Actor) -> Enrolment:
    with transaction.atomic():
        one = _locked(enrolment_id, actor)
        return one if one.status == status else update_enrolments([(one, {"status": status})], actor=actor)[0]


def _locked(enrolment_id: int, actor: Actor) -> Enrolment:
    get_for(actor, Enrolment, enrolment_id, "edit")
    rows = visible(actor, Enrolment).select_related("sequence", "step").select_for_update(of=("self",))
    found: Enrolment = rows.get(pk=enrolment_id)
    return found


# --- what comes back -------------------------------------------------------------------------------


def record_reply(enrolment_id: int, *, actor: Actor, at: datetime | None = None, text: str = "") -> Enrolment:
    """Note that somebody answered; the sequence stops where it is set to. Twice is once.

    An answer also counts as contact with the customer, and for the score of a lead.
    """
    with transaction.atomic():
        one, moment = _locked(enrolment_id, actor), at or timezone.now()
        if one.replied_at is None:
            one.replied_at = moment
            _mark_or_stop(one, rules.REPLIED if one.sequence.stops_on_reply else "", text, actor, moment)
            _note_answer(one, moment)
    return one


def record_meeting(enrolment_id: int, *, actor: Actor, at: datetime | None = None) -> Enrolment:
    """Note that a meeting was booked; the sequence stops where it is set to. Twice is once."""
    with transaction.atomic():
        one, moment = _locked(enrolment_id, actor), at or timezone.now()
        if one.met_at is None:
            one.met_at = moment
            _mark_or_stop(one, rules.MEETING if one.sequence.stops_on_meeting else "", "", actor, moment)
    return one


def record_bounce(enrolment_id: int, *, actor: Actor, at: datetime | None = None, text: str = "") -> Enrolment:
    """Note that a mail came back: the sequence stops, and to this address none is sent again. Twice is once."""
    with transaction.atomic():
        one, moment = _locked(enrolment_id, actor), at or timezone.now()
        if one.bounced_at is None:
            one.bounced_at = moment
            last = StepRun.objects.filter(enrolment=one, state="sent").order_by("-at", "-pk").first()
            if last is not None:
                StepRun.objects.filter(pk=last.pk).update(state="bounced", note=text[:300])
            _mark_or_stop(one, rules.BOUNCED, text, actor, moment)
    return one


def record_opened(enrolment_id: int, *, actor: Actor, at: datetime | None = None) -> Enrolment:
    """Note that a mail was opened for the first time; nothing follows from it."""
    with transaction.atomic():
        one = _locked(enrolment_id, actor)
        if one.opened_at is None:
            one.opened_at = at or timezone.now()
            writing.save(one, actor=actor)
    return one


def record_unsubscribed(enrolment_id: int, *, actor: Actor, at: datetime | None = None, text: str = "") -> Enrolment:
    """Note that somebody wants no more mails: the sequence stops, and a customer's refusal is written down.

    A lead has no statements of consent yet; that it refused is known by this enrolment from now on.
    """
    with transaction.atomic():
        one, moment = _locked(enrolment_id, actor), at or timezone.now()
        if one.reason != rules.UNSUBSCRIBED:
            _mark_or_stop(one, rules.UNSUBSCRIBED, text, actor, moment)
            load_subjects([one])
            person = person_of(one)
            if person is not None:
                proof = _("Sequence “%(sequence)s”") % {"sequence": one.sequence.name}
                row = {"customer": person.pk, "channel": EMAIL, "status": REFUSED, "obtained_from": BY_MAIL,
                       "obtained_at": moment, "evidence": proof[:300]}  # fmt: skip
                record_consents([row], actor=HOUSE.in_operation(actor.operation))
    return one


def _mark_or_stop(one: Enrolment, reason: str, text: str, actor: Actor, at: datetime) -> None:
    """Store what was noted; with a reason the enrolment stops too, unless it has ended for good."""
    if reason and one.status != rules.FINISHED and (one.status in rules.OPEN or reason == rules.UNSUBSCRIBED):
        move_all([Move(one, rules.STOPPED, reason, text)], actor=actor, at=at)
        return
    if reason == rules.UNSUBSCRIBED:
        one.reason = reason
    writing.save(one, actor=actor)


def _note_answer(one: Enrolment, at: datetime) -> None:
    if one.lead_id:
        note_activity([one.lead_id], at=at)
        note_replies([one.lead_id], at=at, key=one.pk)
        return
    load_subjects([one])
    person = person_of(one)
    if person is not None:
        note_contact([person.pk], channel=EMAIL, at=at, actor=HOUSE)


def take_answer(answer: MessageAnswer, *, actor: Actor) -> Enrolment | None:
    """Take what came back for a message; None where its key is none of ours. Safe to hear twice."""
    try:
        enrolment_id, _step_id = ids_of_key(answer.key)
    except ValueError:
        return None
    if not Enrolment.objects.filter(pk=enrolment_id).exists():
        return None
    if answer.kind == "replied":
        return record_reply(enrolment_id, actor=actor, at=answer.at, text=answer.text)
    if answer.kind == "bounced":
        return record_bounce(enrolment_id, actor=actor, at=answer.at, text=answer.text)
    if answer.kind == "unsubscribed":
        return record_unsubscribed(enrolment_id, actor=actor, at=answer.at, text=answer.text)
    return record_opened(enrolment_id, actor=actor, at=answer.at)


def stop_all(found: Sequence[Enrolment], reason: str, *, at: datetime, met: bool = False) -> int:
    """Stop enrolments for one reason in the house's own name; give how many. They are locked first."""
    with transaction.atomic():
        ids = [one.pk for one in found]
        rows = Enrolment.objects.select_for_update(of=("self",)).filter(pk__in=ids, status__in=rules.OPEN)
        many = list(rows.select_related("sequence", "step").order_by("pk"))
        for one in many:
            if met:
                one.met_at = one.met_at or at
        move_all([Move(one, rules.STOPPED, reason) for one in many], actor=HOUSE, at=at)
    return len(many)
