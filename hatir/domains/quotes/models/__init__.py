"""The tables of the room."""

from hatir.domains.quotes.models.quotes import ITEM, KINDS, SECTION, STATUSES, Quote, QuoteLine
from hatir.domains.quotes.models.traces import APPROVED, ASKED, REFUSED, Approval, QuoteLink, QuoteStep, Sighting

__all__ = [
    "APPROVED", "ASKED", "ITEM", "KINDS", "REFUSED", "SECTION", "STATUSES", "Approval", "Quote", "QuoteLine",
    "QuoteLink", "QuoteStep", "Sighting",
]  # fmt: skip
