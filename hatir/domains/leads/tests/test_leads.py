"""The way of a lead: which step may follow which, what is remembered of each, when an answer is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.leads import actions
from hatir.domains.leads.models import DisqualifyReason, Holiday, Lead, LeadStep
from hatir.domains.leads.tests.factories import SYSTEM, fresh, make_lead
from hatir.domains.planning import actions as planning
from hatir.domains.planning.queries import todays_queue
from hatir.foundation.audit.undo import undo
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.records import actions as generic
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.timeline.actions import log_call, post_note
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def statuses(lead: Lead) -> list[str]:
    return list(LeadStep.objects.filter(lead=lead).order_by("entered_at", "pk").values_list("status", flat=True))


def told(key: str) -> list[dict[str, Any]]:
    return list(OutboxEvent.objects.filter(key=key).values_list("payload", flat=True))


class TestCapture:
    def test_normalises_what_people_type(self) -> None:
        lead = make_lead("  Işıl   Çınar ", email=" ISIL@Ornek.com.tr ", phone="0555 010 24 68", city="izmir")

        assert (lead.name, lead.email, lead.phone_e164) == ("Işıl Çınar", "isil@ornek.com.tr", "+905550102468")
        assert (lead.city, lead.region, lead.status) == ("İzmir", "aegean", "new")
        assert statuses(lead) == ["new"]
        assert [event["origin"] for event in told("leads.lead_captured")] == ["system"]

    def test_is_called_by_whatever_is_known(self) -> None:
        assert make_lead("", company_name="Mavi Koy Otel").name == "Mavi Koy Otel"
        assert make_lead("", email="a@ornek.com.tr").name == "a@ornek.com.tr"
        with pytest.raises(Invalid):
            make_lead("")

    def test_gives_the_working_time_until_which_it_is_answered(self) -> None:
        zone = timezone.get_current_timezone()
        friday = datetime(2026, 11, 20, 17, 30, tzinfo=zone)

        lead = make_lead(captured_at=friday)

        assert lead.response_due_at == datetime(2026, 11, 23, 9, 30, tzinfo=zone)

    def test_of_a_holiday_waits_for_the_next_working_day(self) -> None:
        zone = timezone.get_current_timezone()
        rows = [{"name": "Cumhuriyet Bayramı", "day": datetime(2026, 10, 29).date()}]  # noqa: DTZ001 — a day
        generic.create(record_type("leads.holiday"), rows, actor=SYSTEM)

        lead = make_lead(captured_at=datetime(2026, 10, 29, 10, tzinfo=zone))

        assert Holiday.objects.count() == 1
        assert lead.response_due_at == datetime(2026, 10, 30, 10, tzinfo=zone)


class TestSteps:
    def test_are_remembered_with_who_and_when(self, cast: Cast) -> None:
        lead, at = make_lead(owner=cast.ayse.user.pk), timezone.now() + timedelta(hours=1)
        actions.take_up(lead, actor=cast.ayse.actor)
        actions.qualify_lead(lead, actor=cast.ayse.actor, at=at)

        assert statuses(lead) == ["new", "working", "qualified"]
        assert (fresh(lead).qualified_at, fresh(lead).status_at) == (at, at)
        assert LeadStep.objects.get(status="working").left_at == at
        last = LeadStep.objects.get(left_at=None)
        assert (last.status, last.entered_at, last.user_label) == ("qualified", at, "Ayşe Yıldırım")
        assert told("leads.lead_qualified")[0]["came_from"] == "working"

    def test_follow_the_table(self) -> None:
        lead = make_lead()
        actions.take_up(lead, actor=SYSTEM)
        with pytest.raises(Invalid):
            actions.update_leads([(lead, {"status": "new"})], actor=SYSTEM)
        with pytest.raises(Invalid):
            actions.update_leads([(fresh(lead), {"status": "converted"})], actor=SYSTEM)
        assert fresh(lead).status == "working"

    def test_aside_need_a_reason(self) -> None:
        lead = make_lead()
        with pytest.raises(Invalid):
            actions.disqualify_lead(lead, reason=None, actor=SYSTEM)

        actions.disqualify_lead(fresh(lead), reason="Bütçesi yok", note="Gelecek yıl", actor=SYSTEM)

        found = fresh(lead)
        assert (found.status, str(found.disqualify_reason)) == ("disqualified", "Bütçesi yok")
        assert DisqualifyReason.objects.count() == 1
        assert told("leads.lead_disqualified")[0]["reason"] == "Bütçesi yok"
        assert LeadStep.objects.get(status="disqualified").note == "Bütçesi yok"

    def test_back_forget_the_reason(self) -> None:
        lead = actions.disqualify_lead(make_lead(), reason="Ulaşılamıyor", actor=SYSTEM)
        taken = actions.take_up(fresh(lead), actor=SYSTEM)
        assert (taken.status, taken.disqualify_reason, taken.disqualified_at) == ("working", None, None)

    def test_to_ripen_need_a_day_to_come(self) -> None:
        lead = make_lead()
        today = timezone.localdate()
        with pytest.raises(Invalid):
            actions.nurture_lead(lead, until=today, actor=SYSTEM)
        actions.nurture_lead(fresh(lead), until=today + timedelta(days=9), actor=SYSTEM)
        assert fresh(lead).nurture_until_on == today + timedelta(days=9)

    def test_are_taken_back_by_undo(self, cast: Cast) -> None:
        lead, actor = make_lead(owner=cast.admin.user.pk), cast.admin.actor
        actions.qualify_lead(fresh(lead), actor=actor)

        assert undo(actor.operation, cast.admin.actor).undone_count == 1

        assert (fresh(lead).status, statuses(lead)) == ("new", ["new"])
        assert LeadStep.objects.get().left_at is None


class TestAnswer:
    def test_a_call_is_the_first_answer_and_a_note_is_activity(self, cast: Cast) -> None:
        lead = make_lead(owner=cast.ayse.user.pk, team=cast.shop.pk)
        ref = RecordRef("leads.lead", lead.pk)

        post_note(ref, "Bugün aranacak", actor=cast.ayse.actor)
        deliver_waiting()
        noted = fresh(lead)
        log_call(ref, "Konuştuk", actor=cast.ayse.actor)
        deliver_waiting()

        posted = dict(OutboxEvent.objects.filter(key="timeline.note_posted").values_list("payload__kind", "created_at"))
        assert (noted.last_activity_at, noted.first_response_at) == (posted["note"], None)
        assert fresh(lead).last_activity_at == fresh(lead).first_response_at == posted["call"]

    def test_a_call_that_was_a_task_counts_too(self, cast: Cast) -> None:
        lead = make_lead(owner=cast.ayse.user.pk, team=cast.shop.pk)
        task = planning.plan("Ara", actor=cast.ayse.actor, about=RecordRef("leads.lead", lead.pk), kind="call")
        planning.complete_task(task.pk, actor=cast.ayse.actor, outcome="no_answer")
        deliver_waiting()
        completed = OutboxEvent.objects.get(key="planning.task_completed")
        assert fresh(lead).first_response_at == completed.created_at

    def test_new_and_late_leads_wait_in_the_queue_of_the_day(self, cast: Cast) -> None:
        now = timezone.now()
        late = make_lead("Geç kalan", owner=cast.ayse.user.pk, captured_at=now - timedelta(days=8))
        make_lead("Yeni gelen", owner=cast.ayse.user.pk, estimated_value=Decimal(10))
        make_lead("Başkasının", owner=cast.mehmet.user.pk)

        items = [item for item in todays_queue(cast.ayse.actor, now, now) if item.key.startswith("lead:")]

        assert [item.customer for item in items] == ["Geç kalan", "Yeni gelen"]
        assert items[0].ref == RecordRef("leads.lead", late.pk)
        assert items[0].due_at == late.response_due_at
        assert [item.title for item in items] == ["Adaya ilk yanıt: gecikti", "Yeni aday: ilk yanıt"]

    def test_one_that_named_no_sum_counts_as_much_as_leads_usually_do(self, cast: Cast) -> None:
        now = timezone.now()
        for value in (90, 4000, 7000):
            make_lead(f"Aday {value}", owner=cast.mehmet.user.pk, estimated_value=Decimal(value))
        make_lead("Formdan gelen", owner=cast.mehmet.user.pk)

        items = {item.customer: item.value for item in todays_queue(cast.mehmet.actor, now, now)}

        assert items == {"Aday 90": 90, "Aday 4000": 4000, "Aday 7000": 7000, "Formdan gelen": 4000}


class TestScreens:
    def test_the_page_shows_way_and_verbs(self, cast: Cast) -> None:
        lead = make_lead(owner=cast.ayse.user.pk, need="Otel lobisi")
        client, url = signed_in(cast.ayse), f"/records/leads.lead/{lead.public_id}/"

        page = client.get(url).content.decode()
        client.post(f"{url}status/", {"to": "qualified"})

        assert f"{url}conversion/" in page
        assert "Otel lobisi" in page
        assert fresh(lead).status == "qualified"

    def test_nurturing_and_disqualifying_ask_first(self, cast: Cast) -> None:
        lead = make_lead(owner=cast.ayse.user.pk)
        client, url = signed_in(cast.ayse), f"/records/leads.lead/{lead.public_id}/status/"

        asked = client.get(f"{url}?to=disqualified").content.decode()
        wrong = client.post(url, {"to": "nurturing", "until": "yarın değil"})
        reason = asked.split('<option value="name:')[1].split('"')[0]
        client.post(url, {"to": "disqualified", "reason": f"name:{reason}"})

        assert wrong.status_code == 422
        assert str(fresh(lead).disqualify_reason) == reason

    def test_are_not_there_for_strangers_and_outsiders(self, cast: Cast) -> None:
        lead = make_lead(owner=cast.ayse.user.pk)
        for tail in ("", "status/", "conversion/"):
            url = f"/records/leads.lead/{lead.public_id}/{tail}"
            assert signed_in(cast.can).get(url).status_code == 404
            assert signed_in(cast.mehmet).post(url).status_code in (404, 405)
            assert Client().get(url).status_code == 302
        assert fresh(lead).status == "new"

    def test_the_list_stands_under_sales(self, cast: Cast) -> None:
        make_lead("Listede", owner=cast.ayse.user.pk)
        assert "Listede" in signed_in(cast.ayse).get("/sales/leads/").content.decode()
