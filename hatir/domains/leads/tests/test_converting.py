"""Converting: person, company and deal at once or not at all; once; and nothing of the lead's history is lost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.customers.models import Customer
from hatir.domains.leads import actions
from hatir.domains.leads.models import Lead, LeadStep
from hatir.domains.leads.tests.factories import SYSTEM, fresh, make_lead
from hatir.domains.planning import actions as planning
from hatir.domains.planning.queries import open_tasks_about
from hatir.domains.sales.models import Deal, DealContact
from hatir.domains.sales.tests.factories import make_pipeline
from hatir.foundation.audit.undo import undo
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.timeline.actions import post_note
from hatir.foundation.timeline.queries import entries_of
from tests.world.cast import Cast, Member, make_cast
from tests.world.instants import archived_by_audit

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    make_pipeline()
    return make_cast()


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def of_ayse(cast: Cast, **values: Any) -> Lead:
    given = {"email": "isil@ornek.com.tr", "phone": "0555 010 11 22", "company_name": "Mavi Koy Otel", "city": "İzmir",
             "estimated_value": Decimal(1000), "need": "Lobi"}  # fmt: skip
    return make_lead(owner=cast.ayse.user.pk, team=cast.shop.pk, **{**given, **values})


class TestConversion:
    def test_makes_person_company_and_deal(self, cast: Cast) -> None:
        lead, at = of_ayse(cast), timezone.now() + timedelta(hours=1)

        made = actions.convert_lead(lead.pk, actor=cast.ayse.actor, person="new", company="new", deal={}, at=at)

        assert made.person is not None
        assert made.company is not None
        assert made.deal is not None
        assert (made.person.name, made.person.company_id, made.person.email) == (
            "Işıl Çınar", made.company.pk, "isil@ornek.com.tr")  # fmt: skip
        assert (made.company.name, made.company.kind) == ("Mavi Koy Otel", "company")
        assert (made.deal.amount, made.deal.customer_id, made.deal.need) == (Decimal(1000), made.company.pk, "Lobi")
        assert DealContact.objects.get().person_id == made.person.pk
        found = fresh(lead)
        assert (found.status, found.customer_id, found.deal_id) == ("converted", made.person.pk, made.deal.pk)
        assert (found.converted_at, LeadStep.objects.get(status="converted").entered_at) == (at, at)
        fact = OutboxEvent.objects.get(key="leads.lead_converted").payload
        assert len(fact["about"]) == 4

    def test_puts_the_leads_way_onto_the_timeline_of_whom_it_became(self, cast: Cast) -> None:
        lead = of_ayse(cast)
        actions.qualify_lead(lead, actor=cast.ayse.actor)

        made = actions.convert_lead(lead.pk, actor=cast.ayse.actor, person="new", deal={})
        deliver_waiting()

        assert made.person is not None
        shown = entries_of(cast.ayse.actor, RecordRef("customers.customer", made.person.pk)).entries
        way = [(entry.title, entry.user_label, entry.at) for entry in shown if entry.title.startswith("aday: ")]
        steps = LeadStep.objects.filter(lead=lead).order_by("-entered_at", "-pk")
        assert way == [
            (f"aday: {name}", step.user_label, step.entered_at)
            for name, step in zip(("Dönüştü", "Nitelikli", "Yeni"), steps, strict=True)
        ]

    def test_of_two_people_at_once_happens_once(self, cast: Cast) -> None:
        lead = of_ayse(cast)
        actions.convert_lead(lead.pk, actor=cast.ayse.actor, person="new", deal={})
        before = Customer.objects.count(), Deal.objects.count()

        with pytest.raises(actions.AlreadyConverted, match="Ayşe Yıldırım"):
            actions.convert_lead(lead.pk, actor=cast.admin.actor, person="new", deal={})

        assert (Customer.objects.count(), Deal.objects.count()) == before

    def test_takes_who_is_there_and_fills_what_is_missing(self, cast: Cast) -> None:
        lead = of_ayse(cast, email="elif@ornek.com.tr", phone="0555 010 24 68")

        made = actions.convert_lead(lead.pk, actor=cast.ayse.actor, person=cast.elif_kaya.pk)

        assert made.person is not None
        assert made.person.pk == cast.elif_kaya.pk
        assert Customer.objects.get(pk=cast.elif_kaya.pk).email == "elif@ornek.com.tr"
        assert made.deal is None

    def test_fails_whole(self, cast: Cast) -> None:
        lead, before = of_ayse(cast), Customer.objects.count()
        with pytest.raises(Invalid):
            actions.convert_lead(lead.pk, actor=cast.ayse.actor, person="new", deal={"customer": -5})
        assert Customer.objects.count() == before
        assert fresh(lead).status == "new"

    def test_refuses_what_makes_no_sense(self, cast: Cast) -> None:
        lead = of_ayse(cast)
        with pytest.raises(Invalid):
            actions.convert_lead(lead.pk, actor=SYSTEM, person="none", company="none")
        with pytest.raises(Invalid):
            actions.convert_lead(lead.pk, actor=SYSTEM, person=cast.lale_market.pk)
        actions.disqualify_lead(fresh(lead), reason="Bütçesi yok", actor=SYSTEM)
        with pytest.raises(Invalid):
            actions.convert_lead(lead.pk, actor=SYSTEM, person="new")

    def test_is_taken_back_whole(self, cast: Cast) -> None:
        lead, actor = of_ayse(cast), cast.ayse.actor
        made = actions.convert_lead(lead.pk, actor=actor, person="new", company="new", deal={})

        result = undo(actor.operation, cast.ayse.actor)

        found = fresh(lead)
        assert result.skipped == ()
        assert (found.status, found.customer_id, found.company_id, found.deal_id, found.converted_at) == (
            "new", None, None, None, None)  # fmt: skip
        made_records = [*Customer.objects.filter(pk__in=[made.lead.customer_id, made.lead.company_id]), made.deal]
        assert len(made_records) == 3
        for record in made_records:
            assert record is not None
            record.refresh_from_db()
            assert record.archived_at == archived_by_audit(record)
        assert list(LeadStep.objects.values_list("status", "left_at")) == [("new", None)]


class TestHistory:
    def test_is_seen_from_customer_and_deal(self, cast: Cast) -> None:
        lead, actor = of_ayse(cast), cast.ayse.actor
        about = RecordRef("leads.lead", lead.pk)
        post_note(about, "Kumaş sordu", actor=actor)
        planning.plan("Numune gönder", actor=actor, about=about)

        made = actions.convert_lead(lead.pk, actor=cast.ayse.actor, person="new", company="new", deal={})

        assert made.person is not None
        assert made.company is not None
        assert made.deal is not None
        for key, pk in (
            ("customers.customer", made.person.pk),
            ("customers.customer", made.company.pk),
            ("sales.deal", made.deal.pk),
        ):
            ref = RecordRef(key, pk)
            assert "Kumaş sordu" in [entry.body for entry in entries_of(cast.ayse.actor, ref).entries]
            assert [task.title for task in open_tasks_about(cast.ayse.actor, ref)] == ["Numune gönder"]
            assert "Işıl Çınar" in signed_in(cast.ayse).get(f"{ref.url}related/").content.decode()

    def test_of_a_lead_out_of_sight_stays_hidden(self, cast: Cast) -> None:
        lead = of_ayse(cast)
        post_note(RecordRef("leads.lead", lead.pk), "Gizli söz", actor=cast.ayse.actor)
        actions.convert_lead(lead.pk, actor=SYSTEM, person=cast.deniz_isik.pk)

        ref = RecordRef("customers.customer", cast.deniz_isik.pk)

        assert "Gizli söz" not in [entry.body for entry in entries_of(cast.mehmet.actor, ref).entries]


class TestScreen:
    def test_offers_who_it_may_be_and_converts(self, cast: Cast) -> None:
        lead = of_ayse(cast, phone="0555 010 24 68", company_name="")
        client, url = signed_in(cast.ayse), f"/records/leads.lead/{lead.public_id}/conversion/"

        asked = client.get(url).content.decode()
        answer = client.post(
            url, {"person": cast.elif_kaya.public_id, "deal": "1", "deal_name": "Lobi", "amount": "1.500,50"}
        )

        assert f'value="{cast.elif_kaya.public_id}" checked' in asked
        assert answer.status_code == 302
        assert (Deal.objects.get().name, Deal.objects.get().amount) == ("Lobi", Decimal("1500.50"))

    def test_keeps_what_was_typed_when_it_is_wrong(self, cast: Cast) -> None:
        lead = of_ayse(cast)
        client, url = signed_in(cast.ayse), f"/records/leads.lead/{lead.public_id}/conversion/"

        answer = client.post(url, {"person": "new", "deal": "1", "deal_name": "Lobi", "amount": "çok"})

        assert answer.status_code == 422
        assert 'value="Lobi"' in answer.content.decode()
        assert fresh(lead).status == "new"

    def test_a_second_conversion_is_refused_in_words(self, cast: Cast) -> None:
        lead = of_ayse(cast)
        actions.convert_lead(lead.pk, actor=cast.ayse.actor, person="new")
        url = f"/records/leads.lead/{lead.public_id}/conversion/"

        answer = signed_in(cast.admin).post(url, {"person": "new"}, headers={"HX-Request": "true"})

        assert answer.status_code == 422
        assert "Ayşe Yıldırım" in answer["HX-Trigger"].encode().decode("unicode_escape")
