"""Sequences with steps, people who may be written to, and the clock of the room's tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hatir.domains.customers.models import Customer
from hatir.domains.leads.models import FormSubmission, Lead
from hatir.domains.leads.tests.factories import make_lead
from hatir.domains.privacy.actions import record_consents
from hatir.domains.sequences import actions
from hatir.domains.sequences.models import Enrolment, KeptMessage, Sequence
from hatir.foundation.records.actor import Actor, system_actor
from hatir.kit.ids import new_id
from tests.world.cast import make_customer

SYSTEM = system_actor("test")
ISTANBUL = ZoneInfo("Europe/Istanbul")
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ISTANBUL)
"""A Monday morning, in working time."""
MAIL = {"kind": "email", "title": "Merhaba {{ad|değerli ilgili}}", "text": "Sizi aramak isterim.\n\n{{sahip}}"}
CALL = {"kind": "call", "title": "Ara: {{ad soyad}}", "text": "Teklifi sor"}
WAIT = {"kind": "wait", "wait_amount": 2, "wait_unit": "working"}


def make_sequence(*steps: dict[str, Any], **values: Any) -> Sequence:
    """Make a sequence in use with steps; without any it has one call."""
    row = {"name": "Yeni aday karşılama", "carries": "leads", "state": "active", **values}
    made = actions.create_sequences([row], actor=SYSTEM)[0]
    actions.create_steps([{**step, "sequence": made.pk} for step in steps or (CALL,)], actor=SYSTEM)
    return made


def make_person(name: str = "Işıl Çınar", *, consent: str = "given", **values: Any) -> Customer:
    """Make a customer with an address who agreed to mails, refused them, or ("") said nothing."""
    number = new_id()
    made = make_customer(name, **{"email": f"kisi{number}@ornek.com.tr", **values})
    if consent:
        agree(made, consent)
    return made


def agree(customer: Customer, status: str = "given", at: datetime | None = None) -> None:
    """Write down what a customer said about e-mail."""
    row = {"customer": customer.pk, "channel": "email", "status": status, "obtained_from": "HS_WEB",
           "obtained_at": at or MONDAY - timedelta(days=300)}  # fmt: skip
    record_consents([row], actor=SYSTEM)


def make_willing_lead(name: str = "Işıl Çınar", **values: Any) -> Lead:
    """Make a lead with an address that agreed to mails in a form."""
    number = new_id()
    lead = make_lead(name, **{"email": f"aday{number}@ornek.com.tr", **values})
    form = _form()
    FormSubmission.objects.create(
        form_id=form, lead=lead, at=MONDAY - timedelta(days=2), address_hash="x", print_hash="y", consent=True,
        consent_channel="email", consent_text="Evet",
    )  # fmt: skip
    return lead


def _form() -> int:
    from hatir.domains.leads.actions import create_forms
    from hatir.domains.leads.models import WebForm

    known = WebForm.objects.order_by("pk").first()
    return (known or create_forms([{"name": "Teklif"}], actor=SYSTEM)[0]).pk


def enrol(sequence: Sequence, record: Any, *, actor: Actor = SYSTEM, at: datetime = MONDAY) -> Enrolment:
    """Enrol a record; it is due at the instant of the test."""
    link = {"leads": "lead", "deals": "deal", "customers": "customer"}[sequence.carries]
    made = actions.create_enrolments([{"sequence": sequence.pk, link: record.pk}], actor=actor)[0]
    Enrolment.objects.filter(pk=made.pk).update(due_at=at)
    return fresh(made)


def fresh(one: Enrolment) -> Enrolment:
    """Read an enrolment again."""
    return Enrolment.objects.select_related("step", "last_step").get(pk=one.pk)


def tick(at: datetime) -> tuple[int, int]:
    """Let the scheduled job run at an instant: steps first, then mails."""
    return actions.run_due(at), actions.send_due(at)


def kept() -> list[str]:
    """List the subjects of the messages that were kept, the oldest first."""
    return list(KeptMessage.objects.order_by("at", "pk").values_list("subject", flat=True))
