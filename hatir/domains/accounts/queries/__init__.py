"""The questions of the room."""

from hatir.domains.accounts.queries.figures import Progress, circle_of, progress_of
from hatir.domains.accounts.queries.plans import (
    Known,
    due_reviews,
    goals_figure,
    map_of,
    needs_figure,
    needs_of,
    not_on_map,
    of_circle,
    plans_of,
    review_figure,
    risks_of,
)

__all__ = [
    "Known", "Progress", "circle_of", "due_reviews", "goals_figure", "map_of", "needs_figure", "needs_of",
    "not_on_map", "of_circle", "plans_of", "progress_of", "review_figure", "risks_of",
]  # fmt: skip
