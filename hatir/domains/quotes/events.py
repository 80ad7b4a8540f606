"""What happened to quotes. `about` is the quote, its customer, then its deal if it has one.

Amounts are text in the quote's currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class QuoteEvent(Event):
    """What every event of a quote tells."""

    key: ClassVar[str] = "quotes.quote_event"
    number: str = ""
    total: str = "0"
    currency: str = "TRY"


@dataclass(frozen=True, kw_only=True)
class QuoteMoved(QuoteEvent):
    """A quote went from one status to another inside the house: waiting, approved, refused, replaced, expired."""

    key: ClassVar[str] = "quotes.quote_moved"
    before: str = ""
    status: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class QuoteSent(QuoteEvent):
    """A quote was given to the customer."""

    key: ClassVar[str] = "quotes.quote_sent"


@dataclass(frozen=True, kw_only=True)
class QuoteViewed(QuoteEvent):
    """The customer looked at a quote: told once a day, however often."""

    key: ClassVar[str] = "quotes.quote_viewed"
    on: str = ""


@dataclass(frozen=True, kw_only=True)
class QuoteAsked(QuoteEvent):
    """The customer asked something about a quote."""

    key: ClassVar[str] = "quotes.quote_asked"
    name: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class QuoteAccepted(QuoteEvent):
    """The customer accepted; `order` is the number of the order that followed."""

    key: ClassVar[str] = "quotes.quote_accepted"
    name: str = ""
    order: str = ""


@dataclass(frozen=True, kw_only=True)
class QuoteDeclined(QuoteEvent):
    """The customer declined."""

    key: ClassVar[str] = "quotes.quote_declined"
    name: str = ""
    reason: str = ""
