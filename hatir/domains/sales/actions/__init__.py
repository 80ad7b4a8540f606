"""The verbs of the room."""

from hatir.domains.sales.actions.approving import (
    AlreadyDecided,
    NotYours,
    approve,
    ask_approval,
    asking_or_not_found,
    refuse,
    withdraw,
)
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
from hatir.domains.sales.actions.gates import NeedsApproval
from hatir.domains.sales.actions.learning import learn_when_due, learn_winning
from hatir.domains.sales.actions.lines import create_deal_lines, reckon_deals, update_deal_lines
from hatir.domains.sales.actions.pipelines import (
    beginning,
    create_stages,
    keep_stages_with_deals,
    ready_pipeline,
    update_stages,
)
from hatir.domains.sales.actions.quotas import create_quotas, update_quotas
from hatir.domains.sales.actions.snapshots import forget_snapshots, seed_snapshots, take_snapshot
from hatir.domains.sales.actions.steps import deals_of_tasks, plan_step, refresh_steps

__all__ = [
    "AlreadyDecided", "NeedsApproval", "NotYours", "StageMoved", "approve", "ask_approval", "asking_or_not_found",
    "beginning", "create_deal_lines", "create_deals", "create_quotas", "create_stages", "deals_of_tasks",
    "explain_loss", "forget_snapshots", "hold_deal", "keep_stages_with_deals", "learn_when_due", "learn_winning",
    "lose_deal", "move_deal", "move_deals", "plan_step", "ready_pipeline", "reckon_deals", "refresh_steps", "refuse",
    "reopen_deal", "seed_snapshots", "take_snapshot", "update_deal_lines", "update_deals", "update_quotas",
    "update_stages", "win_deal", "withdraw",
]  # fmt: skip
