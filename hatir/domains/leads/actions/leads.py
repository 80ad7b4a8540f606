"""The verbs of leads. However a lead is written, its status follows the table and its history stays true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.leads.events import LeadAssigned, LeadCaptured, LeadConverted, LeadDisqualified, LeadQualified
from hatir.domains.leads.models import STATUSES, DisqualifyReason, Lead, LeadStep
from hatir.domains.leads.preferences import RESPONSE_MINUTES
from hatir.domains.leads.queries.calendar import working_calendar
from hatir.domains.leads.rules import CONVERTED, DISQUALIFIED, NEW, NURTURING, OPEN, QUALIFIED, WORKING, may_follow
from hatir.foundation.events.bus import publish
from hatir.foundation.events.facts import Event
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import actions as generic
from hatir.foundation.records import bulk, writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.foundation.timeline.actions import add_entry
from hatir.kit.email_address import normalise_email
from hatir.kit.money import round_money
from hatir.kit.phone import normalise_phone
from hatir.kit.places_tr import region_of, tidy_place
from hatir.kit.text_tr import fold
from hatir.kit.working_time import add_minutes

BACK = "status_at"
"""Whoever gives this puts an earlier state back (undo); then the history is shortened instead of prolonged."""
BY_RULE = "leads.rule"
"""The origin of the actor that a rule of assignment acts as; its label is the rule's name."""
MOST_TOLD = 1000
"""So many leads of one change are told of one by one; of more only the facts of the write door speak."""
AT_OF = {QUALIFIED: "qualified_at", CONVERTED: "converted_at", DISQUALIFIED: "disqualified_at"}
Wrong = dict[int, dict[str, list[str]]]


@dataclass(frozen=True)
class _Moved:
    """A lead whose status changed in this write."""

    lead: Lead
    came_from: str
    put_back: bool = False


def create_leads(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Lead]:
    """Take leads in from cleaned values; without a status they are new. Raises Invalid with the row's position.

    An import may bring leads that were converted elsewhere; nobody else can write one down as converted.
    """
    rt, at = type_of_model(Lead), timezone.now()
    records: list[Lead] = []
    for row in rows:
        record: Lead = blank(rt)
        put_all(rt, record, row)
        record.captured_at = min(record.captured_at or at, at)
        record.status_at = record.captured_at
        if "currency" not in row:
            record.currency = value_of("company.currency")
        records.append(record)
    wrong = _tidy(records)
    for place, record in enumerate(records):
        _settle(record, record.captured_at or at)
        if actor.kind != "import" and not actor.is_system and (problem := _problem_of(record)):
            wrong.setdefault(place, {}).update(problem)
    if wrong:
        raise Invalid(rows=wrong)
    _set_due(records)
    with transaction.atomic():
        made = writing.save_many(records, actor=actor)
        bulk.insert([_step(_Moved(record, ""), actor, record.status_at) for record in records])
        if len(records) <= MOST_TOLD:
            for record in records:
                _tell_captured(record, actor)
    return made


def update_leads(
    pairs: Sequence[tuple[Lead, Mapping[str, Any]]],
    *,
    actor: Actor,
    expected_version: int | None = None,
    at: datetime | None = None,
) -> list[Lead]:
    """Change leads; a changed status is a step. Raises Invalid where the table has no way. See `writing.save_many`."""
    rt, at = type_of_model(Lead), at or timezone.now()
    was: list[tuple[str, int | None, int | None]] = []
    for record, values in pairs:
        was.append((record.status, record.owner_id, record.team_id))
        put_all(rt, record, values)
    records = [record for record, _values in pairs]
    wrong = _tidy(records)
    moved: list[_Moved] = []
    for place, ((record, values), (status, _owner, _team)) in enumerate(zip(pairs, was, strict=True)):
        if BACK in values:
            moved.append(_Moved(record, status, put_back=True))
        elif record.status != status:
            if problem := _refusal(record, status, values):
                wrong.setdefault(place, {}).update(problem)
            _leave(record, values)
            _settle(record, at)
            moved.append(_Moved(record, status))
        if (record.owner_id, record.team_id) != (_owner, _team) and "assigned_at" not in values:
            record.assigned_at = at
    if wrong:
        raise Invalid(rows=wrong)
    with transaction.atomic():
        saved = writing.save_many(records, actor=actor, expected_version=expected_version)
        _follow(moved, actor, at)
        if len(records) <= MOST_TOLD:
            for record, (_status, owner, team) in zip(records, was, strict=True):
                if (record.owner_id, record.team_id) != (owner, team):
                    tell_assigned(record, actor)
    return saved


