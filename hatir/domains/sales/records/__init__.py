"""The declarations of the room's objects."""

from hatir.domains.sales.records.deals import DEAL, DEAL_CONTACT, DEAL_LINE
from hatir.domains.sales.records.pipelines import COMPETITOR, LOSS_REASON, PIPELINE, STAGE
from hatir.domains.sales.records.queue import APPROVALS
from hatir.domains.sales.records.quotas import QUOTA

__all__ = ["APPROVALS", "COMPETITOR", "DEAL", "DEAL_CONTACT", "DEAL_LINE", "LOSS_REASON", "PIPELINE", "QUOTA", "STAGE"]
