"""The declarations of the rules by which leads are assigned and scored."""

from __future__ import annotations

from hatir.domains.leads import actions
from hatir.domains.leads.models import AssignmentRule, ScoreRule
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import register

ASSIGNMENT_RULE = register(
    RecordType(
        key="leads.assignment_rule",
        model=AssignmentRule,
        title="name",
        path="assignment-rules",
        icon="share",
        create=actions.create_rules,
        update=actions.update_rules,
        list_columns=("position", "name", "rule", "way", "user", "team", "response_minutes", "is_active"),
        quick_fields=("name", "position", "rule", "way", "user", "team", "response_minutes"),
        order=("position", "id"),
        match_on=("name",),
        conditions={"rule": "leads.lead"},
        admin_only=True,
    )
)
SCORE_RULE = register(
    RecordType(
        key="leads.score_rule",
        model=ScoreRule,
        title="name",
        path="score-rules",
        icon="target",
        create=actions.create_score_rules,
        update=actions.update_score_rules,
        list_columns=("name", "kind", "points", "rule", "event", "page_contains", "half_life_days", "is_active"),
        quick_fields=("name", "kind", "points", "rule", "event", "page_contains", "half_life_days"),
        match_on=("name",),
        conditions={"rule": "leads.lead"},
        admin_only=True,
    )
)
