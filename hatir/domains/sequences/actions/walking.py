"""A batch of enrolments goes on: gathered in memory, stored with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from hatir.domains.leads.queries.calendar import working_calendar
from hatir.domains.planning.actions import create_tasks, update_tasks
from hatir.domains.planning.models import CALL, CANCELLED, KINDS, OPEN, Task
from hatir.domains.sequences import rules
from hatir.domains.sequences.actions.moving import PLACE, Move, move_all
from hatir.domains.sequences.models import Enrolment, Step, StepRun
from hatir.domains.sequences.queries.running import runs_by_enrolment, steps_by_sequence
from hatir.domains.sequences.queries.subjects import CUSTOMER, DEAL, HOUSE, load_subjects, person_of, subject_ref
from hatir.domains.sequences.queries.words import words_of
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import bulk
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.timeline.actions import add_entries
from hatir.foundation.timeline.models import TimelineEntry
from hatir.kit.working_time import add_days, add_minutes

TO_DO_KIND = KINDS[0][0]
NO_WORD = "–"


@dataclass(frozen=True)
class _Planned:
    """A call or task that an enrolment has come to, with its time."""

    enrolment: Enrolment
    step: Step
    due_at: datetime


class Walk:
    """Enrolments, locked by the caller, on their way; `store` writes whatever came of it, in the caller's transaction.

    What they carry is loaded, and the steps and runs of all of them are read once.
    """

    def __init__(self, enrolments: Sequence[Enrolment], at: datetime) -> None:
        self.enrolments, self.at = list(enrolments), at
        self.calendar = working_calendar()
        load_subjects(self.enrolments)
        self.steps = steps_by_sequence({one.sequence_id for one in self.enrolments})
        self.runs = runs_by_enrolment([one.pk for one in self.enrolments])
        self.taken: list[StepRun] = []
        self.closed: list[StepRun] = []
        self.planned: list[_Planned] = []
        self.moves: list[Move] = []
        self.entries: list[TimelineEntry] = []

    # --- going on ------------------------------------------------------------------------------------

    def go_on(self, one: Enrolment) -> None:
        """Let an enrolment whose time has come leave the step it stands on, or take it now."""
        step = one.step
        run = self.runs[one.pk].get(step.pk) if step is not None else None
        if run is not None and run.state == "open":
            self.close(run, "late" if self._is_in_use(one, step) else "skipped")
        elif step is not None and run is None and self._is_in_use(one, step):
            if step.kind != rules.WAIT:
                self.come_to(one, step)
                return
            self.take(one, step, "done")
        self.come_to_following(one)

    def _is_in_use(self, one: Enrolment, step: Step | None) -> bool:
        return step is not None and any(known.pk == step.pk for known in self.steps[one.sequence_id])

    def come_to_following(self, one: Enrolment) -> None:
        """Let an enrolment come to the step after the one it stands on; after the last it is finished."""
        step = rules.following(self.steps[one.sequence_id], one.step, self.runs[one.pk])
        if step is None:
            one.awaits, one.due_at, one.queued_at = rules.FOR_TIME, None, None
            self.moves.append(Move(one, rules.FINISHED))
        else:
            self.come_to(one, step)

    def come_to(self, one: Enrolment, step: Step) -> None:
        """Let an enrolment stand on a step: a wait begins, a mail waits for its sender, a call or task is planned."""
        one.step, one.awaits, one.due_at, one.queued_at = step, rules.FOR_TIME, None, None
        if step.kind == rules.WAIT:
            one.due_at = rules.wait_end(self.at, step.wait_amount, step.wait_unit, self.calendar)
        elif step.kind == rules.EMAIL:
            one.awaits, one.queued_at = rules.FOR_SENDER, self.at
        else:
            begin = add_minutes(self.at, 0, self.calendar)
            one.awaits = rules.FOR_TASK
            if step.limit_days is not None:
                one.due_at = add_days(begin, step.limit_days, self.calendar)
            self.planned.append(_Planned(one, step, begin))

    def take(self, one: Enrolment, step: Step, state: str, **more: Any) -> StepRun:
        """Note that an enrolment took a step; it does so once."""
        run = StepRun(enrolment_id=one.pk, step_id=step.pk, state=state, at=self.at, **more)
        if state != OPEN:
            run.ended_at = self.at
        self.runs[one.pk][step.pk] = run
        self.taken.append(run)
        one.last_step = step
        return run

    def close(self, run: StepRun, state: str) -> None:
        """Note that a call or task is waited for no longer."""
        run.state, run.ended_at = state, self.at
        self.closed.append(run)

    def end(self, one: Enrolment, status: str, reason: str, text: str = "") -> None:
        """Let an enrolment rest or stop where it stands."""
        self.moves.append(Move(one, status, reason, text))

    # --- storing -------------------------------------------------------------------------------------

    def store(self) -> None:
        """Write what came of it."""
        with override(value_of("company.language")):
            self._plan()
        bulk.insert(self.taken)
        bulk.update_rows(StepRun, ("state", "ended_at"), [(run.state, run.ended_at, run.pk) for run in self.closed])
        rows = [(*(getattr(one, name) for name in PLACE), one.pk) for one in self.enrolments]
        bulk.update_rows(Enrolment, PLACE, rows)
        self._call_off_removed()
        if self.moves:
            move_all(self.moves, actor=HOUSE, at=self.at)
        add_entries(self.entries)

    def _plan(self) -> None:
        """Plan the calls and tasks that were come to, all at once."""
        if not self.planned:
            return
        words = words_of([each.enrolment for each in self.planned])
        rows = [self._task(each, own) for each, own in zip(self.planned, words, strict=True)]
        for each, task in zip(self.planned, create_tasks(rows, actor=HOUSE), strict=True):
            self.take(each.enrolment, each.step, OPEN, task_id=task.pk)
            self.entries.append(self._entry(each, task))

    def _task(self, each: _Planned, words: dict[str, str]) -> dict[str, Any]:
        one, step = each.enrolment, each.step
        person = person_of(one)
        title = rules.filled(step.title, words, blank=NO_WORD)
        note = rules.filled(step.text, words, blank=NO_WORD)
        return {
            "kind": CALL if step.kind == rules.CALL else TO_DO_KIND,
            "title": title[:300],
            "note": "\n\n".join(part for part in (note, _("Sequence: %(name)s") % {"name": one.sequence.name}) if part),
            "due_at": each.due_at,
            "remind_at": None,
            "owner": step.assignee_id or one.owner_id,
            "team": one.team_id,
            "customer": person.pk if person is not None else None,
            "about": subject_ref(one),
        }

    def _entry(self, each: _Planned, task: Task) -> TimelineEntry:
        ref = subject_ref(each.enrolment)
        told = {"sequence": each.enrolment.sequence.name, "title": task.title}
        return TimelineEntry(
            type_key=ref.type_key, about_id=ref.id, at=self.at, kind="system",
            title=(_("sequence “%(sequence)s” planned: %(title)s") % told)[:300],
            ref_type="sequences.enrolment", ref_id=each.enrolment.pk, data={"step": each.step.public_id},
        )  # fmt: skip

    def _call_off_removed(self) -> None:
        """Call off what was planned by steps that are no longer in use."""
        ids = [run.task_id for run in self.closed if run.state == "skipped" and run.task_id]
        tasks = list(Task.objects.filter(pk__in=ids, status=OPEN)) if ids else []
        if tasks:
            update_tasks([(task, {"status": CANCELLED}) for task in tasks], actor=HOUSE)


def places_of(one: Enrolment) -> list[RecordRef]:
    """Name the records on whose timeline a mail stands: what is carried, and who got it about a deal."""
    person = person_of(one)
    found = [subject_ref(one)]
    if found[0].type_key == DEAL and person is not None:
        found.append(RecordRef(CUSTOMER, person.pk))
    return found