# --- what follows ----------------------------------------------------------------------------------


def _tidy(records: Sequence[Lead]) -> Wrong:
    """Normalise what people typed, and judge it; give what is wrong with each."""
    wrong: Wrong = {}
    for place, record in enumerate(records):
        record.name = " ".join(record.name.split())
        record.company_name = " ".join(record.company_name.split())
        record.email = normalise_email(record.email) if record.email else ""
        record.phone_e164 = normalise_phone(record.phone).e164 or "" if record.phone else ""
        record.city = tidy_place(record.city, "")[0]
        record.city_fold, record.region = fold(record.city), region_of(record.city)
        if record.estimated_value is not None:
            record.estimated_value = round_money(record.estimated_value)
        record.name = record.name or record.company_name or record.email or record.phone
        if not record.name:
            wrong[place] = {"name": [_("A lead needs a name, a company, an e-mail address or a number.")]}
    return wrong


def _problem_of(record: Lead) -> dict[str, list[str]]:
    if record.status == CONVERTED:
        return {"status": [_("A lead is converted with “Convert”, so that customer and deal come of it.")]}
    if record.status == DISQUALIFIED and not record.disqualify_reason_id:
        return {"disqualify_reason": [_("Say why the lead is disqualified.")]}
    return {}


def _refusal(record: Lead, status: str, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Say why a lead may not come from a status into its new one; nothing where it may."""
    if not may_follow(status, record.status):
        names = dict(STATUSES)
        told = _("A lead that is “%(now)s” cannot become “%(then)s”.")
        return {"status": [told % {"now": names[status], "then": names.get(record.status, record.status)}]}
    if record.status == CONVERTED and "converted_at" in values:
        return {}
    return _problem_of(record)


def _leave(record: Lead, values: Mapping[str, Any]) -> None:
    """Forget what belongs to the status that was left."""
    if record.status != NURTURING and "nurture_until_on" not in values:
        record.nurture_until_on = None
    if record.status != DISQUALIFIED and "disqualify_reason" not in values:
        record.disqualify_reason = None
    if record.status in OPEN:
        record.disqualified_at = None


def _settle(record: Lead, at: datetime) -> None:
    record.status_at = at
    name = AT_OF.get(record.status)
    if name is not None and getattr(record, name) is None:
        setattr(record, name, at)


def _set_due(records: Sequence[Lead]) -> None:
    """Say until when each new lead should have been answered, in working time."""
    waiting = [record for record in records if record.status in (NEW, WORKING) and record.captured_at]
    if waiting:
        calendar, minutes = working_calendar(), int(value_of(RESPONSE_MINUTES.key))
        for record in waiting:
            assert record.captured_at is not None
            record.response_due_at = add_minutes(record.captured_at, minutes, calendar)


def _follow(moved: Sequence[_Moved], actor: Actor, at: datetime) -> None:
    """Carry the history on, or back where an earlier state was put back, and tell who listens."""
    onward = [one for one in moved if not one.put_back]
    if onward:
        LeadStep.objects.filter(lead__in=[one.lead.pk for one in onward], left_at=None).update(left_at=at)
        bulk.insert([_step(one, actor, at) for one in onward])
    for one in moved:
        if one.put_back:
            _put_back(one.lead)
    if len(moved) <= MOST_TOLD:
        for one in onward:
            _tell(one, actor)


def _put_back(lead: Lead) -> None:
    steps = LeadStep.objects.filter(lead=lead.pk)
    steps.filter(entered_at__gt=lead.status_at).delete()
    last = steps.order_by("-entered_at", "-pk").first()
    if last is not None and last.status == lead.status:
        last.left_at = None
        last.save(update_fields=["left_at"])


def _step(one: _Moved, actor: Actor, at: datetime) -> LeadStep:
    reason = one.lead.disqualify_reason
    return LeadStep(
        lead_id=one.lead.pk,
        status=one.lead.status,
        came_from=one.came_from,
        entered_at=at,
        user_id=actor.user_id,
        user_label=actor.label[:120],
        note=reason.name if reason is not None and one.lead.status == DISQUALIFIED else "",
    )


def _tell_captured(lead: Lead, actor: Actor) -> None:
    about = (type_of_model(Lead).ref(lead),)
    publish(LeadCaptured(about=about, origin=lead.source, campaign=lead.utm_campaign), actor=actor)
    if lead.owner_id or lead.team_id:
        tell_assigned(lead, actor)


def tell_assigned(lead: Lead, actor: Actor) -> None:
    """Publish to whom a lead belongs now."""
    rule = actor.label if actor.origin == BY_RULE else ""
    about = (type_of_model(Lead).ref(lead),)
    publish(LeadAssigned(about=about, owner_id=lead.owner_id, team_id=lead.team_id, rule=rule), actor=actor)


def _tell(one: _Moved, actor: Actor) -> None:
    lead = one.lead
    fact: Event | None = None
    about: tuple[RecordRef, ...] = (type_of_model(Lead).ref(lead),)
    if lead.status == QUALIFIED:
        fact = LeadQualified(about=about, came_from=one.came_from)
    elif lead.status == DISQUALIFIED:
        reason = lead.disqualify_reason.name if lead.disqualify_reason else ""
        fact = LeadDisqualified(about=about, came_from=one.came_from, reason=reason)
    elif lead.status == CONVERTED:
        made = (("customers.customer", lead.customer_id), ("customers.customer", lead.company_id),
                ("sales.deal", lead.deal_id))  # fmt: skip
        about += tuple(RecordRef(key, pk) for key, pk in made if pk)
        fact = LeadConverted(about=about, came_from=one.came_from)
    if fact is not None:
        publish(fact, actor=actor)


# --- verbs -----------------------------------------------------------------------------------------


def take_up(lead: Lead, *, actor: Actor) -> Lead:
    """Begin to work on a lead, or take a disqualified one up again."""
    return lead if lead.status == WORKING else update_leads([(lead, {"status": WORKING})], actor=actor)[0]


def qualify_lead(lead: Lead, *, actor: Actor, at: datetime | None = None) -> Lead:
    """Say that a lead is worth a seller's time; twice is once."""
    return lead if lead.status == QUALIFIED else update_leads([(lead, {"status": QUALIFIED})], actor=actor, at=at)[0]


def nurture_lead(lead: Lead, *, until: date, actor: Actor) -> Lead:
    """Let a lead ripen until a day. Raises Invalid for a day that is over."""
    if until <= timezone.localdate():
        raise Invalid({"nurture_until_on": [_("Choose a day that is still to come.")]})
    return update_leads([(lead, {"status": NURTURING, "nurture_until_on": until})], actor=actor)[0]


def disqualify_lead(lead: Lead, *, reason: DisqualifyReason | str | None, actor: Actor, note: str = "") -> Lead:
    """Put a lead aside with a reason: one of the list, or its name, which then joins the list. Raises Invalid."""
    if isinstance(reason, str):
        reason = _reason_named(reason)
    if reason is None:
        raise Invalid({"disqualify_reason": [_("Say why the lead is disqualified.")]})
    with transaction.atomic():
        done = update_leads([(lead, {"status": DISQUALIFIED, "disqualify_reason": reason.pk})], actor=actor)[0]
        if note.strip():
            add_entry(type_of_model(Lead).ref(lead), actor=actor, kind="note", body=note.strip())
    return done


def _reason_named(name: str) -> DisqualifyReason | None:
    wanted = " ".join(name.split())[:80]
    if not wanted:
        return None
    known = DisqualifyReason.objects.filter(name=wanted).first()
    if known is None:
        rt = type_of_model(DisqualifyReason)
        known = generic.create(rt, [{"name": wanted}], actor=system_actor("leads"))[0]
    return known


def note_activity(lead_ids: Sequence[int], *, at: datetime, answered: bool = False) -> None:
    """Remember that something happened with leads, and the first answer; derived, so without version and audit."""
    rows = Lead.objects.filter(pk__in=lead_ids)
    rows.exclude(last_activity_at__gte=at).update(last_activity_at=at)
    if answered:
        rows.filter(first_response_at=None).update(first_response_at=at)


def retell_steps(told: Sequence[tuple[Lead, Sequence[tuple[str, datetime]]]]) -> None:
    """Replace the steps of leads by those that they took elsewhere: each status with its instant, in their order."""
    rows = []
    for lead, steps in told:
        ends = [moment for _status, moment in steps[1:]]
        for at, (status, entered) in enumerate(steps):
            came = steps[at - 1][0] if at else ""
            left = ends[at] if at < len(ends) else None
            rows.append(LeadStep(lead_id=lead.pk, status=status, came_from=came, entered_at=entered, left_at=left))
    with transaction.atomic():
        LeadStep.objects.filter(lead__in=[lead.pk for lead, _steps in told]).delete()
        bulk.insert(rows)
