"""What the room does when others report: next steps follow tasks, amounts lines; deals, approvals are told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from hatir.domains.sales.actions import asking_or_not_found, deals_of_tasks, reckon_deals, refresh_steps
from hatir.domains.sales.events import DealApprovalAsked, DealApprovalEnded, DealLost, DealMoved, DealWon
from hatir.domains.sales.models import APPROVED, ASKED, HELD, LOST, REFUSED, WITHDRAWN, WON, DealApproval
from hatir.domains.sales.queries import deals_with_lines, name_of_stage, parties_of
from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.events.facts import RecordsArchived, RecordsChanged, RecordsCreated, RecordsRestored
from hatir.foundation.notifications.actions import Item, notify
from hatir.foundation.notifications.queries import those_who_see
from hatir.foundation.notifications.wording import speaking_to
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.timeline.actions import add_entries
from hatir.foundation.timeline.models import TimelineEntry
from hatir.kit.formats_tr import format_money
from hatir.kit.ids import decode_id

DEAL, CUSTOMER = "sales.deal", "customers.customer"
MOST_TOLD = 50
"""So many deals of one write are told on their customers' timelines; more came from a file or a program."""
Written = RecordsCreated | RecordsChanged | RecordsArchived | RecordsRestored
Approval = DealApprovalAsked | DealApprovalEnded
Say = Callable[[dict[str, str]], str]
"""Puts a fact into words, in the language that is spoken when it is called."""


@on(RecordsCreated, RecordsChanged, RecordsArchived, RecordsRestored)
def follow_tasks(event: Written, delivery: Delivery) -> None:
    """Keep the next step of deals true, whoever wrote their tasks: a person, a program, a calendar, an undo."""
    if event.type_key == "planning.task":
        refresh_steps(deals_of_tasks([ref.id for ref in event.about]))


@on(RecordsArchived, RecordsRestored)
def follow_lines(event: RecordsArchived | RecordsRestored, delivery: Delivery) -> None:
    """Reckon deals anew whose lines were taken off or came back."""
    if event.type_key == "sales.deal_line":
        reckon_deals(deals_with_lines([ref.id for ref in event.about]), actor=system_actor("sales"))


# --- approvals ---------------------------------------------------------------------------------------


@on(DealApprovalAsked, DealApprovalEnded)
def tell_timeline(event: Approval, delivery: Delivery) -> None:
    """Leave a line on the deal's timeline about what was asked and decided."""
    ref = event.about[0]
    with override(value_of("company.language")):
        title, body = _said(event)
    entry = TimelineEntry(
        type_key=ref.type_key, about_id=ref.id, at=delivery.at, kind="system", user_id=delivery.user_id,
        user_label=delivery.actor_label[:120], title=title[:300], body=body, data={"approval": event.approval},
        event_id=delivery.event_id,
    )  # fmt: skip
    add_entries([entry])


def _said(event: Approval) -> tuple[str, str]:
    facts = {"stage": event.stage_name}
    if isinstance(event, DealApprovalAsked):
        return _("asked for approval: %(stage)s") % facts, event.note
    words = {
        APPROVED: _("approved: %(stage)s"),
        REFUSED: _("refused: %(stage)s"),
        WITHDRAWN: _("took the asking back: %(stage)s"),
    }
    return words.get(event.state, _("what was asked no longer holds: %(stage)s")) % facts, event.reason


@on(DealApprovalAsked)
def tell_deciders(event: DealApprovalAsked, delivery: Delivery) -> None:
    """Tell who was asked that a deal waits for them."""
    asked = _asked(event)
    if asked is not None and asked.state == ASKED:
        _tell(event, delivery, asked, _waits, asked.asked_ids, event.note)


def _waits(facts: dict[str, str]) -> str:
    return _("“%(deal)s” waits for your approval: %(stage)s") % facts


@on(DealApprovalEnded)
def tell_asker(event: DealApprovalEnded, delivery: Delivery) -> None:
    """Tell whoever asked, and the deal's owner, what was decided."""
    asked = _asked(event)
    if asked is None or event.state not in (APPROVED, REFUSED):
        return
    ids = [pk for pk in (asked.asked_by_id, asked.deal.owner_id) if pk]
    _tell(event, delivery, asked, _let_in if event.state == APPROVED else _kept_out, ids, event.reason)


def _let_in(facts: dict[str, str]) -> str:
    return _("“%(deal)s” may enter “%(stage)s”.") % facts


def _kept_out(facts: dict[str, str]) -> str:
    return _("“%(deal)s” may not enter “%(stage)s”.") % facts


def _asked(event: Approval) -> DealApproval | None:
    try:
        return asking_or_not_found(system_actor("sales"), decode_id(event.approval))
    except NotFoundHere:
        return None


def _tell(event: Approval, delivery: Delivery, asked: DealApproval, say: Say, ids: Iterable[int], detail: str) -> None:
    ref = event.about[0]
    for user in those_who_see({pk for pk in ids if pk != delivery.user_id}, ref):
        with speaking_to(user):
            text = say({"deal": asked.deal.name, "stage": event.stage_name})
            item = Item(user.pk, "other", text, level="task", detail=" ".join(detail.split())[:200],
                        action=_("Open"), ref=ref, by=delivery.actor_label)  # fmt: skip
            notify([item], event_id=delivery.event_id, at=delivery.at)


# --- deals on the timelines of their customers -----------------------------------------------------


@on(RecordsCreated)
def tell_opened(event: RecordsCreated, delivery: Delivery) -> None:
    """Leave a line about new deals on the timelines of their customers."""
    if event.type_key == DEAL and delivery.actor_kind != "import" and len(event.about) <= MOST_TOLD:
        _tell_customers([ref.id for ref in event.about], delivery, lambda: _("opened the deal “%(deal)s”"), {})


@on(DealMoved)
def tell_moved(event: DealMoved, delivery: Delivery) -> None:
    """Leave a line about a step of a deal; what decides it is told in words of its own."""
    if event.status in (WON, LOST):
        return

    def say() -> str:
        held = event.status == HELD
        return _("put the deal “%(deal)s” on hold") if held else _("moved “%(deal)s” to “%(stage)s”")

    # The deal may stand elsewhere by the time this is told
    _tell_customers([event.about[0].id], delivery, say, {"stage": name_of_stage(decode_id(event.stage))})


@on(DealWon, DealLost)
def tell_decided(event: DealWon | DealLost, delivery: Delivery) -> None:
    """Leave a line about a decided deal."""

    def say() -> str:
        return _("won “%(deal)s”, %(worth)s") if isinstance(event, DealWon) else _("lost “%(deal)s”, %(worth)s")

    worth = format_money(Decimal(event.amount), event.currency)
    _tell_customers([event.about[0].id], delivery, say, {"worth": worth})


def _tell_customers(
    deal_ids: Collection[int], delivery: Delivery, say: Callable[[], str], facts: Mapping[str, str]
) -> None:
    with override(value_of("company.language")):
        words = say()
    add_entries(
        [
            TimelineEntry(
                type_key=CUSTOMER,
                about_id=customer_id,
                at=delivery.at,
                kind="money",
                user_id=delivery.user_id,
                user_label=delivery.actor_label[:120],
                title=(words % {**facts, "deal": deal.name})[:300],
                ref_type=DEAL,
                ref_id=deal.pk,
                event_id=delivery.event_id,
            )
            for deal, customer_ids in parties_of(deal_ids)
            for customer_id in customer_ids
        ]
    )
