"""The verbs of the room."""

from hatir.domains.sales.actions.deals import (
    StageMoved,
    create_deals,
    explain_loss,
    hold_deal,
    lose_deal,
    move_deal,
    move_deals,
    reopen_deal,
    update_deals,
    win_deal,
)
from hatir.domains.sales.actions.pipelines import (
    beginning,
    create_stages,
    keep_stages_with_deals,
    ready_pipeline,
    update_stages,
)

__all__ = [
    "StageMoved", "beginning", "create_deals", "create_stages", "explain_loss", "hold_deal", "keep_stages_with_deals",
    "lose_deal", "move_deal", "move_deals", "ready_pipeline", "reopen_deal", "update_deals", "update_stages",
    "win_deal",
]  # fmt: skip
