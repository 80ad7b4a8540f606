"""The declarations of the room's objects, and what it hands to the corridors."""

from hatir.domains.quotes.records.queue import APPROVALS as APPROVALS
from hatir.domains.quotes.records.quotes import QUOTE as QUOTE
from hatir.domains.quotes.records.quotes import QUOTE_LINE as QUOTE_LINE
