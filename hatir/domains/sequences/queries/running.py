"""What the house asks while sequences run: whose step is due, which steps there are, whose mails may go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from hatir.domains.sequences.models import Enrolment, SenderTurn, Step, StepRun
from hatir.domains.sequences.preferences import PER_DAY, PER_HOUR
from hatir.domains.sequences.rules import ACTIVE, FOR_SENDER, HOUR, IN_USE, MINUTE, OPEN, Sent, room_for
from hatir.foundation.preferences.queries import value_of


def running() -> QuerySet[Enrolment]:
    """Give the enrolments that may go on: under way, in sequences that are in use."""
    return Enrolment.objects.filter(status=ACTIVE, archived_at=None, sequence__state=IN_USE, sequence__archived_at=None)


def due(at: datetime, limit: int) -> list[Enrolment]:
    """Take enrolments whose time has come, the longest waiting first; they stay locked for this transaction."""
    rows = running().filter(due_at__lte=at).select_related("step", "sequence")
    return list(rows.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk")[:limit])


def waiting_senders() -> list[int | None]:
    """List whose turn enrolments wait for; None where the sender is gone altogether."""
    rows = running().filter(awaits=FOR_SENDER).order_by("owner")
    return list(rows.values_list("owner_id", flat=True).distinct())


def queue_of(owner_id: int | None, limit: int) -> list[Enrolment]:
    """Take those who wait for a sender's turn, the longest waiting first; they stay locked for this transaction."""
    rows = running().filter(awaits=FOR_SENDER, owner=owner_id).select_related("step", "sequence", "owner")
    return list(rows.select_for_update(skip_locked=True, of=("self",)).order_by("queued_at", "pk")[:limit])


def take_turn(user_id: int) -> bool:
    """Lock a sender's row for this transaction; False when another worker has it."""
    SenderTurn.objects.get_or_create(user_id=user_id)
    row = SenderTurn.objects.select_for_update(skip_locked=True).filter(user=user_id)
    return bool(list(row.values_list("pk", flat=True)))


def room_of(user_id: int, at: datetime) -> int:
    """Give how many mails a sender may send now; asked while the sender's row is locked."""
    begin = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = StepRun.objects.filter(sender=user_id, at__gte=min(begin, at - HOUR)).aggregate(
        minute=Count("pk", filter=Q(at__gt=at - MINUTE)),
        hour=Count("pk", filter=Q(at__gt=at - HOUR)),
        day=Count("pk", filter=Q(at__gte=begin)),
    )
    return room_for(Sent(**counted), per_hour=int(value_of(PER_HOUR.key)), per_day=int(value_of(PER_DAY.key)))


def steps_by_sequence(sequence_ids: Collection[int]) -> dict[int, list[Step]]:
    """Give the steps in use of sequences, in their order."""
    found: dict[int, list[Step]] = {pk: [] for pk in sequence_ids}
    rows = Step.objects.filter(sequence__in=sequence_ids, archived_at=None)
    for step in rows.order_by("position", "pk"):
        found[step.sequence_id].append(step)
    return found


def runs_by_enrolment(ids: Collection[int]) -> dict[int, dict[int, StepRun]]:
    """Give the steps that enrolments took, by enrolment and step."""
    found: dict[int, dict[int, StepRun]] = {pk: {} for pk in ids}
    for run in StepRun.objects.filter(enrolment__in=ids):
        found[run.enrolment_id][run.step_id] = run
    return found


def open_runs(*, tasks: Collection[int] = (), steps: Collection[int] = ()) -> list[StepRun]:
    """List the calls and tasks that are not done yet, of these tasks or steps."""
    which = Q(task__in=tasks) if tasks else Q(step__in=steps)
    return list(StepRun.objects.filter(which, state="open").select_related("task"))


def planned_runs(*, before: datetime) -> list[StepRun]:
    """List the calls and tasks that were planned before an instant and are not done yet."""
    return list(StepRun.objects.filter(state="open", at__lt=before).select_related("step").order_by("at", "pk"))


def written_to() -> list[Enrolment]:
    """List the enrolments under way in which a mail went out and nobody answered yet."""
    rows = Enrolment.objects.filter(status=ACTIVE, archived_at=None, sent_count__gt=0, replied_at=None)
    return list(rows.order_by("pk"))


def open_enrolments(**which: Collection[int]) -> list[Enrolment]:
    """List the enrolments that are under way or rest, of these leads, deals or customers (or by contact)."""
    rows = Enrolment.objects.filter(status__in=OPEN, archived_at=None)
    return list(rows.filter(**which).select_related("sequence", "step").order_by("pk"))
