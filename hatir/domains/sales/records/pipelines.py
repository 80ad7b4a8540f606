"""The declarations of pipelines, stages, reasons and competitors."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.domains.sales import actions
from hatir.domains.sales.models import Competitor, LossReason, Pipeline, Stage
from hatir.foundation.records.actor import HOUSE, name_part
from hatir.foundation.records.declaration import RecordType, Section
from hatir.foundation.records.registry import register

name_part("sales", HOUSE)
PIPELINE = register(
    RecordType(
        key="sales.pipeline",
        model=Pipeline,
        title="name",
        icon="kanban",
        list_columns=("name", "position", "hue"),
        quick_fields=("name", "position"),
        order=("position", "id"),
        match_on=("name",),
        admin_only=True,
    )
)
STAGE = register(
    RecordType(
        key="sales.stage",
        model=Stage,
        title="name",
        icon="layers",
        create=actions.create_stages,
        update=actions.update_stages,
        list_columns=("pipeline", "name", "kind", "position", "probability", "stale_days"),
        quick_fields=("pipeline", "name", "kind", "position", "probability", "stale_days"),
        sections=(
            Section("stage", _("Stage"), ("pipeline", "name", "kind", "position", "probability", "stale_days", "code")),
            Section("entry", _("Entry"), ("entry_rule", "needed_fields")),
            Section("approval", _("Approval"), ("approval_by", "approval_role", "approvers", "approval_rule")),
            Section("next", _("Next task"), ("next_kind", "next_title", "next_days")),
        ),
        order=("pipeline", "position", "id"),
        match_on=("code", "pipeline", "name"),
        conditions={"entry_rule": "sales.deal", "approval_rule": "sales.deal"},
        field_lists={"needed_fields": "sales.deal"},
        guard_archiving=actions.keep_stages_with_deals,
        admin_only=True,
    )
)
LOSS_REASON = register(
    RecordType(
        key="sales.loss_reason",
        model=LossReason,
        title="name",
        icon="circle-x",
        list_columns=("name",),
        order=("name",),
        match_on=("name",),
    )
)
COMPETITOR = register(
    RecordType(
        key="sales.competitor",
        model=Competitor,
        title="name",
        icon="flag",
        list_columns=("name", "website"),
        order=("name",),
        search={"name": "B"},
        match_on=("name",),
    )
)
