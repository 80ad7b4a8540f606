"""The tables of the room."""

from hatir.domains.sales.models.approvals import (
    APPROVED,
    ASKED,
    LAPSED,
    REFUSED,
    WITHDRAWN,
    DealApproval,
)
from hatir.domains.sales.models.deals import (
    BEST_CASE,
    CATEGORIES,
    COMMIT,
    IN_PIPELINE,
    LEFT_OUT,
    ROLES,
    STATUSES,
    Deal,
    DealCompetitor,
    DealContact,
    DealLine,
    StageStay,
)
from hatir.domains.sales.models.forecast import (
    MONTH,
    PERIODS,
    QUARTER,
    ForecastSnapshot,
    Quota,
    SnapshotRow,
    WinModel,
)
from hatir.domains.sales.models.pipelines import (
    BY_LEAD,
    BY_PEOPLE,
    BY_ROLE,
    HELD,
    LOST,
    OPEN,
    WON,
    Competitor,
    LossReason,
    Pipeline,
    Stage,
    StageApprover,
)

__all__ = [
    "APPROVED", "ASKED", "BEST_CASE", "BY_LEAD", "BY_PEOPLE", "BY_ROLE", "CATEGORIES", "COMMIT", "HELD", "IN_PIPELINE",
    "LAPSED", "LEFT_OUT", "LOST", "MONTH", "OPEN", "PERIODS", "QUARTER", "REFUSED", "ROLES", "STATUSES", "WITHDRAWN",
    "WON", "Competitor", "Deal", "DealApproval", "DealCompetitor", "DealContact", "DealLine", "ForecastSnapshot",
    "LossReason", "Pipeline", "Quota", "SnapshotRow", "Stage", "StageApprover", "StageStay", "WinModel",
]  # fmt: skip
