"""Stages that a deal enters only when somebody lets it: judged at every write, whoever writes.

Nobody gets round it: page, board, list, bulk change, API, import, undo and the house's own moves all pass through
`update_deals`, which asks here. Who may let a deal in himself needs nobody else; that he did is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.sales.events import DealApprovalAsked, DealApprovalEnded
from hatir.domains.sales.models import APPROVED, ASKED, LAPSED, LOST, Deal, DealApproval, Stage
from hatir.domains.sales.queries.approving import (
    covered,
    may_decide,
    needing_approval,
    open_askings,
    watched_of,
    whom_to_ask,
)
from hatir.domains.sales.rules import covers
from hatir.foundation.events.bus import publish
from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.refs import RecordRef

KEY = "sales.deal"
LONGEST_NOTE = 1000


class NeedsApproval(Invalid):
    """Deals may not enter a stage before somebody lets them; `deal` is the first of them, `stage` where it was to go.

    Moving it by `actions.ask_approval` asks for it.
    """

    def __init__(self, lacking: Mapping[int, tuple[Deal, Stage]]) -> None:
        self.deal, self.stage = next(iter(lacking.values()))
        super().__init__(rows={at: {"stage": [self.said(deal, stage)]} for at, (deal, stage) in lacking.items()})

    @staticmethod
    def said(deal: Deal, stage: Stage) -> str:
        told = _(
            "“%(deal)s” enters “%(stage)s” only with an approval. It is asked for by moving the deal there on its page "
            "or the board."
        )
        return told % {"deal": deal.name, "stage": stage.name}


@dataclass(frozen=True)
class Entering:
    """A deal on its way into a stage; `row` is its place among the written ones."""

    row: int
    deal: Deal
    stage: Stage


# --- entering ----------------------------------------------------------------------------------------


def check_gates(entering: Sequence[Entering], actor: Actor, *, is_undo: bool = False) -> None:
    """Refuse deals that lack an approval for where they go; they are stored already. Raises NeedsApproval.

    Whoever may decide lets his own deals in, which is kept as his approval; an undo only brings back what was let in.
    """
    lacking = [one for group in _by_stage(entering) for one in _lacking(group)]
    allowed = [] if is_undo else may_decide(actor, [(one.deal, one.stage) for one in lacking])
    refused = {one.row: (one.deal, one.stage) for at, one in enumerate(lacking) if is_undo or not allowed[at]}
    if refused:
        raise NeedsApproval(refused)
    keep_own(((one.deal, one.stage) for one in lacking), actor)


def _by_stage(entering: Iterable[Entering]) -> list[list[Entering]]:
    groups: dict[int, list[Entering]] = defaultdict(list)
    for one in entering:
        if one.stage.approval_by:
            groups[one.stage.pk].append(one)
    return list(groups.values())


def _lacking(group: Sequence[Entering]) -> list[Entering]:
    stage = group[0].stage
    needing = needing_approval(stage, [one.deal.pk for one in group])
    let_in = covered([one.deal for one in group if one.deal.pk in needing], stage) if needing else set()
    return [one for one in group if one.deal.pk in needing - let_in]


def keep_own(pairs: Iterable[tuple[Deal, Stage]], actor: Actor) -> None:
    """Remember that somebody let deals in himself."""
    at = timezone.now()
    bulk.insert(
        [
            DealApproval(
                deal_id=deal.pk, stage_id=stage.pk, state=APPROVED, watched=watched_of(deal, stage),
                asked_by_id=actor.user_id, asked_at=at, decided_by_id=actor.user_id, decided_at=at,
            )
            for deal, stage in pairs
        ]
    )  # fmt: skip


# --- leaving -----------------------------------------------------------------------------------------


def check_leaving(moves: Sequence[tuple[int, Deal, Stage, Stage]], askings: Mapping[int, DealApproval]) -> None:
    """Refuse to move on what waits for an approval where it stands; back and to the lost ones it may go.

    A move is its row, the deal, and the stages from and to. Raises Invalid with the row's position.
    """
    wrong: dict[int, dict[str, list[str]]] = {}
    for row, deal, came_from, stage in moves:
        asked = askings.get(deal.pk)
        if asked is None or not asked.is_standing or _is_way_back(came_from, stage):
            continue
        told = _("“%(deal)s” waits for an approval in “%(stage)s”; until then it only goes back.")
        wrong[row] = {"stage": [told % {"deal": deal.name, "stage": came_from.name}]}
    if wrong:
        raise Invalid(rows=wrong)


def _is_way_back(came_from: Stage, stage: Stage) -> bool:
    return stage.kind == LOST or (stage.pipeline_id == came_from.pipeline_id and stage.position < came_from.position)


# --- what changes while it is asked, or afterwards ----------------------------------------------------


@dataclass(frozen=True)
class Before:
    """What approvals were about before a write, by deal and stage, and what was asked about the deals."""

    watched: Mapping[tuple[int, int], Mapping[str, Any]]
    askings: Mapping[int, DealApproval]

    def has_changed(self, deal: Deal, stage: Stage | None) -> bool:
        """Tell whether what an approval of the deal for the stage is about is no longer what it was."""
        was = self.watched.get((deal.pk, stage.pk)) if stage is not None else None
        return stage is not None and was is not None and watched_of(deal, stage) != was


def before_writing(deals: Sequence[Deal], stages: Mapping[int, Stage]) -> Before:
    """Take down what approvals are about, before deals are changed; one statement."""
    askings = open_askings([deal.pk for deal in deals])
    watched = {}
    for deal in deals:
        asked = askings.get(deal.pk)
        for stage in (stages.get(deal.stage_id), asked.stage if asked else None):
            if stage is not None and stage.approval_by:
                watched[deal.pk, stage.pk] = watched_of(deal, stage)
    return Before(watched, askings)


def follow_changes(deals: Sequence[Deal], stages: Mapping[int, Stage], before: Before, actor: Actor) -> None:
    """Let approvals follow what was just stored of deals that stayed where they are.

    A deal that outgrew what was approved, or came to need an approval, is asked about where it stands. What is asked
    about less than the deal is by now lapses and is asked anew. Raises Invalid when nobody can be asked.
    """
    changed = [deal for deal in deals if before.has_changed(deal, stages.get(deal.stage_id))]
    entering = [Entering(at, deal, stages[deal.stage_id]) for at, deal in enumerate(changed)]
    outgrown = {one.deal.pk for group in _by_stage(entering) for one in _lacking(group)}
    for deal in deals:
        asked = before.askings.get(deal.pk)
        if deal.pk in outgrown:
            _ask_standing(deal, stages[deal.stage_id], asked, actor)
        elif asked is not None and before.has_changed(deal, asked.stage):
            _ask_again(deal, asked, actor)


def _ask_standing(deal: Deal, stage: Stage, asked: DealApproval | None, actor: Actor) -> None:
    if asked is not None and asked.is_standing and covers(asked.watched, watched_of(deal, stage)):
        return
    if asked is not None:
        end_asking(asked, actor)
    if may_decide(actor, [(deal, stage)])[0]:
        keep_own([(deal, stage)], actor)
    else:
        ask(deal, stage, actor, is_standing=True, asker=actor.user_id or deal.owner_id)


def _ask_again(deal: Deal, asked: DealApproval, actor: Actor) -> None:
    is_needed = not asked.is_standing and bool(needing_approval(asked.stage, [deal.pk]))
    if is_needed and covers(asked.watched, watched_of(deal, asked.stage)):
        return
    end_asking(asked, actor)
    if is_needed:
        ask(deal, asked.stage, actor, note=asked.note, asker=asked.asked_by_id)


def ask(
    deal: Deal, stage: Stage, actor: Actor, *, is_standing: bool = False, note: str = "", asker: int | None = None
) -> DealApproval:
    """Write down that an approval is asked for, and tell. Raises Invalid when nobody can be asked."""
    whom = whom_to_ask(deal, stage, asker=asker)
    if not whom:
        raise Invalid({"stage": [_("Nobody who may approve this sees the deal.")]})
    asked = DealApproval.objects.create(
        deal=deal, stage=stage, is_standing=is_standing, watched=watched_of(deal, stage), asked_by_id=asker,
        asked_at=timezone.now(), note=note.strip()[:LONGEST_NOTE], asked_ids=whom,
    )  # fmt: skip
    publish(DealApprovalAsked(about=(RecordRef(KEY, deal.pk),), **_told(asked), note=asked.note), actor=actor)
    return asked


def end_asking(asked: DealApproval, actor: Actor, *, state: str = LAPSED) -> None:
    """End an asking that nobody decided; ending it twice changes nothing."""
    ended = DealApproval.objects.filter(pk=asked.pk, state=ASKED).update(
        state=state, decided_by=actor.user_id, decided_at=timezone.now()
    )
    if ended:
        asked.state = state
        tell_ended(asked, actor)


def tell_ended(asked: DealApproval, actor: Actor) -> None:
    """Tell how an asking ended."""
    about = (RecordRef(KEY, asked.deal_id),)
    publish(DealApprovalEnded(about=about, **_told(asked), state=asked.state, reason=asked.reason), actor=actor)


def end_of_moved(deal_ids: Collection[int], askings: Mapping[int, DealApproval], actor: Actor) -> None:
    """End what was asked about deals that went another way."""
    for pk in deal_ids:
        if pk in askings:
            end_asking(askings[pk], actor)


def _told(asked: DealApproval) -> dict[str, Any]:
    return {"approval": asked.public_id, "stage_name": asked.stage.name, "is_standing": asked.is_standing}
