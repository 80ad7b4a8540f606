"""What sequences do when something happens elsewhere: a task is done, a record closes, moves house or comes back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from hatir.domains.customers.models import Customer
from hatir.domains.planning.models import DONE, OPEN
from hatir.domains.sequences import rules
from hatir.domains.sequences.actions.answers import stop_all
from hatir.domains.sequences.actions.enrolments import update_enrolments
from hatir.domains.sequences.actions.moving import Move, move_all
from hatir.domains.sequences.models import Enrolment, StepRun
from hatir.domains.sequences.queries.running import open_enrolments, open_runs
from hatir.domains.sequences.queries.subjects import HOUSE, LINKS, MODELS, carried_by
from hatir.foundation.records import bulk
from hatir.foundation.staff.models import User


def follow_tasks(task_ids: Collection[int], *, at: datetime) -> int:
    """Let enrolments go on whose call or task was done, called off or archived; give how many. Twice is once."""
    if not task_ids:
        return 0
    with transaction.atomic():
        ended = [
            run for run in open_runs(tasks=task_ids)
            if run.task is None or run.task.status != OPEN or run.task.archived_at is not None
        ]  # fmt: skip
        for run in ended:
            is_done = run.task is not None and run.task.status == DONE
            run.state, run.ended_at = ("done" if is_done else "skipped"), at
            run.outcome = run.task.outcome if run.task is not None else ""
        _close(ended, at)
    return len(ended)


def pass_over(step_ids: Collection[int], *, at: datetime) -> int:
    """Let enrolments go on that wait for a call or task of steps that were removed; give how many."""
    if not step_ids:
        return 0
    with transaction.atomic():
        return _wake(Enrolment.objects.filter(step__in=step_ids, awaits=rules.FOR_TASK), at)


def _close(runs: Sequence[StepRun], at: datetime) -> None:
    bulk.update_rows(
        StepRun, ("state", "ended_at", "outcome"), [(run.state, run.ended_at, run.outcome, run.pk) for run in runs]
    )
    standing = Q(pk__in=())
    for run in runs:
        standing |= Q(pk=run.enrolment_id, step=run.step_id)
    _wake(Enrolment.objects.filter(standing, awaits=rules.FOR_TASK), at)


def _wake(rows: Any, at: datetime) -> int:
    return int(rows.filter(archived_at=None).update(due_at=at))


# --- what became of what they carry ----------------------------------------------------------------


def stop_for(type_key: str, ids: Collection[int], reason: str, *, at: datetime) -> int:
    """Stop the enrolments of leads or deals that are decided; give how many."""
    link = LINKS[carried_by(type_key)]
    return stop_all(open_enrolments(**{f"{link}__in": ids}), reason, at=at)


def stop_for_meeting(refs: Collection[tuple[str, int]], *, at: datetime) -> int:
    """Stop the enrolments of those with whom a meeting was booked, where their sequences stop at one.

    A guest who books for himself is known as a customer by his address: the enrolment of a lead of that address and
    those of the customer's deals stop too.
    """
    ids = {carries: {pk for key, pk in refs if carried_by(key) == carries} for carries in LINKS}
    people = ids[rules.CUSTOMERS]
    addresses = set(Customer.objects.filter(pk__in=people).exclude(email="").values_list("email", flat=True))
    which = Q(lead__in=ids[rules.LEADS]) | Q(deal__in=ids[rules.DEALS]) | Q(customer__in=people)
    if people:
        which |= Q(contact__in=people) | Q(deal__customer__in=people)
    if addresses:
        which |= Q(lead__email__in=addresses)
    rows = Enrolment.objects.filter(which, status__in=rules.OPEN, archived_at=None, sequence__stops_on_meeting=True)
    return stop_all(list(rows), rules.MEETING, at=at, met=True)


def rest_for_archived(type_key: str, ids: Collection[int], *, at: datetime) -> int:
    """Let the enrolments rest of records that were archived; give how many."""
    gone = MODELS[carried_by(type_key)].objects.filter(pk__in=ids).exclude(archived_at=None)
    link = LINKS[carried_by(type_key)]
    with transaction.atomic():
        rows = Enrolment.objects.select_for_update(of=("self",)).filter(
            status=rules.ACTIVE, archived_at=None, **{f"{link}__in": gone.values("pk")}
        )
        found = list(rows.select_related("sequence", "step").order_by("pk"))
        move_all([Move(one, rules.PAUSED, rules.RECORD_ARCHIVED) for one in found], actor=HOUSE, at=at)
    return len(found)


def go_on_for_restored(type_key: str, ids: Collection[int]) -> int:
    """Let the enrolments go on that rested because their record was archived; give how many."""
    back = MODELS[carried_by(type_key)].objects.filter(pk__in=ids, archived_at=None)
    link = LINKS[carried_by(type_key)]
    return _go_on(Q(**{f"{link}__in": back.values("pk")}), rules.RECORD_ARCHIVED)


def go_on_with_sender(ids: Collection[int]) -> int:
    """Let enrolments go on that rested because their sender was gone and have another one; give how many."""
    here = User.objects.filter(is_active=True, archived_at=None)
    return _go_on(Q(pk__in=list(ids), owner__in=here.values("pk")), rules.SENDER_GONE)


def _go_on(which: Q, reason: str) -> int:
    rows = Enrolment.objects.filter(which, status=rules.PAUSED, reason=reason, archived_at=None)
    found = list(rows.select_related("sequence", "step").order_by("pk"))
    if found:
        update_enrolments([(one, {"status": rules.ACTIVE}) for one in found], actor=HOUSE)
    return len(found)


def follow_owners(type_key: str, ids: Collection[int]) -> int:
    """Give the enrolments of records to the records' new owners; give how many."""
    link = LINKS[carried_by(type_key)]
    found = open_enrolments(**{f"{link}__in": ids})
    owners = {pk: (owner, team) for pk, owner, team in MODELS[carried_by(type_key)].objects.filter(pk__in=ids)
              .exclude(owner=None).values_list("pk", "owner_id", "team_id")}  # fmt: skip
    pairs = []
    for one in found:
        owner = owners.get(getattr(one, f"{link}_id"))
        if owner is not None and owner[0] != one.owner_id:
            pairs.append((one, {"owner": owner[0], "team": owner[1]}))
    if pairs:
        update_enrolments(pairs, actor=HOUSE)
    return len(pairs)
