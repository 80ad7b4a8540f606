"""The declarations of the room's objects."""

from hatir.domains.leads.records.leads import HOLIDAY, LEAD, REASON

__all__ = ["HOLIDAY", "LEAD", "REASON"]
