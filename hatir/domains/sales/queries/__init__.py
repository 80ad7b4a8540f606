"""The questions of the room."""

from hatir.domains.sales.queries.day import home_amounts, silent_deals, worths_of
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
from hatir.domains.sales.queries.lines import deals_with_lines, line_panel, lines_of
from hatir.domains.sales.queries.pipelines import (
    condition_of,
    first_stage,
    pipelines,
    stage_or_not_found,
    stages_of,
)
from hatir.domains.sales.queries.steps import ProposedStep, proposed_step

__all__ = [
    "ProposedStep",
    "amount_figure", "chance_of", "condition_of", "contacts_of", "deals_of", "deals_with_lines", "expected_figure",
    "first_stage", "home_amounts", "line_panel", "lines_of", "live_deals", "open_worth", "parts_of", "pipelines",
    "proposed_step",
    "silent_deals", "stage_figure", "stage_or_not_found", "stages_of", "stays_of", "step_figure", "worths_of",
]  # fmt: skip
