"""The verbs of the room."""

from hatir.domains.accounts.actions.plans import (
    add_need,
    create_answers,
    create_goals,
    create_plans,
    review_plan,
    update_answers,
    update_goals,
    update_plans,
)

__all__ = [
    "add_need", "create_answers", "create_goals", "create_plans", "review_plan", "update_answers", "update_goals",
    "update_plans",
]  # fmt: skip
