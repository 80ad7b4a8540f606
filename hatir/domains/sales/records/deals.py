"""The declaration of deals and of what stands on them and on their customers' pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.planning.queries import add_queue_source, add_step_form, add_worth
from hatir.domains.sales import actions, queries
from hatir.domains.sales.models import ASKED, STATUSES, Deal, DealApproval, DealContact, DealLine, StageStay
from hatir.domains.sales.models.approvals import STATES as APPROVAL_STATES
from hatir.foundation.records.declaration import Kpi, Late, Panel, RecordType, Scope, Section
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import offer_kpi, register, register_step
from hatir.foundation.savedviews.declared import declare_view
from hatir.foundation.timeline.queries import step_of
from hatir.foundation.transfer.linking import declare_found_only, declare_synonyms
from hatir.interface.web.layouts import Layout, offer_layout
from hatir.interface.web.nav import Page, add_page

CUSTOMER, KEY = "customers.customer", "sales.deal"
ABOUT = ("customer", "stage", "status", "amount", "currency", "product", "expected_on", "category", "probability")
COURSE = ("owner", "team", "next_step_at", "stage_entered_at", "held_until_on", "opened_on", "closed_on", "pipeline")
DEAL = register(
    RecordType(
        key=KEY,
        model=Deal,
        title="name",
        path="deals",
        icon="trending-up",
        create=actions.create_deals,
        update=actions.update_deals,
        list_columns=("name", "customer", "stage", "amount", "expected_on", "next_step_at", "owner"),
        quick_fields=("name", "customer", "amount", "stage", "expected_on"),
        match_on=("external_id",),
        sections=(
            Section("about", _("Deal"), ABOUT),
            Section("course", _("Course"), COURSE),
            Section("need", _("Need and rivals"), ("need", "source", "referred_by", "competitors")),
            Section("loss", _("Loss"), ("loss_reason", "lost_to")),
        ),
        search={"name": "A", "external_id": "C", "need": "C"},
        scope=Scope(owner="owner", team="team"),
        kinds={"amount": "money"},
        late={
            "expected_on": Late(("status",), queries.is_close_late),
            "next_step_at": Late(("status",), queries.is_step_late),
        },
        currency="currency",
        hidden={"typed_amount"},
        area="sales",
        timeline=True,
        panels=(
            Panel(CUSTOMER, _("Deals"), queries.deals_of, KEY, "customer",
                  ("stage", "amount", "expected_on"), icon="trending-up", order=10),
            Panel(KEY, _("Products"), queries.line_panel, "sales.deal_line", "deal",
                  ("quantity", "net"), icon="package", order=5, press="u"),
            Panel(KEY, _("Participants"), queries.contacts_of, "sales.deal_contact", "deal",
                  ("person", "role"), icon="users", order=10),
            Panel(CUSTOMER, _("Parts in deals"), queries.parts_of, "sales.deal_contact", "person",
                  ("deal", "role"), icon="users", order=12),
        ),
        kpis=(
            Kpi("amount", _("Amount"), queries.amount_figure),
            Kpi("expected", _("Expected value"), queries.expected_figure),
            Kpi("winning", _("Win probability"), queries.winning_figure),
            Kpi("stage", _("Stage"), queries.stage_figure),
            Kpi("step", _("Next step"), queries.step_figure),
        ),
    )
)  # fmt: skip
DEAL_CONTACT = register(
    RecordType(
        key="sales.deal_contact",
        model=DealContact,
        title="note",
        icon="users",
        list_columns=("deal", "person", "role", "note"),
        quick_fields=("person", "role", "note"),
        match_on=("deal", "person", "role"),
        scope=Scope(follows="deal"),
        part_of="deal",
    )
)
DEAL_LINE = register(
    RecordType(
        key="sales.deal_line",
        model=DealLine,
        title="name",
        icon="list",
        create=actions.create_deal_lines,
        update=actions.update_deal_lines,
        list_columns=("deal", "name", "product", "quantity", "unit_price", "discount_percent", "net"),
        quick_fields=("deal", "product", "name", "quantity", "unit_price", "discount_percent"),
        match_on=("deal", "position"),
        scope=Scope(follows="deal"),
        # A line's amounts are in the currency of its deal, so they are drawn without a sign.
        kinds={"unit_price": "number", "net": "number", "discount_percent": "percent"},
        part_of="deal",
    )
)
STAY = register_step(
    KEY,
    RecordType(
        key="sales.stage_stay",
        model=StageStay,  # type: ignore[arg-type]  # asked about, never written as a record
        title="stage",
        label=_("stay in a stage"),
        plural=_("stays in stages"),
        part_of="deal",
        plain_fields=(
            FieldSpec("stage", _("stage"), "relation", "stage", target="sales.stage"),
            FieldSpec("entered_at", _("entered"), "datetime", "entered_at"),
            FieldSpec("left_at", _("left"), "datetime", "left_at"),
        ),
    ),
)
APPROVAL = register_step(
    KEY,
    RecordType(
        key="sales.deal_approval",
        model=DealApproval,  # type: ignore[arg-type]  # asked about, never written as a record
        title="stage",
        label=_("approval of a deal"),
        plural=_("approvals of deals"),
        part_of="deal",
        plain_fields=(
            FieldSpec("stage", _("stage"), "relation", "stage", target="sales.stage"),
            FieldSpec("state", _("status"), "choice", "state", choices=APPROVAL_STATES),
            FieldSpec("asked_at", _("asked"), "datetime", "asked_at"),
            FieldSpec("decided_at", _("decided"), "datetime", "decided_at"),
        ),
    ),
)
HAPPENED = register_step(KEY, step_of(KEY))
offer_kpi(CUSTOMER, Kpi("open_deals", _("Open deals"), queries.open_worth))
declare_found_only(KEY, "stage", "product")
declare_synonyms(
    KEY,
    name=("deal", "deal name", "opportunity", "opportunity name", "firsat", "firsat adi", "konu", "subject"),
    customer=(
        "account",
        "account name",
        "customer",
        "customer name",
        "company",
        "company name",
        "client",
        "organization",
        "musteri",
        "musteri adi",
        "firma",
        "firma adi",
        "sirket",
        "cari",
        "cari adi",
        "kurum",
    ),
    external_id=(
        "opportunity id",
        "opportunity no",
        "deal id",
        "deal no",
        "firsat no",
        "firsat id",
        "firsat kodu",
        "external id",
    ),
    owner=(
        "sales agent",
        "agent",
        "owner",
        "deal owner",
        "opportunity owner",
        "sales rep",
        "salesperson",
        "temsilci",
        "satis temsilcisi",
        "sorumlu",
        "sahibi",
    ),
    stage=("deal stage", "stage", "sales stage", "opportunity stage", "asama", "satis asamasi", "durum"),
    amount=("close value", "deal value", "value", "amount", "opportunity amount", "tutar", "deger", "bedel"),
    opened_on=("engage date", "open date", "opened on", "created date", "acilis tarihi", "acilis", "baslangic tarihi"),
    closed_on=("close date", "closed date", "closed on", "actual close date", "kapanis tarihi", "kapanis"),
    expected_on=("expected close date", "expected close", "beklenen kapanis", "tahmini kapanis"),
    product=("product", "product name", "urun", "urun adi"),
)
OPEN_ONLY = {"field": "status", "op": "is", "value": STATUSES[0][0]}
declare_view(KEY, "open", pgettext_lazy("status", "Open"), OPEN_ONLY)
declare_view(KEY, "mine", _("My deals"), {"all": [OPEN_ONLY, {"field": "owner", "op": "is", "value": {"var": "me"}}]})
declare_view(
    KEY,
    "overdue",
    _("Overdue"),
    {"all": [OPEN_ONLY, {"field": "expected_on", "op": "before", "value": {"days_ago": 0}}]},
    sort="expected_on",
)
declare_view(KEY, "no_step", _("Nothing planned"), {"all": [OPEN_ONLY, {"field": "next_step_at", "op": "empty"}]})
WAITS = {"has": "sales.deal_approval", "where": {"field": "state", "op": "is", "value": ASKED}}
declare_view(KEY, "waiting", _("Waiting for approval"), WAITS)
declare_view(KEY, "won", _("Won"), {"field": "status", "op": "is", "value": "won"}, sort="-closed_on")
declare_view(
    KEY, "lost", pgettext_lazy("deal", "Lost"), {"field": "status", "op": "is", "value": "lost"}, sort="-closed_on"
)
add_worth(KEY, queries.worths_of)
add_queue_source(queries.silent_deals)
add_step_form(KEY, "/sales/deals/{id}/step/")
BOARD, FORECAST = "/sales/board/", "/sales/forecast/"
add_page("sales", Page(KEY, _("Deals"), BOARD, type_key=KEY, order=20, within="/sales/"))
offer_layout(KEY, Layout(_("Board"), "kanban", BOARD))
offer_layout(KEY, Layout(_("Forecast"), "chart", FORECAST))
add_page("sales", Page("forecast", _("Forecast and targets"), FORECAST, type_key=KEY, order=80))
