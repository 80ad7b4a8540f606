"""The declarations of the room's objects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.domains.customers import actions, queries
from hatir.domains.customers.actions.scores import SCORES, WRITE_SCORES
from hatir.domains.customers.models import (
    CHANNELS,
    COMPANY,
    PERSON,
    Address,
    ContactPoint,
    Customer,
    CustomerList,
    Relation,
    RelationKind,
    Tag,
)
from hatir.foundation.records.actor import HOUSE, name_part
from hatir.foundation.records.declaration import Kpi, Panel, Reckoned, RecordType, Scope, Section
from hatir.foundation.records.fields import Kind
from hatir.foundation.records.registry import register
from hatir.foundation.savedviews.declared import declare_view
from hatir.foundation.transfer.contacts import EMAIL, PHONE, PLACES, TEXT, address_columns
from hatir.foundation.transfer.further import Further, declare_further
from hatir.foundation.transfer.linking import declare_linked

CONTACT = Section(
    "contact",
    _("Contact"),
    ("phone", "email", "website", "address", "district", "city", "postal_code", "country", "region"),
)
PROFILE = ("stage", "owner", "team", "source", "language", "preferred_channel", "next_contact_at", "external_id")
PERSON_FIELDS = (
    "company", "job_title", "honorific", "birth_on", "gender", "tckn", "income_band", "education", "occupation",
)  # fmt: skip
VALUE = Section(
    "value",
    _("Value and behaviour"),
    (
        "value_band", "fit_score", "revenue", "profit", "lifetime_value", "first_purchase_on", "last_purchase_on",
        "order_count", "average_basket", "days_between_orders", "repeat_rate", "monthly_uses", "rfm", "rfm_score",
    ),
)  # fmt: skip
TRAITS = Section("traits", _("Traits"), ("traits",))
COMPANY_FIELDS = (
    "legal_name", "vkn", "tax_office", "mersis", "industry",
    "employee_count", "annual_revenue", "founded_year", "parent",
)  # fmt: skip
WISHES = Section("needs", _("Needs and notes"), ("needs", "note"))
SEARCH = {"name": "A", "legal_name": "B", "phone": "B", "email": "B", "vkn": "C", "tckn": "C", "external_id": "C"}
PERSONAL = {"name", "given_name", "family_name", "phone", "email", "address", "birth_on", "tckn", "vkn", "mersis"}
MASKED = {"tckn", "vkn", "mersis"}
HELPERS = {"name_fold", "name_sort", "phone_e164", "city_fold"}
KINDS: dict[str, Kind] = {
    "phone": "phone",
    "annual_revenue": "money",
    "lifetime_value": "money",
    "average_basket": "money",
    "revenue": "money",
    "profit": "money",
    "repeat_rate": "percent",
}
RECKONED = {
    "age": Reckoned("birth_on", "age", _("age")),
    "birthday_in": Reckoned("birth_on", "birthday", _("days until the birthday")),
}
LAST_CHANNELS = (*CHANNELS, ("web", _("Web")), ("message", _("Message")))
name_part("customers", HOUSE)
name_part("customers.segments", HOUSE)
CUSTOMER = register(
    RecordType(
        key="customers.customer",
        model=Customer,
        title="name",
        path="customers",
        icon="users",
        create=actions.create_customers,
        update=actions.update_customers,
        draft=actions.draft_customers,
        list_columns=("name", "tags", "stage", "phone", "city", "last_contact_at", "owner"),
        quick_fields=("name", "phone", "email"),
        match_on=("external_id", "vkn", "tckn", "email", "phone"),
        sections=(
            CONTACT,
            Section("profile", _("Profile"), (*PROFILE, "kind")),
            Section("person", _("Person"), ("given_name", "family_name", *PERSON_FIELDS)),
            Section("company", _("Company"), COMPANY_FIELDS),
            VALUE,
            TRAITS,
            WISHES,
        ),
        search=SEARCH,
        search_extra=queries.search_words,
        scope=Scope(owner="owner", team="team"),
        personal=PERSONAL,
        masked=MASKED,
        hidden=HELPERS,
        kinds=KINDS,
        reckoned=RECKONED,
        written_by=dict.fromkeys(SCORES, WRITE_SCORES),
        fold={"name": "name_fold", "city": "city_fold"},
        choices={"last_contact_channel": lambda: LAST_CHANNELS},
        sort={"name": "name_sort"},
        area="customers",
        timeline=True,
        panels=(
            Panel(
                "customers.company",
                _("People"),
                queries.people_of,
                "customers.person",
                "company",
                icon="users",
                order=20,
            ),
            Panel(
                "customers.company",
                _("Subsidiaries"),
                queries.subsidiaries_of,
                "customers.company",
                "parent",
                icon="building-2",
                order=30,
            ),
            Panel("customers.customer", _("Lists"), queries.lists_of, "customers.list", icon="list", order=70),
        ),
        kpis=(
            Kpi("value", _("Lifetime value"), queries.lifetime_value),
            Kpi("bought", _("Last purchase"), queries.last_purchase),
            Kpi("last", _("Last contact"), queries.last_contact),
            Kpi("next", _("Next contact"), queries.next_contact),
        ),
    )
)


def _narrowed(base: RecordType, without: tuple[str, ...], **other: Any) -> RecordType:
    """Declare a view on the customers' table that leaves out the fields of the other kind."""
    gone = set(without)
    return replace(
        base,
        narrows=base.key,
        panels=(),
        hidden={*base.hidden, *gone},
        personal=set(base.personal) - gone,
        masked=set(base.masked) - gone,
        search={name: weight for name, weight in base.search.items() if name not in gone},
        kinds={name: kind for name, kind in base.kinds.items() if name not in gone},
        **other,
    )


