"""A value for any field, and a record of any type: what the conformance suite fills forms with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hatir.foundation.records import actions
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.records.values import clean_values
from hatir.kit.gtin import check_digit
from tests.world.cast import SYSTEM

FIRST_DAY = date(2026, 1, 5)
FIRST_INSTANT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
# A Turkish letter of every kind, so that folding and casing are always under test.
WORD = "Çınar Işıklı Öğüş"
TAX_NUMBERS = ("1234567808", "1234567890")
IDENTITY_NUMBERS = ("10000000146", "12345678950")
MERSIS_NUMBERS = ("0123456789012345",)

NEEDED: Mapping[tuple[str, str], tuple[Any, ...]] = {
    ("accounts.goal", "target"): ("100", "250.50"),
    ("customers.customer", "tckn"): IDENTITY_NUMBERS,
    ("customers.customer", "vkn"): TAX_NUMBERS,
    ("customization.field", "type_key"): ("customers.customer",),
    ("customization.field", "kind"): ("text",),
    ("customization.field", "choice_lines"): ("",),
    ("customization.field", "target"): ("",),
    ("webhooks.endpoint", "events"): ("*", "customers.customer.created"),
    ("customers.contact_point", "kind"): ("web", "instagram"),
    ("planning.booking_page", "hours"): ("09:00-18:00", "10:00-17:30"),
    ("planning.booking_page", "zone"): ("Europe/Istanbul", "Europe/Berlin"),
    ("planning.task", "kind"): ("call",),
    ("planning.task", "status"): ("done",),
    ("planning.task", "outcome"): ("reached", "no_answer"),
    ("planning.task", "repeat_rule"): ("FREQ=DAILY", "FREQ=WEEKLY"),
    ("customers.segment", "rule"): ('stage is "lead"', 'stage is "lost"'),
    ("catalog.product", "barcode"): tuple(f"869{number:09d}{check_digit(f'869{number:09d}')}" for number in range(200)),
    ("commerce.order", "status"): ("draft",),
    ("commerce.order", "currency"): ("TRY",),
    ("commerce.order", "discount_amount"): ("0",),
    ("quotes.quote", "currency"): ("TRY",),
    ("quotes.quote", "discount_amount"): ("0",),
    ("quotes.quote_line", "kind"): ("item",),
    ("customers.target_criterion", "rule"): ('stage is "lead"', 'stage is "lost"'),
    ("leads.assignment_rule", "rule"): ("score > 10", "score > 20"),
    ("leads.assignment_rule", "way"): ("person", "skill"),
    ("leads.form", "origins"): ("https://ornek.com.tr", "https://ornek2.com.tr"),
    ("leads.lead", "status"): ("working", "qualified"),
    ("leads.score_rule", "rule"): ("score > 10", "score > 20"),
    ("leads.score_rule", "event"): ("visit", "form"),
    ("sales.quota", "period"): ("month",),
    ("sales.quota", "starts_on"): ("2026-01-01", "2026-02-01"),
    ("sales.stage", "approval_rule"): ("amount > 0", "amount >= 0"),
    ("sales.stage", "entry_rule"): ("amount > 0", "amount >= 0"),
    ("sales.stage", "needed_fields"): ("amount", "amount\ncustomer"),
    ("sequences.sequence", "carries"): ("leads",),
    ("sequences.sequence", "state"): ("draft", "paused"),
    ("sequences.sequence", "rule"): ("score > 10", "score > 20"),
    ("sequences.enrolment", "status"): ("finished",),
}
"""Values that a room's own rules allow, by root type and field; the number picks one."""

