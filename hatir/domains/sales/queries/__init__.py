"""The questions of the room."""

from hatir.domains.sales.queries.deals import (
    amount_figure,
    chance_of,
    contacts_of,
    deals_of,
    expected_figure,
    live_deals,
    open_worth,
    parts_of,
    stage_figure,
    stays_of,
    step_figure,
)
from hatir.domains.sales.queries.pipelines import (
    condition_of,
    first_stage,
    pipelines,
    stage_or_not_found,
    stages_of,
)

__all__ = [
    "amount_figure", "chance_of", "condition_of", "contacts_of", "deals_of", "expected_figure", "first_stage",
    "live_deals", "open_worth", "parts_of", "pipelines", "stage_figure", "stage_or_not_found", "stages_of", "stays_of",
    "step_figure",
]  # fmt: skip
