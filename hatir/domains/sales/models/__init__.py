"""The tables of the room."""

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
    HELD,
    LOST,
    OPEN,
    WON,
    Competitor,
    LossReason,
    Pipeline,
    Stage,
)

__all__ = [
    "BEST_CASE", "CATEGORIES", "COMMIT", "HELD", "IN_PIPELINE", "LEFT_OUT", "LOST", "MONTH", "OPEN", "PERIODS",
    "QUARTER", "ROLES", "STATUSES", "WON", "Competitor", "Deal", "DealCompetitor", "DealContact", "DealLine",
    "ForecastSnapshot", "LossReason", "Pipeline", "Quota", "SnapshotRow", "Stage", "StageStay", "WinModel",
]  # fmt: skip