ASKED_FOR = frozenset({
    ("quotes.quote", "customer"),  # or a deal that has one
    ("sequences.enrolment", "lead"),  # or a deal or a customer
    ("sequences.step", "text"),  # of a mail
})  # fmt: skip
"""Fields that a room asks for although a form may leave them empty."""
LEFT_OUT: Mapping[str, frozenset[str]] = {
    "accounts.answer": frozenset({"deal", "quote"}),  # they belong to the plan's own customer
    # The parts of a name follow from the whole; a MERSİS number has check digits of its own.
    "customers.customer": frozenset({"given_name", "family_name", "mersis", "honorific"}),
    "customization.field": frozenset({"required"}),
    "catalog.list_price": frozenset({"percent_off"}),  # either a price or a per cent
    "sales.quota": frozenset({"team", "branch"}),  # a target is for one of person, team and territory
    "sequences.enrolment": frozenset({"deal", "customer", "contact"}),  # exactly one is carried
    "webhooks.endpoint": frozenset({"owner"}),  # whose rights it has is a decision of its own
}
FIXED_LATER: Mapping[str, frozenset[str]] = {
    "customization.field": frozenset({"type_key", "kind", "target"}),
    "privacy.consent": frozenset({"customer", "channel", "status", "obtained_from", "obtained_at"}),
    "sequences.enrolment": frozenset({"sequence", "lead", "enrolled_at"}),
    "sequences.step": frozenset({"sequence"}),
}
"""Fields that a room does not let change once the record exists."""


SINCE: Mapping[str, frozenset[str]] = {
    "leads.lead": frozenset({"assigned_at", "qualified_at", "status_at"}),
    "sales.deal": frozenset({"stage_entered_at"}),
}
"""Instants that follow from when something was changed: no file puts them back."""


class World:
    """Makes the records that others link to, one of each type, when first asked for."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int], int] = {}

    def link(self, type_key: str, number: int) -> int:
        """Give the id of a record of a type to link to; even and odd numbers give two different ones."""
        place = (record_type(type_key).root_key, number % 2)
        if place not in self._made:
            self._made[place] = make_records(self, record_type(place[0]), 1, start=90 + place[1], only_needed=True)[
                0
            ].pk
        return self._made[place]


def raw_values(world: World, rt: RecordType, number: int, *, only_needed: bool = False) -> dict[str, Any]:
    """Give a value for every field that may be written (or must be), different for each number."""
    left_out = LEFT_OUT.get(rt.root_key, frozenset())
    return {
        name: value_for(world, rt, spec, number)
        for name, spec in fields_of(rt).items()
        if spec.editable
        and name not in left_out
        and (spec.required or not only_needed or name == rt.title or (rt.root_key, name) in ASKED_FOR)
    }


def other_values(world: World, rt: RecordType, number: int) -> dict[str, Any]:
    """Give values to change a record to: every field that may change, each different from `number`'s."""
    fixed = FIXED_LATER.get(rt.root_key, frozenset())
    return {name: value for name, value in raw_values(world, rt, number + 1).items() if name not in fixed}


def make_records(
    world: World, rt: RecordType, count: int, *, start: int = 0, actor: Actor = SYSTEM, only_needed: bool = False
) -> list[Any]:
    """Make records of a type through its own creating verb."""
    fields = fields_of(rt)
    rows = [
        clean_values(fields, raw_values(world, rt, number, only_needed=only_needed), complete=True)
        for number in range(start, start + count)
    ]
    return list(actions.create(rt, rows, actor=actor))


def value_for(world: World, rt: RecordType, spec: FieldSpec, number: int) -> Any:
    """Give a raw value, as a form or an API client sends it."""
    needed = NEEDED.get((rt.root_key, spec.name))
    if needed:
        return needed[number % len(needed)]
    if spec.kind in ("relation", "user", "team"):
        return world.link(spec.target, number)
    if spec.kind == "relations":
        return [world.link(spec.target, number)]
    if spec.kind in ("choice", "multichoice"):
        key = spec.choices[number % len(spec.choices)][0]
        return [key] if spec.kind == "multichoice" else key
    return _plain_value(spec, number)


def _plain_value(spec: FieldSpec, number: int) -> Any:
    made: dict[str, Any] = {
        "text": f"{WORD} {number}",
        "longtext": f"{WORD}\n{number}. satır",
        "email": f"kisi{number}@ornek.com.tr",
        "phone": f"0555 010 {number // 100 % 100:02d} {number % 100:02d}",
        "url": f"https://ornek{number}.com.tr/",
        "integer": 10 + number,
        "number": Decimal(f"{10 + number}.25"),
        "money": Decimal(f"{1000 + number}.50"),
        "percent": Decimal(f"{number % 90}.50"),
        "boolean": number % 2 == 0,
        "date": FIRST_DAY + timedelta(days=number),
        "datetime": FIRST_INSTANT + timedelta(hours=number),
    }
    value = made[spec.kind]
    return value[-spec.max_length :] if isinstance(value, str) and spec.max_length else value
