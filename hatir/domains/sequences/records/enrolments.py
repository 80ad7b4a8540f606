"""The declaration of enrolments and of what stands of them on other pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.sequences import actions, queries
from hatir.domains.sequences.models import RUN_STATES, Enrolment, StepRun
from hatir.domains.sequences.queries.subjects import CUSTOMER, DEAL, KEY, LEAD
from hatir.domains.sequences.rules import ACTIVE, PAUSED
from hatir.foundation.records.declaration import Panel, RecordType, Scope, Section
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import register, register_step
from hatir.foundation.savedviews.declared import declare_view

PLACE = ("status", "status_at", "reason", "reason_text", "step", "awaits", "due_at", "last_step", "sent_count")
CAME = ("replied_at", "met_at", "bounced_at", "opened_at")
ENROLMENT = register(
    RecordType(
        key=KEY,
        model=Enrolment,
        title="sequence",
        path="enrolments",
        icon="route",
        create=actions.create_enrolments,
        update=actions.update_enrolments,
        list_columns=("sequence", "lead", "deal", "customer", "status", "reason", "step", "due_at", "owner"),
        quick_fields=("sequence", "lead", "deal", "customer"),
        sections=(
            Section("who", _("Who"), ("sequence", "lead", "deal", "customer", "contact", "owner", "team")),
            Section("place", _("Where it stands"), PLACE),
            Section("came", _("What came of it"), ("enrolled_at", *CAME)),
        ),
        match_on=("sequence", "lead", "deal", "customer", "enrolled_at"),
        scope=Scope(owner="owner", team="team"),
        hidden={"queued_at"},
        guard_restoring=actions.keep_places,
        panels=(
            Panel(LEAD, _("Sequences"), queries.enrolments_of_lead, KEY, "lead", icon="route", order=20),
            Panel(DEAL, _("Sequences"), queries.enrolments_of_deal, KEY, "deal", icon="route", order=20),
            Panel(CUSTOMER, _("Sequences"), queries.enrolments_of_customer, KEY, "customer", icon="route", order=20),
        ),
    )
)
RUN = register_step(
    KEY,
    RecordType(
        key="sequences.step_run",
        model=StepRun,  # type: ignore[arg-type]  # asked about, never written as a record
        title="state",
        label=_("step taken"),
        plural=_("steps taken"),
        part_of="enrolment",
        plain_fields=(
            FieldSpec("step", _("step"), "relation", "step", target="sequences.step"),
            FieldSpec("state", _("what became of it"), "choice", "state", choices=RUN_STATES),
            FieldSpec("at", _("taken"), "datetime", "at"),
        ),
    ),
)
declare_view(KEY, "active", pgettext_lazy("enrolments", "Under way"), {"field": "status", "op": "is", "value": ACTIVE})
declare_view(
    KEY, "paused", pgettext_lazy("enrolments", "Paused"), {"field": "status", "op": "is", "value": PAUSED},
    sort="-status_at",
)  # fmt: skip
declare_view(
    KEY, "replied", pgettext_lazy("enrolments", "Answered"), {"field": "replied_at", "op": "not_empty"},
    sort="-replied_at",
)  # fmt: skip
