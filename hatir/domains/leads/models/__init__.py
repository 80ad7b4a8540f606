"""The tables of the room."""

from hatir.domains.leads.models.forms import ASKS, QUESTION, FormField, FormSubmission, WebForm
from hatir.domains.leads.models.leads import CURRENCIES, STATUSES, DisqualifyReason, Lead, LeadStep
from hatir.domains.leads.models.learning import LeadModel
from hatir.domains.leads.models.routing import (
    LOWEST_LOAD,
    PERSON,
    ROUND_ROBIN,
    SKILL,
    TEAM,
    TERRITORY,
    WAYS,
    AssignmentRule,
    Holiday,
)
from hatir.domains.leads.models.scoring import BEHAVIOUR, FIT, ScoreRule
from hatir.domains.leads.models.visits import FORM, REPLY, TOUCHES, VISIT, Touch, Visitor

__all__ = [
    "ASKS", "BEHAVIOUR", "CURRENCIES", "FIT", "FORM", "LOWEST_LOAD", "PERSON", "QUESTION", "REPLY", "ROUND_ROBIN",
    "SKILL", "STATUSES", "TEAM", "TERRITORY", "TOUCHES", "VISIT", "WAYS", "AssignmentRule", "DisqualifyReason",
    "FormField", "FormSubmission", "Holiday", "Lead", "LeadModel", "LeadStep", "ScoreRule", "Touch", "Visitor",
    "WebForm",
]  # fmt: skip
