"""Leads, deals and customers begin a sequence, and are given to other owners or statuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from hatir.domains.sequences import rules
from hatir.domains.sequences.actions.moving import MOST_TOLD, PLACE, Move, about_of, follow, wake
from hatir.domains.sequences.events import RecordEnrolled
from hatir.domains.sequences.models import STATUSES, Enrolment, EnrolmentMove
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.domains.sequences.queries.entering import refusals, words_of_refusal
from hatir.domains.sequences.queries.subjects import LINKS, choose_contacts, load_subjects, subject_of, subject_ref
from hatir.foundation.access.queries import may
from hatir.foundation.events.bus import publish
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import bulk, writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, Invalid
from hatir.foundation.records.registry import fields_of, type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.foundation.records.snapshot import value_of as field_value
from hatir.foundation.timeline.actions import add_entries
from hatir.foundation.timeline.models import TimelineEntry

BACK = "status_at"
"""Whoever gives this puts an earlier state back (undo); then the log is shortened instead of prolonged."""
FIXED = ("sequence", "lead", "deal", "customer", "enrolled_at")
DERIVED = (*PLACE, "status", "status_at", "reason", "reason_text", "replied_at", "met_at", "bounced_at", "opened_at")
SUBJECT_LINKS = tuple(LINKS.values())
Wrong = dict[int, dict[str, list[str]]]


def create_enrolments(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Enrolment]:
    """Enrol records from cleaned values: a sequence and exactly one lead, deal or customer each.

    One that is finished or stopped comes from another program and is taken as it is. Raises Invalid with the row's
    position where a record cannot be enrolled, and why; Denied for who may enrol none at all.
    """
    rt, at = type_of_model(Enrolment), timezone.now()
    if not may(actor, "create", rt):
        raise Denied("create", rt.key)
    records: list[Enrolment] = []
    for row in rows:
        record: Enrolment = blank(rt)
        put_all(rt, record, row)
        record.enrolled_at = min(record.enrolled_at or at, at)
        record.status_at = record.enrolled_at
        records.append(record)
    try:
        with transaction.atomic():
            return _let_in(records, actor)
    except IntegrityError:
        if not any(others_in_place(record) for record in records):
            raise
        raise Invalid({"": [words_of_refusal("already_in")]}) from None  # somebody pressed at the same moment


def _let_in(records: list[Enrolment], actor: Actor) -> list[Enrolment]:
    load_subjects(records)
    choose_contacts(records)
    wrong = _check_subjects(records, _load_sequences(records))
    if not wrong:
        wrong = {place: {"": [words_of_refusal(why)]} for place, why in refusals(records, actor=actor).items()}
    if wrong:
        raise Invalid(rows=wrong)
    _fill_in(records)
    made = writing.save_many(records, actor=actor)
    _remember(records, actor)
    return made


def _load_sequences(records: Sequence[Enrolment]) -> set[int]:
    found = ContactSequence.objects.in_bulk({record.sequence_id for record in records if record.sequence_id})
    for record in records:
        if record.sequence_id in found:
            record.sequence = found[record.sequence_id]
    return set(found)


def _check_subjects(records: Sequence[Enrolment], known: set[int]) -> Wrong:
    """Say what is wrong with what records link to: exactly one, of the kind that the sequence carries."""
    wrong: Wrong = {}
    for place, record in enumerate(records):
        linked = [name for name in SUBJECT_LINKS if getattr(record, f"{name}_id")]
        if len(linked) != 1:
            wrong[place] = {"": [_("Choose one lead, deal or customer.")]}
        elif record.sequence_id not in known:
            wrong[place] = {"sequence": [_("Choose the sequence.")]}
        elif linked[0] != LINKS[record.sequence.carries]:
            told = _("“%(sequence)s” carries: %(what)s.")
            names = {"sequence": record.sequence.name, "what": record.sequence.get_carries_display()}
            wrong[place] = {linked[0]: [told % names]}
        elif record.contact_id and not record.deal_id:
            wrong[place] = {"contact": [_("Only a deal has a contact.")]}
    return wrong


def _fill_in(records: Sequence[Enrolment]) -> None:
    """Take owner and team from what is carried; whoever is under way begins now."""
    for record in records:
        subject = subject_of(record)
        if record.owner_id is None and subject.owner_id is not None:
            record.owner_id, record.team_id = subject.owner_id, record.team_id or subject.team_id
        if record.status == rules.ACTIVE:
            record.due_at = record.enrolled_at
        record.awaits = rules.FOR_TIME


def _remember(records: Sequence[Enrolment], actor: Actor) -> None:
    name = "" if actor.is_system else actor.label[:120]
    bulk.insert([
        EnrolmentMove(enrolment_id=one.pk, status=one.status, at=one.status_at, user_id=actor.user_id, user_label=name)
        for one in records
    ])  # fmt: skip
    begun = [one for one in records if one.status in rules.OPEN]
    with override(value_of("company.language")):
        words = _("sequence “%(sequence)s” began")
        add_entries([_entry(one, words % {"sequence": one.sequence.name}, actor) for one in begun])
    if len(begun) <= MOST_TOLD:
        for one in begun:
            publish(RecordEnrolled(about=about_of(one), sequence=one.sequence.name), actor=actor)


def _entry(one: Enrolment, title: str, actor: Actor) -> TimelineEntry:
    ref = subject_ref(one)
    return TimelineEntry(
        type_key=ref.type_key, about_id=ref.id, at=one.status_at, kind="system", user_id=actor.user_id,
        user_label="" if actor.is_system else actor.label[:120], title=title[:300],
        ref_type="sequences.enrolment", ref_id=one.pk,
    )  # fmt: skip


# --- changing --------------------------------------------------------------------------------------


def update_enrolments(
    pairs: Sequence[tuple[Enrolment, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Enrolment]:
    """Change owner, contact or status of enrolments. Raises Invalid where the status has no such way.

    See `writing.save_many` for the other errors.
    """
    rt, at = type_of_model(Enrolment), timezone.now()
    with transaction.atomic():
        _lock([record for record, _values in pairs])
        wrong: Wrong = {}
        moves: list[Move] = []
        back: list[Enrolment] = []
        for place, (record, values) in enumerate(pairs):
            was = record.status
            problem = _fixed(record, values) | _no_way(was, str(values.get("status", was)), values)
            put_all(rt, record, values)
            if problem:
                wrong[place] = problem
            elif BACK in values:
                back.append(record)
            elif record.status != was:
                record.status_at, record.reason_text = at, ""
                record.reason = rules.BY_HAND if record.status in (rules.STOPPED, rules.PAUSED) else ""
                moves.append(Move(record, record.status, record.reason))
        wrong |= _check_places([record for record, _values in pairs])
        if wrong:
            raise Invalid(rows=wrong)
        saved = writing.save_many([record for record, _values in pairs], actor=actor, expected_version=expected_version)
        follow(moves, actor=actor, at=at)
        _put_back(back, at)
    return saved


def _lock(records: Sequence[Enrolment]) -> None:
    """Lock rows and take over what the house wrote of them since they were read."""
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(pk__in=[record.pk for record in records])
    fresh = {row["pk"]: row for row in rows.order_by("pk").values("pk", *DERIVED)}
    for record in records:
        for name in DERIVED:
            if record.pk in fresh:
                setattr(record, name, fresh[record.pk][name])


def _fixed(record: Enrolment, values: Mapping[str, Any]) -> dict[str, list[str]]:
    specs = fields_of(type_of_model(Enrolment))
    told = _("An enrolment keeps its sequence and its record. Stop it and make a new one.")
    changed = [name for name in FIXED if name in values and values[name] != field_value(specs[name], record)]
    return {name: [told] for name in changed}


def _no_way(was: str, then: str, values: Mapping[str, Any]) -> dict[str, list[str]]:
    if BACK in values or rules.may_follow(was, then):
        return {}
    names = {key: str(label) for key, label in STATUSES}
    told = _("An enrolment that is “%(now)s” cannot become “%(then)s”.")
    return {"status": [told % {"now": names[was], "then": names.get(then, then)}]}


def _check_places(records: Sequence[Enrolment]) -> Wrong:
    """Refuse to let an ended enrolment go on while another one of the same record is in the sequence."""
    going = [record for record in records if record.status in rules.OPEN and record.archived_at is None]
    found: Wrong = {}
    for place, record in enumerate(records):
        if record in going and others_in_place(record):
            found[place] = {"status": [words_of_refusal("already_in")]}
    return found


def others_in_place(record: Enrolment) -> bool:
    """Tell whether another enrolment of the same record is under way in the same sequence."""
    link = next((name for name in SUBJECT_LINKS if getattr(record, f"{name}_id")), "")
    rows = Enrolment.objects.filter(sequence=record.sequence_id, status__in=rules.OPEN, archived_at=None)
    return bool(link) and rows.filter(**{link: getattr(record, f"{link}_id")}).exclude(pk=record.pk).exists()


def keep_places(records: Sequence[Enrolment], actor: Actor) -> None:
    """Refuse to bring back enrolments whose record is in the sequence again by now. Raises Invalid."""
    del actor
    if any(record.status in rules.OPEN and others_in_place(record) for record in records):
        raise Invalid({"": [words_of_refusal("already_in")]})


def _put_back(records: Sequence[Enrolment], at: datetime) -> None:
    for record in records:
        EnrolmentMove.objects.filter(enrolment=record.pk, at__gt=record.status_at).delete()
    wake([record for record in records if record.status == rules.ACTIVE], at)
