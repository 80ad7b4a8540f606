"""The verbs of deals. However a deal is written, what follows from its stage and its history stay true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.customers.models import Customer
from hatir.domains.sales.actions.gates import (
    Entering,
    before_writing,
    check_gates,
    check_leaving,
    end_of_moved,
    follow_changes,
)
from hatir.domains.sales.actions.lines import refuse_typed_amounts
from hatir.domains.sales.actions.pipelines import beginning
from hatir.domains.sales.events import DealLost, DealMoved, DealWon
from hatir.domains.sales.models import HELD, LOST, OPEN, WON, Deal, Stage, StageStay
from hatir.domains.sales.queries.pipelines import first_stage, needed_of, outside, stages_by_id
from hatir.foundation.events.bus import publish
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import bulk, writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.conditions import in_words
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.records.registry import fields_of, type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.foundation.records.snapshot import value_of as field_value
from hatir.foundation.staff.models import Membership
from hatir.kit.ids import encode_id
from hatir.kit.money import round_money

BACK = "stage_entered_at"
"""Whoever gives this puts an earlier state back (undo); then the history is shortened instead of prolonged."""
MOST_TOLD = 1000
"""So many deals of one change are told of one by one; of more only the facts of the write door speak."""


class StageMoved(RecordError):
    """Somebody else moved the deal meanwhile; `deal` is as it is now."""

    def __init__(self, deal: Deal) -> None:
        self.deal = deal
        super().__init__(deal.pk)

    def __str__(self) -> str:
        told = _("“%(deal)s” was moved to “%(stage)s” meanwhile. You can move it on from there.")
        return told % {"deal": self.deal.name, "stage": self.deal.stage.name}


@dataclass(frozen=True)
class _Moved:
    """A deal whose stage changed in this write, at its row; `put_back` when an earlier state comes back."""

    row: int
    deal: Deal
    stage: Stage
    was: int
    put_back: bool

    @property
    def entering(self) -> Entering:
        return Entering(self.row, self.deal, self.stage)


def create_deals(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Deal]:
    """Open deals from cleaned values; what is not said follows from the pipeline, the customer and today.

    Entry conditions hold for everybody but imports: what happened elsewhere already happened. A stage that needs an
    approval is closed to imports too, unless whoever imports may decide himself; the house begins deals anywhere.
    """
    rt, at = type_of_model(Deal), timezone.now()
    records: list[Deal] = []
    for row in rows:
        record: Deal = blank(rt)
        put_all(rt, record, row)
        if not record.stage_id:
            record.stage_id = beginning().pk
        if "currency" not in row:
            record.currency = value_of("company.currency")
        records.append(record)
    stages = stages_by_id({record.stage_id for record in records})
    _give_teams(records)
    for record in records:
        _settle(record, stages[record.stage_id], at, is_new=True)
        if actor.kind != "import" and record.opened_on is None:
            record.opened_on = min(record.closed_on or timezone.localdate(at), timezone.localdate(at))
    _name(records)
    moved = [_Moved(at, record, stages[record.stage_id], 0, False) for at, record in enumerate(records)]
    with transaction.atomic():
        if actor.kind != "import" and not actor.is_system:
            _check_needed(moved)
        made = writing.save_many(records, actor=actor)
        if actor.kind != "import" and not actor.is_system:
            _check_entry(moved)
        if not actor.is_system:
            check_gates([one.entering for one in moved], actor)
        bulk.insert([_stay(one, actor, _begin_of(one.deal, at)) for one in moved])
    return made


def update_deals(
    pairs: Sequence[tuple[Deal, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Deal]:
    """Change deals; a changed stage is a move. Raises what `writing.save_many` does, and NeedsApproval."""
    at, records = timezone.now(), [record for record, _values in pairs]
    refuse_typed_amounts(pairs)
    asked = {values["stage"] for _record, values in pairs if values.get("stage")}
    stages = stages_by_id({*asked, *(record.stage_id for record in records)})
    before = before_writing(records, stages)
    moved = _put_values(pairs, stages)
    _settle_all(pairs, stages, {one.deal.pk: one for one in moved}, at)
    _name(records)
    with transaction.atomic():
        onward = [one for one in moved if not one.put_back]
        check_leaving([(one.row, one.deal, stages[one.was], one.stage) for one in onward], before.askings)
        entering = onward if actor.kind != "import" else []
        _check_needed(entering)
        saved = writing.save_many(records, actor=actor, expected_version=expected_version)
        _check_entry(entering)
        check_gates([one.entering for one in onward], actor)
        check_gates([one.entering for one in moved if one.put_back], actor, is_undo=True)
        _follow(moved, actor, at)
        gone = {one.deal.pk for one in moved}
        end_of_moved(gone, before.askings, actor)
        follow_changes([record for record in records if record.pk not in gone], stages, before, actor)
    return saved


def _put_values(pairs: Sequence[tuple[Deal, Mapping[str, Any]]], stages: Mapping[int, Stage]) -> list[_Moved]:
    """Put values onto deals; give those whose stage changed."""
    rt, moved = type_of_model(Deal), []
    for row, (record, values) in enumerate(pairs):
        was = record.stage_id
        put_all(rt, record, values)
        record.stage_id = record.stage_id or was
        if record.stage_id != was:
            moved.append(_Moved(row, record, stages[record.stage_id], was, BACK in values))
    return moved


def _settle_all(
    pairs: Sequence[tuple[Deal, Mapping[str, Any]]],
    stages: Mapping[int, Stage],
    moved: Mapping[int, _Moved],
    at: datetime,
) -> None:
    for record, values in pairs:
        stage, one = stages[record.stage_id], moved.get(record.pk)
        if one is None or one.put_back:
            _settle_status(record, stage)
            continue
        if "closed_on" not in values:
            record.closed_on = None
        if stage.kind != LOST and not {"loss_reason", "lost_to"} & set(values):
            record.loss_reason_id = record.lost_to_id = None
        if "held_until_on" not in values:
            record.held_until_on = None
        _settle(record, stage, at)


def _give_teams(records: Sequence[Deal]) -> None:
    """Give deals without a team that of their owner, where the owner has just one."""
    owners = {record.owner_id for record in records if record.owner_id and not record.team_id}
    teams: dict[int, list[int]] = defaultdict(list)
    for user, team in Membership.objects.filter(user__in=owners).values_list("user", "team") if owners else ():
        teams[user].append(team)
    for record in records:
        own = teams.get(record.owner_id or 0, [])
        if not record.team_id and len(own) == 1:
            record.team_id = own[0]


def _settle(record: Deal, stage: Stage, at: datetime, *, is_new: bool = False) -> None:
    """Let what follows from the stage follow."""
    record.stage_entered_at = _begin_of(record, at) if is_new else at
    if stage.kind in (WON, LOST) and record.closed_on is None:
        record.closed_on = timezone.localdate(at)
    _settle_status(record, stage)


def _settle_status(record: Deal, stage: Stage) -> None:
    if record.amount is not None:
        record.amount = round_money(record.amount)
    if not record.line_count:
        record.typed_amount = record.amount
    record.pipeline_id = stage.pipeline_id
    record.status = stage.kind if stage.kind != OPEN else HELD if record.held_until_on else OPEN


def _begin_of(record: Deal, at: datetime) -> datetime:
    """Give since when a new deal stands in its stage: a decided one since it was decided."""
    day = record.closed_on or record.opened_on
    return at if day is None else min(at, _noon(day))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())


def _name(records: Iterable[Deal]) -> None:
    """Call deals without a name by their customer, else by the number that another system gave them."""
    nameless = [record for record in records if not record.name.strip()]
    ids = {record.customer_id for record in nameless if record.customer_id}
    names = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    for record in nameless:
        parts = [names.get(record.customer_id or 0, ""), record.external_id]
        record.name = ", ".join(part for part in parts if part)[:200] or _("Deal without a name")


def check_entry(deal: Deal, stage: Stage) -> None:
    """Refuse a deal that lacks what a stage asks for besides an approval. Raises Invalid."""
    entering = [_Moved(0, deal, stage, deal.stage_id, False)]
    _check_needed(entering)
    _check_entry(entering)


def _check_needed(moved: Sequence[_Moved]) -> None:
    """Refuse deals that lack what their new stage asks for. Raises Invalid, naming each row and field."""
    specs = fields_of(type_of_model(Deal))
    needed = {one.stage.pk: needed_of(one.stage) for one in moved}
    wrong: dict[int, dict[str, list[str]]] = {}
    for one in moved:
        lacking = [name for name in needed[one.stage.pk] if field_value(specs[name], one.deal) in (None, "", [])]
        if lacking:
            text = _("“%(stage)s” needs this field: %(field)s.")
            wrong[one.row] = {
                name: [text % {"stage": one.stage.name, "field": specs[name].label}] for name in lacking
            }  # fmt: skip
    if wrong:
        raise Invalid(rows=wrong)


def _check_entry(moved: Sequence[_Moved]) -> None:
    """Refuse deals that do not fit the condition of their new stage; they are stored already. Raises Invalid."""
    by_stage: dict[int, list[_Moved]] = defaultdict(list)
    for one in moved:
        if one.stage.entry_rule:
            by_stage[one.stage.pk].append(one)
    for found in by_stage.values():
        stage = found[0].stage
        misfits = outside(stage.entry_rule, [one.deal.pk for one in found])
        if misfits:
            first = next(one.deal for one in found if one.deal.pk in misfits)
            text = _("“%(deal)s” may not enter “%(stage)s”: %(rule)s")
            rule = in_words(stage.entry_rule, type_of_model(Deal))
            raise Invalid({"stage": [text % {"deal": first.name, "stage": stage.name, "rule": rule}]})


def _follow(moved: Sequence[_Moved], actor: Actor, at: datetime) -> None:
    """Carry the history on, or back where an earlier state was put back, and tell who listens."""
    if not moved:
        return
    onward = [one for one in moved if not one.put_back]
    ids = [one.deal.pk for one in onward]
    StageStay.objects.filter(deal__in=ids, left_at=None).update(left_at=at)
    bulk.insert([_stay(one, actor, at) for one in onward])
    for one in moved:
        if one.put_back:
            _put_back(one.deal)
    if len(moved) <= MOST_TOLD:
        for one in onward:
            _tell(one, actor)


def _put_back(deal: Deal) -> None:
    stays = StageStay.objects.filter(deal=deal.pk)
    stays.filter(entered_at__gt=deal.stage_entered_at).delete()
    last = stays.order_by("-entered_at", "-pk").first()
    if last is not None and last.stage_id == deal.stage_id:
        last.left_at = None
        last.save(update_fields=["left_at"])


def _stay(one: _Moved, actor: Actor, at: datetime) -> StageStay:
    return StageStay(
        deal_id=one.deal.pk,
        stage_id=one.stage.pk,
        came_from_id=one.was or None,
        entered_at=at,
        amount=one.deal.amount,
        user_id=actor.user_id,
        user_label=actor.label[:120],
    )


def _tell(one: _Moved, actor: Actor) -> None:
    deal, about = one.deal, (type_of_model(Deal).ref(one.deal),)
    stage, came_from = encode_id(one.stage.pk), encode_id(one.was)
    publish(DealMoved(about=about, stage=stage, came_from=came_from, status=deal.status), actor=actor)
    if deal.status in (WON, LOST):
        kind = DealWon if deal.status == WON else DealLost
        publish(kind(about=about, amount=str(deal.amount or 0), currency=deal.currency), actor=actor)


# --- verbs -----------------------------------------------------------------------------------------


def move_deal(deal: Deal, stage: Stage, *, actor: Actor, seen: int | None = None, **values: Any) -> Deal:
    """Move a deal to a stage. `seen` is the stage in which the mover saw it: when it stands elsewhere by now, a
    StageMoved tells where. Raises Invalid, Denied or NotFoundHere.
    """
    if seen is not None and deal.stage_id not in (seen, stage.pk):
        raise StageMoved(deal)
    if deal.stage_id == stage.pk and not values:
        return deal
    return update_deals([(deal, {"stage": stage.pk, **values})], actor=actor)[0]


def move_deals(deals: Sequence[Deal], stage: Stage, *, actor: Actor) -> list[Deal]:
    """Move many deals to one stage, all or none."""
    return update_deals([(deal, {"stage": stage.pk}) for deal in deals], actor=actor)


def win_deal(deal: Deal, *, actor: Actor, seen: int | None = None) -> Deal:
    """Win a deal. Raises Invalid where its pipeline has no stage for that."""
    return move_deal(deal, _decided(deal, WON), actor=actor, seen=seen)


def lose_deal(
    deal: Deal, *, actor: Actor, reason: int | None = None, lost_to: int | None = None, seen: int | None = None
) -> Deal:
    """Lose a deal; why, and to whom, can be said later with `explain_loss`."""
    lost = move_deal(deal, _decided(deal, LOST), actor=actor, seen=seen)
    return explain_loss(lost, actor=actor, reason=reason, lost_to=lost_to) if reason or lost_to else lost


def explain_loss(deal: Deal, *, actor: Actor, reason: int | None, lost_to: int | None = None) -> Deal:
    """Say why a deal was lost, and to whom."""
    if deal.status != LOST:
        raise Invalid({"loss_reason": [_("This deal was not lost.")]})
    return update_deals([(deal, {"loss_reason": reason, "lost_to": lost_to})], actor=actor)[0]


def hold_deal(deal: Deal, *, until: date, actor: Actor) -> Deal:
    """Let an open deal rest until a day. Raises Invalid for a decided deal or a day that is over."""
    if deal.status not in (OPEN, HELD):
        raise Invalid({"held_until_on": [_("A decided deal cannot be put on hold.")]})
    if until <= timezone.localdate():
        raise Invalid({"held_until_on": [_("Choose a day that is still to come.")]})
    return update_deals([(deal, {"held_until_on": until})], actor=actor)[0]


def reopen_deal(deal: Deal, *, actor: Actor) -> Deal:
    """Take a deal up again: one on hold where it is, a decided one in the stage it came from."""
    if deal.status == HELD:
        return update_deals([(deal, {"held_until_on": None})], actor=actor)[0]
    if deal.status == OPEN:
        return deal
    last = StageStay.objects.filter(deal=deal.pk, stage__kind=OPEN, stage__archived_at=None).order_by("-entered_at")
    found = last.select_related("stage").first()
    stage = found.stage if found is not None else first_stage(deal.pipeline_id)
    if stage is None:
        raise Invalid({"stage": [_("No pipeline has an open stage.")]})
    return move_deal(deal, stage, actor=actor)


def _decided(deal: Deal, kind: str) -> Stage:
    found = first_stage(deal.pipeline_id, kind)
    if found is None:
        raise Invalid({"stage": [_("The pipeline has no stage for this; add one in its settings.")]})
    return found
