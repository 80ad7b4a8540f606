"""The declaration of leads and of what stands on them and on their customers' and deals' pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.leads import actions, queries
from hatir.domains.leads.models import STATUSES, DisqualifyReason, Holiday, Lead, LeadStep
from hatir.domains.leads.queries.queue import lead_worths, waiting_leads
from hatir.domains.leads.rules import NEW, OPEN, WORKING
from hatir.domains.planning.queries import add_queue_source, add_worth
from hatir.foundation.records.declaration import Kpi, Late, Panel, RecordType, Scope, Section
from hatir.foundation.records.fields import FieldSpec, Kind
from hatir.foundation.records.registry import register, register_step
from hatir.foundation.savedviews.declared import declare_view
from hatir.foundation.timeline.joining import join_history
from hatir.foundation.timeline.queries import step_of
from hatir.interface.web.layouts import Layout, offer_layout
from hatir.interface.web.nav import Page, add_page

CUSTOMER, DEAL, KEY = "customers.customer", "sales.deal", "leads.lead"
KINDS: dict[str, Kind] = {"phone": "phone", "estimated_value": "money"}
CONTACT = ("phone", "email", "company_name", "job_title", "city", "region", "website", "industry", "employee_count")
COURSE = (
    "status", "status_at", "owner", "team", "captured_at", "assigned_at", "response_due_at", "first_response_at",
    "last_activity_at", "nurture_until_on", "disqualify_reason",
)  # fmt: skip
BECAME = ("customer", "company", "deal", "qualified_at", "converted_at", "disqualified_at")
TOUCH = (
    "source", "referred_by", "first_page", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_term",
    "utm_content", "external_id",
)  # fmt: skip
LEAD = register(
    RecordType(
        key=KEY,
        model=Lead,
        title="name",
        path="leads",
        icon="user-plus",
        create=actions.create_leads,
        update=actions.update_leads,
        list_columns=(
            "name", "company_name", "status", "score", "source", "city", "estimated_value", "response_due_at", "owner",
        ),
        quick_fields=("name", "company_name", "phone", "email", "need"),
        match_on=("external_id", "email", "phone"),
        sections=(
            Section("contact", _("Contact"), CONTACT),
            Section("need", _("Need"), ("need", "product", "estimated_value", "currency", "score", "chance")),
            Section("course", _("Course"), COURSE),
            Section("touch", _("Where it came from"), TOUCH),
            Section("became", _("What became of it"), BECAME),
        ),
        search={"name": "A", "company_name": "A", "email": "B", "phone": "B", "need": "C", "external_id": "C"},
        scope=Scope(owner="owner", team="team"),
        personal={"name", "email", "phone"},
        hidden={"phone_e164", "city_fold"},
        kinds=KINDS,
        fold={"city": "city_fold"},
        late={"response_due_at": Late(("status", "first_response_at"), queries.is_late)},
        currency="currency",
        area="sales",
        timeline=True,
        panels=(
            Panel(CUSTOMER, _("Leads"), queries.leads_of_customer, KEY, icon="user-plus", order=14),
            Panel(CUSTOMER, _("Recommended"), queries.leads_brought_by, KEY, "referred_by", icon="megaphone", order=66),
            Panel(DEAL, _("Came from"), queries.leads_of_deal, KEY, icon="user-plus", order=14),
        ),
        kpis=(
            Kpi("status", _("Status"), queries.status_figure),
            Kpi("score", _("Score"), queries.score_figure),
            Kpi("value", _("Estimated value"), queries.value_figure),
            Kpi("response", _("First response"), queries.response_figure),
        ),
    )
)  # fmt: skip
REASON = register(
    RecordType(
        key="leads.disqualify_reason",
        model=DisqualifyReason,
        title="name",
        icon="circle-x",
        list_columns=("name",),
        order=("name",),
        match_on=("name",),
    )
)
HOLIDAY = register(
    RecordType(
        key="leads.holiday",
        model=Holiday,
        title="name",
        icon="calendar",
        list_columns=("day", "name", "ends_at_noon"),
        quick_fields=("day", "name", "ends_at_noon"),
        order=("-day", "id"),
        match_on=("day",),
        admin_only=True,
    )
)
STEP = register_step(
    KEY,
    RecordType(
        key="leads.lead_step",
        model=LeadStep,  # type: ignore[arg-type]  # asked about, never written as a record
        title="status",
        label=_("step of a lead"),
        plural=_("steps of a lead"),
        part_of="lead",
        plain_fields=(
            FieldSpec("status", _("status"), "choice", "status", choices=STATUSES),
            FieldSpec("came_from", _("came from"), "choice", "came_from", choices=STATUSES),
            FieldSpec("entered_at", _("entered"), "datetime", "entered_at"),
            FieldSpec("left_at", _("left"), "datetime", "left_at"),
        ),
    ),
)
HAPPENED = register_step(KEY, step_of(KEY))
join_history(CUSTOMER, queries.refs_of_customer)
join_history(DEAL, queries.refs_of_deal)
add_queue_source(waiting_leads)
add_worth(KEY, lead_worths)
STILL_OPEN = {"field": "status", "op": "in", "value": list(OPEN)}
declare_view(KEY, "open", pgettext_lazy("status", "Open"), STILL_OPEN, sort="-score")
declare_view(KEY, "mine", _("My leads"), {"all": [STILL_OPEN, {"field": "owner", "op": "is", "value": {"var": "me"}}]})
declare_view(KEY, "new", pgettext_lazy("leads", "New"), {"field": "status", "op": "is", "value": NEW})
declare_view(
    KEY,
    "unanswered",
    _("Not answered yet"),
    {"all": [{"field": "status", "op": "in", "value": [NEW, WORKING]}, {"field": "first_response_at", "op": "empty"}]},
    sort="response_due_at",
)
declare_view(KEY, "unassigned", _("Nobody’s"), {"all": [STILL_OPEN, {"field": "owner", "op": "empty"}]})
declare_view(
    KEY, "converted", pgettext_lazy("leads", "Converted"), {"field": "status", "op": "is", "value": "converted"},
    sort="-converted_at",
)  # fmt: skip
add_page("sales", Page(KEY, _("Leads"), "/sales/leads/", type_key=KEY, order=10))
offer_layout(KEY, Layout(_("Report"), "chart", "/sales/leads/report/"))
