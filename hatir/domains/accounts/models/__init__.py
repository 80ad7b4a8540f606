"""The tables of the room."""

from hatir.domains.accounts.models.plans import (
    ACTIVE,
    CLOSED,
    DRAFT,
    AccountPlan,
    PlanAnswer,
    PlanContact,
    PlanGoal,
    PlanRisk,
)

__all__ = ["ACTIVE", "CLOSED", "DRAFT", "AccountPlan", "PlanAnswer", "PlanContact", "PlanGoal", "PlanRisk"]
