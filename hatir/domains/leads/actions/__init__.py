"""The verbs of the room."""

from hatir.domains.leads.actions.converting import AlreadyConverted, Choice, Conversion, convert_lead
from hatir.domains.leads.actions.leads import (
    create_leads,
    disqualify_lead,
    note_activity,
    nurture_lead,
    qualify_lead,
    take_up,
    update_leads,
)

__all__ = [
    "AlreadyConverted", "Choice", "Conversion", "convert_lead", "create_leads", "disqualify_lead", "note_activity",
    "nurture_lead", "qualify_lead", "take_up", "update_leads",
]  # fmt: skip
