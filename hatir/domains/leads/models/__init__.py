"""The tables of the room."""

from hatir.domains.leads.models.leads import CURRENCIES, STATUSES, DisqualifyReason, Lead, LeadStep
from hatir.domains.leads.models.routing import Holiday

__all__ = ["CURRENCIES", "STATUSES", "DisqualifyReason", "Holiday", "Lead", "LeadStep"]
