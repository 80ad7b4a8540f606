"""The questions of the room."""

from hatir.domains.leads.queries.leads import (
    companies_like,
    is_late,
    leads_brought_by,
    leads_of_customer,
    leads_of_deal,
    live_leads,
    people_like,
    reasons,
    refs_of_customer,
    refs_of_deal,
    response_figure,
    score_figure,
    status_figure,
    steps_of,
    steps_taken,
    value_figure,
)

__all__ = [
    "companies_like", "is_late", "leads_brought_by", "leads_of_customer", "leads_of_deal", "live_leads",
    "people_like", "reasons", "refs_of_customer", "refs_of_deal", "response_figure", "score_figure", "status_figure",
    "steps_of", "steps_taken", "value_figure",
]  # fmt: skip
