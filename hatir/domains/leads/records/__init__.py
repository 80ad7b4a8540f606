"""The declarations of the room's objects."""

from hatir.domains.leads.records.leads import HOLIDAY, LEAD, REASON
from hatir.domains.leads.records.rules import ASSIGNMENT_RULE, SCORE_RULE
from hatir.domains.leads.records.web import FORM_FIELD, WEB_FORM

__all__ = ["ASSIGNMENT_RULE", "FORM_FIELD", "HOLIDAY", "LEAD", "REASON", "SCORE_RULE", "WEB_FORM"]
