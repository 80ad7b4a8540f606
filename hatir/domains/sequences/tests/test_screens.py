"""The room's screens: the page of a sequence and its editor, enrolling from pages and lists, answers, the outbox."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from hatir.domains.leads.tests.factories import make_lead
from hatir.domains.sequences import actions
from hatir.domains.sequences.models import Enrolment, KeptMessage, Step
from hatir.domains.sequences.tests.factories import (
    CALL,
    MAIL,
    MONDAY,
    WAIT,
    enrol,
    fresh,
    make_sequence,
    make_willing_lead,
    tick,
)
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser(member: Member) -> Client:
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    return client


def address(record: Any) -> str:
    key = "sequences.enrolment" if isinstance(record, Enrolment) else "sequences.sequence"
    return f"/records/{key}/{record.public_id}/"


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def titles(sequence: Any) -> list[str]:
    rows = Step.objects.filter(sequence=sequence, archived_at=None).order_by("position", "pk")
    return list(rows.values_list("title", flat=True))


class TestThePage:
    def test_shows_steps_with_figures_that_lead_to_their_lists(self, cast: Cast) -> None:
        sequence = make_sequence(MAIL, WAIT, CALL)
        lead = make_willing_lead(owner=cast.ayse.user.pk)
        enrol(sequence, lead)
        tick(MONDAY)
        client = browser(cast.admin)

        page = client.get(address(sequence))

        shown = text_of(page)
        assert "gönderilen 1" in shown
        assert "şu an 1" in shown
        assert lead.name in shown
        for link in re.findall(r'href="(/records/sequences\.enrolment/\?f=[^"]+)"', page.content.decode()):
            listed = client.get(link.replace("&amp;", "&"))
            assert (listed.status_code, listed.content.decode().count('data-ref="sequences.enrolment:')) == (200, 1)

    def test_offers_no_editor_to_who_may_only_read(self, cast: Cast) -> None:
        sequence = make_sequence(CALL, owner=cast.ayse.user.pk)
        client = browser(cast.mehmet)
        assert "steps/new/" not in client.get(address(sequence)).content.decode()
        answer = client.post(f"{address(sequence)}steps/new/", {"kind": "call", "title": "X"})
        assert (answer.status_code, titles(sequence)) == (404, [CALL["title"]])

    def test_is_not_there_for_a_stranger(self, cast: Cast) -> None:
        sequence = make_sequence(CALL)
        stranger, place = browser(cast.can), address(sequence)
        read = [stranger.get(f"{place}{page}").status_code for page in ("", "trial/", "steps/new/")]
        assert [*read, stranger.post(f"{place}start/").status_code] == [404, 404, 404, 404]

    def test_is_started_and_paused(self, cast: Cast) -> None:
        sequence = make_sequence(CALL, state="draft")
        client = browser(cast.admin)
        client.post(f"{address(sequence)}start/")
        sequence.refresh_from_db()
        assert sequence.state == "active"
        client.post(f"{address(sequence)}pause/")
        sequence.refresh_from_db()
        assert sequence.state == "paused"


class TestTheEditor:
    def test_adds_changes_moves_and_removes_without_a_script(self, cast: Cast) -> None:
        sequence = make_sequence(CALL)
        client, place = browser(cast.admin), address(sequence)
        client.post(f"{place}steps/new/", {"kind": "wait", "place": "0", "wait_amount": "3", "wait_unit": "days"})
        client.post(f"{place}steps/new/", {"kind": "task", "title": "Not yaz", "limit_days": "2"})
        assert titles(sequence) == ["3 gün bekle", CALL["title"], "Not yaz"]

        step = Step.objects.get(title="Not yaz")
        assert step.limit_days == 2
        client.post(f"{place}steps/{step.public_id}/place/", {"to": "0"})
        client.post(f"{place}steps/{step.public_id}/", {"title": "Not al", "limit_days": "", "version": ""})
        first = Step.objects.get(title="3 gün bekle")
        client.post(f"{place}steps/{first.public_id}/removal/")

        assert titles(sequence) == ["Not al", CALL["title"]]

    def test_brings_back_what_was_typed_with_what_is_wrong(self, cast: Cast) -> None:
        sequence = make_sequence(CALL)
        sent = {"kind": "email", "title": "Merhaba {{adı}}", "text": "Uzun bir metin"}

        answer = browser(cast.admin).post(f"{address(sequence)}steps/new/", sent)

        assert answer.status_code == 422
        assert "“adı” diye bir alan yok." in text_of(answer)
        assert "Uzun bir metin" in answer.content.decode()
        assert titles(sequence) == [CALL["title"]]

    def test_shows_the_words_with_a_real_record(self, cast: Cast) -> None:
        sequence = make_sequence(CALL)
        lead = make_lead("Gül Ağaç", company_name="Ağaç Ltd")
        sent = {
            "kind": "email",
            "title": "Sayın {{ad}}",
            "text": "{{firma}} için",
            "preview": "1",
            "record": lead.public_id,
        }

        answer = browser(cast.admin).post(f"{address(sequence)}steps/new/", {**sent, "record__text": lead.name})

        assert answer.status_code == 200
        assert "Sayın Gül Ağaç Ltd için" in text_of(answer)
        assert titles(sequence) == [CALL["title"]]

    def test_tells_of_somebody_elses_change(self, cast: Cast) -> None:
        sequence = make_sequence(CALL)
        step = Step.objects.get()
        sent = {"title": "Benim", "version": str(step.version)}
        actions.update_steps([(Step.objects.get(), {"title": "Onun"})], actor=cast.admin.actor)

        answer = browser(cast.admin).post(f"{address(sequence)}steps/{step.public_id}/", sent)

        assert answer.status_code == 409
        assert titles(sequence) == ["Onun"]

    def test_tries_a_whole_sequence_with_a_record(self, cast: Cast) -> None:
        lead = make_lead("Gül Ağaç")
        sequence = make_sequence(MAIL, WAIT, CALL)
        answer = browser(cast.admin).get(
            f"{address(sequence)}trial/", {"record": lead.public_id, "record__text": lead.name}
        )
        shown = text_of(answer)
        assert "Merhaba Gül" in shown
        assert "Ara: Gül Ağaç" in shown
        assert "E-posta adresi yok." in shown
        assert Enrolment.objects.count() == 0


class TestEnrolling:
    def test_takes_one_press_on_the_page_of_a_lead(self, cast: Cast) -> None:
        lead, sequence = make_lead(), make_sequence(CALL)
        client = browser(cast.admin)
        page = client.get(f"/records/leads.lead/{lead.public_id}/").content.decode()
        url = f"/records/sequences.enrolment/new/?link=lead:{lead.public_id}"
        assert f"link=lead%3A{lead.public_id}" in page

        offer = text_of(client.get(url))
        answer = client.post(url, {"sequence": sequence.public_id}, HTTP_HX_REQUEST="true")

        assert sequence.name in offer
        assert (answer.status_code, Enrolment.objects.get().lead) == (204, lead)
        assert "undo" in json.loads(answer.headers["HX-Trigger"])["toast"]
        assert "Zaten bu takip dizisinde." in text_of(client.get(url))

    def test_of_a_record_out_of_sight_is_not_there(self, cast: Cast) -> None:
        lead, sequence = make_lead(owner=cast.ayse.user.pk), make_sequence(CALL)
        url = f"/records/sequences.enrolment/new/?link=lead:{lead.public_id}"
        answer = browser(cast.mehmet).post(url, {"sequence": sequence.public_id})
        assert (answer.status_code, Enrolment.objects.count()) == (404, 0)

    def test_of_selected_rows_says_who_was_left_out(self, cast: Cast) -> None:
        rows = [make_willing_lead(), make_lead("Adressiz")]
        sequence = make_sequence(MAIL)
        client = browser(cast.admin)
        ids = [row.public_id for row in rows]
        dialog = client.post("/sequences/enrolling/leads.lead/", {"ids": ids, "filter": "{}"}, HTTP_HX_REQUEST="true")
        found = re.search(r'name="selection" value="([^"]+)"', dialog.content.decode())
        assert found is not None

        sent = {"selection": found[1], "sequence": sequence.public_id}
        answer = client.post("/sequences/enrolling/leads.lead/apply/", sent, HTTP_HX_REQUEST="true")

        toast = json.loads(answer.headers["HX-Trigger"])["toast"]
        assert toast["text"] == "1 kayıt başladı. E-posta adresi yok. (1)"
        assert Enrolment.objects.count() == 1

    def test_stands_in_the_bulk_bar_of_who_may(self, cast: Cast) -> None:
        make_lead()
        assert "/sequences/enrolling/leads.lead/" in browser(cast.admin).get("/sales/leads/").content.decode()

    def test_stands_on_the_pages_of_its_record(self, cast: Cast) -> None:
        lead, sequence = make_lead(), make_sequence(CALL)
        enrol(sequence, lead)
        tick(MONDAY)
        shown = text_of(browser(cast.admin).get(f"/records/leads.lead/{lead.public_id}/related/"))
        assert "yapılmasını bekliyor" in shown


class TestAnEnrolment:
    def test_hears_of_an_answer_with_one_press(self, cast: Cast) -> None:
        one = enrol(make_sequence(MAIL, CALL), make_willing_lead(owner=cast.ayse.user.pk))
        tick(MONDAY)
        client = browser(cast.admin)
        assert "Yanıt geldi" in text_of(client.get(address(one)))

        client.post(f"{address(one)}reply/")

        assert (fresh(one).status, fresh(one).reason) == ("stopped", "replied")
        shown = text_of(client.get(address(one)))
        assert "Yanıt geldi" not in shown
        assert "Gönderildi" in shown

    def test_is_not_changed_by_who_may_only_see_it(self, cast: Cast) -> None:
        one = enrol(make_sequence(CALL), make_lead(owner=cast.ayse.user.pk, team=cast.shop.pk))
        for member in (cast.can, cast.mehmet):
            assert browser(member).post(f"{address(one)}end/").status_code == 404
        assert fresh(one).status == "active"


class TestTheOutbox:
    def test_says_that_nothing_was_sent(self, cast: Cast) -> None:
        enrol(make_sequence(MAIL), make_willing_lead(owner=cast.ayse.user.pk))
        tick(MONDAY)
        shown = text_of(browser(cast.admin).get("/sales/sequences/outbox/"))
        assert "Bu e-postaların hiçbiri gönderilmedi." in shown
        assert KeptMessage.objects.get().subject in shown

    def test_shows_nobody_the_mails_of_others(self, cast: Cast) -> None:
        enrol(make_sequence(MAIL), make_willing_lead(owner=cast.ayse.user.pk, team=cast.shop.pk))
        tick(MONDAY)
        assert "Merhaba Işıl" not in text_of(browser(cast.mehmet).get("/sales/sequences/outbox/"))
        assert browser(cast.can).get("/sales/sequences/outbox/").status_code == 404
