"""The declarations of segments, traits and the target customer, and what filters on customers may further ask."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.domains.customers import actions, queries
from hatir.domains.customers.actions.scores import WRITE_SCORES
from hatir.domains.customers.models import (
    SOURCES,
    CustomerTrait,
    Segment,
    SegmentStay,
    TargetCriterion,
    TargetProfile,
    Trait,
)
from hatir.foundation.access.permissions import register_permission
from hatir.foundation.records.declaration import Panel, RecordType, Scope
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import register, register_step
from hatir.foundation.timeline.queries import step_of

CUSTOMER = "customers.customer"
register_permission(
    WRITE_SCORES,
    _("Write derived facts of customers"),
    _("Purchases, RFM, revenue and profit of customers, by programs and imports."),
)
SEGMENT = register(
    RecordType(
        key="customers.segment",
        model=Segment,
        title="name",
        path="segments",
        icon="chart",
        create=actions.create_segments,
        update=actions.update_segments,
        list_columns=("name", "member_count", "description", "counted_at", "owner", "hue"),
        quick_fields=("name", "description", "rule"),
        search={"name": "A", "description": "C"},
        match_on=("name",),
        scope=Scope(owner="owner", team="team"),
        hides=queries.hidden_segments,
        area="customers",
        panels=(
            Panel(CUSTOMER, _("Segments"), queries.segments_of, "customers.segment", icon="chart", order=60),
            Panel(CUSTOMER, _("Traits"), queries.traits_of, "customers.trait", icon="sparkles", order=62),
            Panel(
                CUSTOMER, _("Fit with the target customer"), queries.fit_of, "customers.target_criterion",
                icon="target", order=64,
            ),
        ),
    )
)  # fmt: skip
TRAIT = register(
    RecordType(
        key="customers.trait",
        model=Trait,
        title="name",
        icon="sparkles",
        list_columns=("name", "dimension"),
        order=("dimension", "name"),
        match_on=("name",),
    )
)
TARGET_PROFILE = register(
    RecordType(
        key="customers.target_profile",
        model=TargetProfile,
        title="name",
        path="target-customers",
        icon="target",
        list_columns=("name", "description", "is_active", "owner"),
        quick_fields=("name", "description", "is_active"),
        search={"name": "A"},
        match_on=("name",),
        scope=Scope(owner="owner", team="team"),
        area="customers",
    )
)
TARGET_CRITERION = register(
    RecordType(
        key="customers.target_criterion",
        model=TargetCriterion,
        title="name",
        icon="check",
        create=actions.create_criteria,
        update=actions.update_criteria,
        list_columns=("profile", "name", "rule", "weight"),
        match_on=("profile", "name"),
        conditions={"rule": "customers.customer"},
        scope=Scope(follows="profile"),
        part_of="profile",
    )
)
STAY = register_step(
    CUSTOMER,
    RecordType(
        key="customers.segment_stay",
        model=SegmentStay,  # type: ignore[arg-type]  # asked about, never written as a record
        title="segment",
        label=_("stay in a segment"),
        plural=_("stays in segments"),
        part_of="customer",
        plain_fields=(
            FieldSpec("segment", _("segment"), "relation", "segment", target="customers.segment"),
            FieldSpec("entered_at", _("entered"), "datetime", "entered_at"),
            FieldSpec("left_at", _("left"), "datetime", "left_at"),
        ),
    ),
)
NOTED_TRAIT = register_step(
    CUSTOMER,
    RecordType(
        key="customers.noted_trait",
        model=CustomerTrait,  # type: ignore[arg-type]  # asked about, never written as a record
        title="trait",
        label=_("noted trait"),
        plural=_("noted traits"),
        part_of="customer",
        plain_fields=(
            FieldSpec("trait", _("trait"), "relation", "trait", target="customers.trait"),
            FieldSpec("given_by", _("known from"), "choice", "given_by", choices=SOURCES),
            FieldSpec("noted_at", _("noted"), "datetime", "noted_at"),
        ),
    ),
)
HAPPENED = register_step(CUSTOMER, step_of(CUSTOMER))
