"""Mails go, sender by sender: never without the right to send, never past a limit, each once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from hatir.domains.leads.queries.calendar import working_calendar
from hatir.domains.sequences import rules
from hatir.domains.sequences.actions.outbox import gateway
from hatir.domains.sequences.actions.walking import Walk, places_of
from hatir.domains.sequences.models import REASONS, Enrolment, Step
from hatir.domains.sequences.ports import MessageGateway, OutboundMessage
from hatir.domains.sequences.queries.messages import message_key
from hatir.domains.sequences.queries.running import queue_of, room_of, take_turn, waiting_senders
from hatir.domains.sequences.queries.subjects import Reach, closed_as, reach_of, subject_of, subject_ref
from hatir.domains.sequences.queries.words import Words, words_of
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.staff.models import User
from hatir.foundation.timeline.models import TimelineEntry
from hatir.kit.working_time import is_working

BATCH = 200
MOST_BATCHES = 50
Between = Callable[[int], None]


@dataclass(frozen=True)
class _Ready:
    """A mail with all its words, of an enrolment that stands on its step."""

    enrolment: Enrolment
    step: Step
    message: OutboundMessage


def send_due(at: datetime, *, between: Between | None = None) -> int:
    """Send the mails whose senders have room now, in working time only; give how many went.

    Each sender is served by one worker at a time. What finds no room waits for the next hour or working day.
    """
    if not is_working(at, working_calendar()):
        return 0
    count = 0
    for owner_id in waiting_senders():
        for _turn in range(MOST_BATCHES):
            with transaction.atomic():
                found, sent = _serve(owner_id, at)
                count += sent
                if between is not None and found:
                    between(count)
            if not found:
                break
    return count


def _serve(owner_id: int | None, at: datetime) -> tuple[int, int]:
    """Serve one sender once; give how many enrolments were looked at and how many mails went."""
    user = User.objects.filter(pk=owner_id, is_active=True, archived_at=None).first() if owner_id else None
    if user is None:
        found = queue_of(owner_id, BATCH)
        walk = Walk(found, at)
        for one in found:
            walk.end(one, rules.PAUSED, rules.SENDER_GONE)
        walk.store()
        return len(found), 0
    if not take_turn(user.pk):
        return 0, 0
    found = queue_of(user.pk, min(BATCH, room_of(user.pk, at)))
    return len(found), _send(found, user, at)


def _send(found: Sequence[Enrolment], user: User, at: datetime) -> int:
    if not found:
        return 0
    walk, way = Walk(found, at), gateway()
    with override(value_of("company.language")):
        ready = _made_ready(walk, user)
        taken = way.take([each.message for each in ready], at=at)
        for each, answer in zip(ready, taken, strict=True):
            if answer.refusal:
                _refuse(walk, each.enrolment, each.step, rules.REFUSED, answer.refusal)
            else:
                _note_sent(walk, each, user, way)
    walk.store()
    return sum(not answer.refusal for answer in taken)


def _made_ready(walk: Walk, user: User) -> list[_Ready]:
    """Write the mails that may go; all others are refused, stopped, or no mails any more."""
    reaches, words = reach_of(walk.enrolments), words_of(walk.enrolments)
    found = []
    for one, reach, own in zip(walk.enrolments, reaches, words, strict=True):
        step, reason = one.step, closed_as(subject_of(one))
        if reason:
            walk.end(one, rules.PAUSED if reason == rules.RECORD_ARCHIVED else rules.STOPPED, reason)
        elif step is None or step.archived_at is not None or step.kind != rules.EMAIL or step.pk in walk.runs[one.pk]:
            walk.go_on(one)
        elif reach.refusal:
            _refuse(walk, one, step, reach.refusal)
        else:
            ready = _written(walk, one, step, reach, own, user)
            found += [ready] if ready is not None else []
    return found


def _written(walk: Walk, one: Enrolment, step: Step, reach: Reach, words: Words, user: User) -> _Ready | None:
    try:
        subject, body = rules.filled(step.title, words), rules.filled(step.text, words)
    except rules.Lacking as lacking:
        _refuse(walk, one, step, rules.LACKS_WORD, ", ".join(lacking.names))
        return None
    message = OutboundMessage(
        key=message_key(one, step), sender_id=user.pk, to=reach.address, subject=" ".join(subject.split())[:300],
        body=body, about=subject_ref(one), customer_id=reach.customer_id,
    )  # fmt: skip
    return _Ready(one, step, message)


def _refuse(walk: Walk, one: Enrolment, step: Step, reason: str, text: str = "") -> None:
    """A mail must not go: the enrolment pauses with the reason, or skips the step and goes on, as the step says."""
    if step.if_refused == rules.PAUSE:
        walk.end(one, rules.PAUSED, reason, text)
        return
    said = ": ".join(part for part in (str(dict(REASONS)[reason]), text) if part)
    walk.take(one, step, "skipped", note=said[:300])
    told = {"sequence": one.sequence.name, "reason": said}
    for ref in places_of(one):
        walk.entries.append(_line(ref, one, walk.at, _("sequence “%(sequence)s” skipped a mail: %(reason)s") % told))
    walk.come_to_following(one)


def _note_sent(walk: Walk, each: _Ready, user: User, way: MessageGateway) -> None:
    one, message = each.enrolment, each.message
    walk.take(one, each.step, "sent", sender_id=user.pk, to=message.to)
    one.sent_count += 1
    title = message.subject
    if not way.sends:
        title = _("%(subject)s (kept in the outbox, not sent)") % {"subject": message.subject[:240]}
    for ref in places_of(one):
        walk.entries.append(
            TimelineEntry(
                type_key=ref.type_key, about_id=ref.id, at=walk.at, kind="message", channel="email", direction="out",
                user_id=user.pk, user_label=user.name[:120], title=title[:300], body=message.body,
                ref_type="sequences.enrolment", ref_id=one.pk, data={"key": message.key},
            )
        )  # fmt: skip
    walk.come_to_following(one)


def _line(ref: Any, one: Enrolment, at: datetime, title: str) -> TimelineEntry:
    return TimelineEntry(
        type_key=ref.type_key, about_id=ref.id, at=at, kind="system", title=title[:300],
        ref_type="sequences.enrolment", ref_id=one.pk,
    )  # fmt: skip
