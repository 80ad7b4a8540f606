"""The questions of the room."""

from hatir.domains.sales.queries import reports
from hatir.domains.sales.queries.changes import accuracy, changed_deals, changes, snapshot_before, snapshots
from hatir.domains.sales.queries.day import home_amounts, silent_deals, worths_of
from hatir.domains.sales.queries.deals import (
    amount_figure,
    chance_of,
    contacts_of,
    deals_of,
    expected_figure,
    is_close_late,
    is_step_late,
    live_deals,
    open_worth,
    parts_of,
    stage_figure,
    stays_of,
    step_figure,
)
from hatir.domains.sales.queries.forecast import Figures, Forecast, Rates, Span, forecast, teams_of_branch
from hatir.domains.sales.queries.lines import deals_with_lines, line_panel, lines_of
from hatir.domains.sales.queries.pipelines import (
    first_stage,
    pipelines,
    stage_or_not_found,
    stages_of,
)
from hatir.domains.sales.queries.steps import ProposedStep, proposed_step
from hatir.domains.sales.queries.told import name_of_stage, parties_of
from hatir.domains.sales.queries.winning import newest_learning, newest_model, winning_figure

__all__ = [
    "Figures",
    "Forecast",
    "ProposedStep",
    "Rates",
    "Span",
    "accuracy",
    "amount_figure",
    "chance_of",
    "changed_deals",
    "changes",
    "contacts_of",
    "deals_of",
    "deals_with_lines",
    "expected_figure",
    "first_stage",
    "forecast",
    "home_amounts",
    "is_close_late",
    "is_step_late",
    "line_panel",
    "lines_of",
    "live_deals",
    "name_of_stage",
    "newest_learning",
    "newest_model",
    "open_worth",
    "parties_of",
    "parts_of",
    "pipelines",
    "proposed_step",
    "reports",
    "silent_deals",
    "snapshot_before",
    "snapshots",
    "stage_figure",
    "stage_or_not_found",
    "stages_of",
    "stays_of",
    "step_figure",
    "teams_of_branch",
    "winning_figure",
    "worths_of",
]  # fmt: skip
