"""The way out for messages. Whoever sends them fulfils `MessageGateway`; until somebody does, they are kept in a table.

What comes back (an answer, a bounce) is told with `actions.take_answer`, by the key of the message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from hatir.foundation.records.refs import RecordRef

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AnswerKind = Literal["replied", "bounced", "opened", "unsubscribed"]


@dataclass(frozen=True)
class OutboundMessage:
    """One e-mail to one address. `key` names enrolment and step: the same key is sent once, however often it comes.

    `sender_id` is the colleague in whose name it goes, `about` the record that it concerns, `customer_id` who gets it
    (None for a lead, who is no customer yet). Subject and body are plain text without fields.
    """

    key: str
    sender_id: int
    to: str
    subject: str
    body: str
    about: RecordRef
    customer_id: int | None = None


@dataclass(frozen=True)
class Taken:
    """What became of a message: taken over to be sent, or refused for good with words fit for the user."""

    key: str
    refusal: str = ""


@dataclass(frozen=True)
class MessageAnswer:
    """What came back for a message, at which instant; `text` is the beginning of an answer or what a bounce says."""

    key: str
    kind: AnswerKind
    at: datetime
    text: str = ""


class MessageGateway(Protocol):
    """Takes messages over, to send them after the caller's transaction has ended."""

    @property
    def name(self) -> StrOrPromise:
        """Name the way as people know it."""

    @property
    def sends(self) -> bool:
        """Tell whether messages leave the house; False for one that only keeps them."""

    def take(self, messages: Sequence[OutboundMessage], *, at: datetime) -> Sequence[Taken]:
        """Take messages over in the caller's transaction, in their order; nothing may leave before it commits.

        A key that was taken before is taken again without effect.
        """


_registered: list[MessageGateway] = []


def register_gateway(gateway: MessageGateway) -> MessageGateway:
    """Make a way out known, at start-up; the last one counts."""
    _registered.append(gateway)
    return gateway


def registered_gateway() -> MessageGateway | None:
    """Give the way out, if this installation has one."""
    return _registered[-1] if _registered else None
