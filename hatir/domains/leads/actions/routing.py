"""Leads find their people: by rules in order, each step on the timeline with the name of its rule."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from hatir.domains.leads.actions.leads import BY_RULE, update_leads
from hatir.domains.leads.models import (
    LOWEST_LOAD,
    PERSON,
    ROUND_ROBIN,
    SKILL,
    TEAM,
    TERRITORY,
    AssignmentRule,
    Lead,
)
from hatir.domains.leads.preferences import SILENT_DAYS
from hatir.domains.leads.queries.calendar import working_calendar
from hatir.domains.leads.queries.routing import (
    fitting,
    live_rules,
    loads_of,
    members_of,
    silent_leads,
    team_of_city,
    team_with_skill,
    teams,
)
from hatir.domains.leads.rules import OPEN, least_loaded, next_in_turn
from hatir.domains.planning.actions import plan
from hatir.domains.planning.models import CALL
from hatir.domains.planning.queries import tasks_about
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.foundation.staff.models import User
from hatir.foundation.timeline.actions import add_entries
from hatir.foundation.timeline.models import TimelineEntry
from hatir.kit.working_time import add_minutes

NEEDS_TEAM = (TEAM, ROUND_ROBIN, LOWEST_LOAD)
MOST_SILENT = 1000
Choice = tuple[int | None, int | None]
"""Owner and team."""


# --- the rules -------------------------------------------------------------------------------------


def create_rules(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[AssignmentRule]:
    """Make rules of assignment. Raises Invalid with the row's position."""
    rt, records = type_of_model(AssignmentRule), []
    for row in rows:
        record: AssignmentRule = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    _judge(records)
    return writing.save_many(records, actor=actor)