PERSON_TYPE = register(
    _narrowed(
        CUSTOMER,
        COMPANY_FIELDS,
        key="customers.person",
        path="people",
        label=_("person"),
        plural=_("people"),
        icon="user",
        where={"kind": PERSON},
        list_columns=("name", "company", "tags", "stage", "phone", "city", "last_contact_at", "owner"),
        quick_fields=("name", "phone", "email", "company"),
        match_on=("external_id", "tckn", "email", "phone"),
        sections=(CONTACT, Section("profile", _("Profile"), (*PROFILE, *PERSON_FIELDS)), VALUE, TRAITS, WISHES),
    )
)
COMPANY_TYPE = register(
    _narrowed(
        CUSTOMER,
        (*PERSON_FIELDS, "given_name", "family_name"),
        key="customers.company",
        path="companies",
        label=_("company"),
        plural=_("companies"),
        icon="building-2",
        where={"kind": COMPANY},
        list_columns=("name", "industry", "tags", "stage", "city", "annual_revenue", "phone", "owner"),
        quick_fields=("name", "phone", "email", "vkn"),
        match_on=("external_id", "vkn", "name"),
        sections=(CONTACT, Section("company", _("Company"), (*COMPANY_FIELDS, *PROFILE)), VALUE, TRAITS, WISHES),
    )
)
TAG = register(
    RecordType(
        key="customers.tag",
        model=Tag,
        title="name",
        icon="tag",
        list_columns=("name", "hue"),
        order=("name",),
        match_on=("name",),
    )
)
CONTACT_POINT = register(
    RecordType(
        key="customers.contact_point",
        model=ContactPoint,
        title="value",
        icon="at-sign",
        create=actions.create_contact_points,
        update=actions.update_contact_points,
        list_columns=("customer", "kind", "label", "value"),
        match_on=("customer", "kind", "value"),
        scope=Scope(follows="customer"),
        hidden={"value_normal"},
        personal={"value"},
        part_of="customer",
    )
)
ADDRESS = register(
    RecordType(
        key="customers.address",
        model=Address,
        title="address",
        icon="map-pin",
        list_columns=("customer", "kind", "address", "district", "city"),
        match_on=("customer", "kind", "address"),
        scope=Scope(follows="customer"),
        personal={"address"},
        part_of="customer",
    )
)
RELATION_KIND = register(
    RecordType(
        key="customers.relation_kind",
        model=RelationKind,
        title="name",
        icon="link",
        list_columns=("name", "reverse_name"),
        order=("name",),
        match_on=("name",),
    )
)
RELATION = register(
    RecordType(
        key="customers.relation",
        model=Relation,
        title="role",
        icon="link",
        list_columns=("customer", "kind", "other", "role", "decides"),
        match_on=("customer", "kind", "other"),
        scope=Scope(follows="customer"),
        part_of="customer",
    )
)
LIST = register(
    RecordType(
        key="customers.list",
        model=CustomerList,
        title="name",
        icon="list",
        list_columns=("name", "description", "owner", "updated_at"),
        quick_fields=("name", "description"),
        search={"name": "A"},
        match_on=("name",),
        scope=Scope(owner="owner", team="team"),
        read_only={"members"},
        area="customers",
    )
)

declare_further(
    "customers.customer",
    Further("+phone", _("Further phone"), "customers.contact_point", "phone", PHONE, "phone"),
    Further("+email", _("Further e-mail"), "customers.contact_point", "email", EMAIL, "email"),
    Further("+web", _("Further website"), "customers.contact_point", "web", TEXT, "website"),
    Further("+instagram", "Instagram", "customers.contact_point", "instagram", TEXT),
    Further("+linkedin", "LinkedIn", "customers.contact_point", "linkedin", TEXT),
    Further("+x", "X", "customers.contact_point", "x", TEXT),
    Further("+facebook", "Facebook", "customers.contact_point", "facebook", TEXT),
    Further("+address", _("Further address"), "customers.address", "other", PLACES, "address"),
    *address_columns(
        "customers.address",
        {"home": _("Home address"), "delivery": _("Delivery address"), "other": _("Other address")},
    ),
)
declare_linked("customers.customer", company="customers.company")
declare_view("customers.customer", "mine", _("My customers"), {"field": "owner", "op": "is", "value": {"var": "me"}})
declare_view(
    "customers.customer",
    "new",
    _("New (30 days)"),
    {"field": "created_at", "op": "after", "value": {"days_ago": 30}},
    sort="-created_at",
)
declare_view(
    "customers.customer",
    "quiet",
    _("Gone quiet (90 days)"),
    {"field": "last_contact_at", "op": "before", "value": {"days_ago": 90}},
    sort="last_contact_at",
)
declare_view(
    "customers.customer",
    "unreachable",
    _("Cannot be reached"),
    {
        "all": [
            {"field": "phone", "op": "empty"},
            {"field": "email", "op": "empty"},
            {"has_no": "customers.contact_point"},
        ]
    },
)
