"""The verbs of the room."""

from hatir.domains.leads.actions.converting import AlreadyConverted, Choice, Conversion, convert_lead
from hatir.domains.leads.actions.leads import (
    create_leads,
    disqualify_lead,
    note_activity,
    nurture_lead,
    qualify_lead,
    retell_steps,
    take_up,
    update_leads,
)
from hatir.domains.leads.actions.learning import learn, refresh_chances
from hatir.domains.leads.actions.routing import assign_leads, create_rules, follow_silent, update_rules
from hatir.domains.leads.actions.scoring import create_score_rules, rescore, update_score_rules
from hatir.domains.leads.actions.web import (
    Arrival,
    Submitted,
    TooMany,
    create_forms,
    note_replies,
    note_visit,
    options_of,
    submit,
    update_forms,
)

__all__ = [
    "AlreadyConverted", "Arrival", "Choice", "Conversion", "Submitted", "TooMany", "assign_leads", "convert_lead",
    "create_forms", "create_leads", "create_rules", "create_score_rules", "disqualify_lead", "follow_silent", "learn",
    "note_activity", "note_replies", "note_visit", "nurture_lead", "options_of", "qualify_lead", "refresh_chances",
    "rescore", "retell_steps", "submit", "take_up", "update_forms", "update_leads", "update_rules",
    "update_score_rules",
]  # fmt: skip
