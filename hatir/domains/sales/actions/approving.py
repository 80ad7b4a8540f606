"""Asking to let a deal into a stage, and deciding about it."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.sales.actions.deals import check_entry, update_deals
from hatir.domains.sales.actions.gates import ask, end_asking, tell_ended
from hatir.domains.sales.models import APPROVED, ASKED, OPEN, REFUSED, WITHDRAWN, Deal, DealApproval, Stage, StageStay
from hatir.domains.sales.queries.approving import covered, may_decide, needing_approval, open_asking, watched_of
from hatir.domains.sales.queries.pipelines import first_stage
from hatir.domains.sales.rules import covers
from hatir.foundation.access.queries import get_for, get_visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid, NotFoundHere, RecordError


class AlreadyDecided(RecordError):
    """Somebody else decided first, or what was asked no longer holds; `asked` is as it is now."""

    def __init__(self, asked: DealApproval) -> None:
        self.asked = asked
        super().__init__(asked.pk, asked.state)

    def __str__(self) -> str:
        told = _("This no longer waits for a decision: %(state)s.")
        return told % {"state": self.asked.get_state_display()}


class NotYours(RecordError):
    """Others have to decide about this."""

    def __str__(self) -> str:
        return _("Others have to decide about this.")


def ask_approval(deal: Deal, stage: Stage, *, actor: Actor, note: str = "", asker: int | None = None) -> DealApproval:
    """Ask to let a deal into a stage; asking twice is asking once. `asker` is whom the house asks for.

    What the stage asks for besides must be there already, so that nobody decides about half a deal.
    Raises Invalid, NotFoundHere or Denied.
    """
    with transaction.atomic():
        get_for(actor, Deal, deal.pk, "edit")
        held, stage = _held(deal.pk), Stage.objects.get(pk=stage.pk)
        check_entry(held, stage)
        if held.stage_id == stage.pk or not needing_approval(stage, [held.pk]) or covered([held], stage):
            raise Invalid({"stage": [_("“%(stage)s” needs no approval for this deal.") % {"stage": stage.name}]})
        asked = open_asking(held.pk)
        if asked is not None and asked.stage_id == stage.pk and asked.watched == watched_of(held, stage):
            return asked
        if asked is not None:
            if asked.is_standing:
                raise Invalid({"stage": [_("This deal already waits for an approval where it stands.")]})
            end_asking(asked, actor)
        return ask(held, stage, actor, note=note, asker=asker or actor.user_id)


def approve(asked: DealApproval, *, actor: Actor) -> Deal:
    """Let a deal in; it goes there at once, unless it stands there already.

    Raises NotFoundHere (not theirs to see), NotYours, AlreadyDecided, or Invalid when the stage asks for more by now.
    """
    with transaction.atomic():
        deal, current = _to_decide(asked, actor)
        if not covers(current.watched, watched_of(deal, current.stage)):
            raise Invalid({"": [_("The deal changed since this was asked; it has to be asked again.")]})
        _decide(current, actor, APPROVED)
        if current.is_standing:
            return deal
        check_entry(deal, current.stage)
        return update_deals([(deal, {"stage": current.stage_id})], actor=_hand(actor))[0]


def refuse(asked: DealApproval, *, actor: Actor, reason: str) -> Deal:
    """Keep a deal out, with a reason; one that stands there already goes back to where it came from."""
    reason = reason.strip()[:1000]
    if not reason:
        raise Invalid({"reason": [_("Say why, so that the deal can be mended.")]})
    with transaction.atomic():
        deal, current = _to_decide(asked, actor)
        _decide(current, actor, REFUSED, reason)
        back = _came_from(deal) if current.is_standing else None
        return deal if back is None else update_deals([(deal, {"stage": back.pk})], actor=_hand(actor))[0]


def withdraw(asked: DealApproval, *, actor: Actor) -> None:
    """Take an asking back; one about a deal that outgrew its approval stays until the deal fits again."""
    with transaction.atomic():
        get_for(actor, Deal, asked.deal_id, "edit")
        _held(asked.deal_id)
        current = _fresh(asked)
        if current.is_standing:
            raise Invalid({"": [_("The deal stands in the stage already; move it back instead.")]})
        end_asking(current, actor, state=WITHDRAWN)


def asking_or_not_found(actor: Actor, asking_id: int) -> DealApproval:
    """Fetch what was asked about a deal that the actor sees. Raises NotFoundHere."""
    found = DealApproval.objects.filter(pk=asking_id).select_related("deal", "stage").first()
    if found is None:
        raise NotFoundHere(str(asking_id))
    get_visible(actor, Deal, found.deal_id)
    return found


def _to_decide(asked: DealApproval, actor: Actor) -> tuple[Deal, DealApproval]:
    get_visible(actor, Deal, asked.deal_id)
    deal = _held(asked.deal_id)
    current = _fresh(asked)
    if not may_decide(actor, [(deal, current.stage)])[0]:
        raise NotYours
    return deal, current


def _held(deal_id: int) -> Deal:
    """Read a deal anew and hold it until the transaction ends, so that only one decides."""
    rows = Deal.objects.filter(pk=deal_id)
    return (rows.select_for_update(of=("self",)) if connection.features.has_select_for_update else rows).get()


def _fresh(asked: DealApproval) -> DealApproval:
    current = DealApproval.objects.select_related("stage").get(pk=asked.pk)
    if current.state != ASKED:
        raise AlreadyDecided(current)
    return current


def _decide(asked: DealApproval, actor: Actor, state: str, reason: str = "") -> None:
    asked.state, asked.reason = state, reason
    asked.decided_by_id, asked.decided_at = actor.user_id, timezone.now()
    asked.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    tell_ended(asked, actor)


def _came_from(deal: Deal) -> Stage | None:
    """Give the stage from which a deal came to where it stands, else the first one of its pipeline."""
    stay = StageStay.objects.filter(deal=deal.pk, left_at=None).select_related("came_from").order_by("-pk").first()
    came_from = stay.came_from if stay is not None else None
    if came_from is None or came_from.archived_at is not None or came_from.kind != OPEN:
        return first_stage(deal.pipeline_id)
    return came_from


def _hand(actor: Actor) -> Actor:
    """Who decides may do so without the right to change the deal's words: the verb writes in his name."""
    return Actor(kind="system", label=actor.label, origin="sales", operation=actor.operation)