def update_rules(
    pairs: Sequence[tuple[AssignmentRule, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[AssignmentRule]:
    """Change rules of assignment. See `writing.save_many` for the errors."""
    rt = type_of_model(AssignmentRule)
    for record, values in pairs:
        put_all(rt, record, values)
    records = [record for record, _values in pairs]
    _judge(records)
    return writing.save_many(records, actor=actor, expected_version=expected_version)


def _judge(records: Sequence[AssignmentRule]) -> None:
    wrong: dict[int, dict[str, list[str]]] = {}
    for at, record in enumerate(records):
        errors: dict[str, list[str]] = {}
        if record.way == PERSON and record.user_id is None:
            errors["user"] = [_("Choose the person.")]
        if record.way in NEEDS_TEAM and record.team_id is None:
            errors["team"] = [_("Choose the team.")]
        if errors:
            wrong[at] = errors
    if wrong:
        raise Invalid(rows=wrong)


# --- assigning -------------------------------------------------------------------------------------


def assign_leads(ids: Collection[int]) -> int:
    """Give the open leads among these that belong to nobody to whom the rules say; give how many. Twice is once."""
    with transaction.atomic():
        rows = Lead.objects.select_for_update(of=("self",)).filter(pk__in=ids, owner=None, team=None, archived_at=None)
        waiting = {lead.pk: lead for lead in rows.filter(status__in=OPEN).order_by("pk")}
        count = len(waiting)
        for rule in live_rules() if waiting else ():
            fit = fitting(rule.rule, list(waiting))
            chosen = _choose(rule, [waiting[pk] for pk in sorted(fit)])
            _give(rule, chosen)
            for lead, _choice in chosen:
                waiting.pop(lead.pk)
            if not waiting:
                break
    return count - len(waiting)


def _choose(rule: AssignmentRule, leads: Sequence[Lead]) -> list[tuple[Lead, Choice]]:
    """Choose owner and team of each lead; those for whom nobody is found are left to the next rule."""
    if not leads:
        return []
    if rule.way == PERSON:
        return [(lead, (rule.user_id, rule.team_id)) for lead in leads] if rule.user_id else []
    if rule.way == TEAM:
        return [(lead, (None, rule.team_id)) for lead in leads] if rule.team_id else []
    if rule.way == ROUND_ROBIN:
        return _in_turn(rule, leads)
    if rule.way == LOWEST_LOAD:
        return _spread([(lead, rule.team_id) for lead in leads])
    known = teams()
    found = []
    for lead in leads:
        words = f"{lead.need} {lead.product or ''} {lead.industry}"
        team = team_of_city(lead.city, known) if rule.way == TERRITORY else team_with_skill(words, known)
        if team is not None:
            found.append((lead, team.pk))
    return _spread(found) if rule.way in (TERRITORY, SKILL) else []


def _in_turn(rule: AssignmentRule, leads: Sequence[Lead]) -> list[tuple[Lead, Choice]]:
    members = members_of(rule.team_id)
    locked = AssignmentRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    last = locked.last_user_id
    found: list[tuple[Lead, Choice]] = []
    for lead in leads:
        turn = next_in_turn(members, last)
        if turn is None:
            return []
        last = turn
        found.append((lead, (turn, rule.team_id)))
    AssignmentRule.objects.filter(pk=rule.pk).update(last_user_id=last)
    return found


def _spread(leads: Sequence[tuple[Lead, int | None]]) -> list[tuple[Lead, Choice]]:
    """Give each lead to who of its team has the least; a team with nobody in it keeps the lead itself."""
    members = {team: members_of(team) for team in {team for _lead, team in leads}}
    loads = loads_of({user for users in members.values() for user in users})
    found = []
    for lead, team in leads:
        user = least_loaded(members[team], loads)
        if user is not None:
            loads[user] = loads.get(user, 0) + 1
        found.append((lead, (user, team)))
    return found


def _give(rule: AssignmentRule, chosen: Sequence[tuple[Lead, Choice]]) -> None:
    if not chosen:
        return
    at, actor = timezone.now(), Actor(kind="system", label=rule.name, origin=BY_RULE)
    pairs = []
    for lead, (owner, team) in chosen:
        values: dict[str, Any] = {"owner": owner, "team": team}
        if rule.response_minutes and lead.captured_at and lead.first_response_at is None:
            values["response_due_at"] = add_minutes(lead.captured_at, rule.response_minutes, working_calendar())
        pairs.append((lead, values))
    update_leads(pairs, actor=actor)
    users = dict(User.objects.filter(pk__in={choice[0] for _lead, choice in chosen}).values_list("pk", "name"))
    names = {team.pk: team.name for team in teams()}
    with override(value_of("company.language")):
        entries = [
            _entry(lead, rule, users.get(choice[0] or 0) or names.get(choice[1] or 0, ""), at)
            for lead, choice in chosen
        ]
    add_entries(entries)


def _entry(lead: Lead, rule: AssignmentRule, whom: str, at: Any) -> TimelineEntry:
    return TimelineEntry(
        type_key="leads.lead", about_id=lead.pk, at=at, kind="system", user_label=_("Assignment rule"),
        title=_("“%(rule)s” gave the lead to %(name)s") % {"rule": rule.name, "name": whom},
        data={"rule": rule.public_id},
    )  # fmt: skip


# --- leads that nobody touches ----------------------------------------------------------------------


def follow_silent() -> int:
    """Plan a task for each open lead without activity for too long; give how many. Safe to run twice.

    A lead gets no second task while one is open, and for the same silence only one.
    """
    days, at = int(value_of(SILENT_DAYS.key)), timezone.now()
    if days <= 0:
        return 0
    made, actor = 0, system_actor("leads")
    with override(value_of("company.language")):
        for lead in silent_leads(at - timedelta(days=days), MOST_SILENT):
            about = RecordRef("leads.lead", lead.pk)
            if tasks_about(actor, about).filter(status="open").exists():
                continue
            since = lead.last_activity_at or lead.captured_at or lead.created_at
            quiet = (at - since).days
            words = ngettext("Nothing happened for %(count)d day", "Nothing happened for %(count)d days", quiet)
            plan(
                _("Call the lead again"), actor=actor, about=about, kind=CALL, due_at=at, owner_id=lead.owner_id,
                note=words % {"count": quiet}, once=_once(lead.pk, since.isoformat()), reminds=False,
            )  # fmt: skip
            made += 1
    return made


def _once(lead_id: int, since: str) -> int:
    digest = hashlib.sha256(f"leads.silent:{lead_id}:{since}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
