"""Web forms: what strangers may send and what not, robots, consents, first touch, visits of leads."""

from __future__ import annotations

import json
import time
import uuid
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from hatir.domains.leads import actions
from hatir.domains.leads.models import FormField, FormSubmission, Lead, Touch, Visitor, WebForm
from hatir.domains.leads.screens.web import SALT
from hatir.domains.leads.tests.factories import SYSTEM
from hatir.domains.privacy.models import Consent
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.records import actions as generic
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.timeline.queries import entries_of
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db
SITE = "https://defneev.example"
SCRIPT = '<script>alert("x")</script>'


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def make_form(**values: Any) -> WebForm:
    row = {"name": "Teklif isteyin", "lead_source": "Web sitesi", "origins": SITE, **values}
    return actions.create_forms([row], actor=SYSTEM)[0]


def drawn(form: WebForm, seconds: int = 30) -> str:
    """Sign that the form was drawn so many seconds ago."""
    then = time.time() - seconds
    with patch("django.core.signing.time.time", return_value=then):
        return signing.TimestampSigner(salt=SALT).sign(form.token)


def entry(form: WebForm, *, seconds: int = 30, **given: str) -> dict[str, str]:
    """Give what a browser sends: fields by what they ask for."""
    usual = {"name": "Işıl Çınar", "email": "isil@ornek.com.tr"}
    ids = {field.asks: field.public_id for field in FormField.objects.filter(form=form)}
    return {"t": drawn(form, seconds), **{ids.get(key, key): text for key, text in {**usual, **given}.items()}}


def send(form: WebForm, sent: dict[str, Any] | None = None, **headers: str) -> Any:
    return Client().post(f"/f/{form.token}/", sent if sent is not None else entry(form), headers=headers)


def send_json(form: WebForm, sent: dict[str, Any], **headers: str) -> Any:
    return Client().post(f"/f/{form.token}/", json.dumps(sent), content_type="application/json", headers=headers)


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


class TestEntry:
    def test_becomes_a_lead_with_its_first_touch(self, cast: Cast) -> None:
        form = make_form(assign_to=cast.ayse.user.pk)
        sent = entry(form, phone="0555 010 24 68", need="Otel lobisi", utm_source="google", utm_campaign="kis",
                     page=f"{SITE}/koleksiyon/", referrer="https://www.google.com/")  # fmt: skip

        answer = send(form, sent)

        lead = Lead.objects.get()
        assert (answer.status_code, lead.name, lead.email, lead.phone_e164) == (
            200, "Işıl Çınar", "isil@ornek.com.tr", "+905550102468")  # fmt: skip
        assert (lead.source, lead.utm_source, lead.utm_campaign, lead.first_page, lead.owner_id) == (
            "Web sitesi", "google", "kis", f"{SITE}/koleksiyon/", cast.ayse.user.pk)  # fmt: skip
        assert Touch.objects.get().kind == "form"
        told = entries_of(SYSTEM, RecordRef("leads.lead", lead.pk)).entries
        assert any("Otel lobisi" in entry.body for entry in told)

    def test_says_what_is_wrong_and_keeps_what_was_typed(self) -> None:
        form = make_form()
        answer = send(form, entry(form, email="olmaz", need="Uzun ihtiyaç"))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Uzun ihtiyaç" in page
        assert 'aria-invalid="true"' in page
        assert not Lead.objects.exists()

    def test_of_unknown_fields_and_owners_changes_nothing(self, cast: Cast) -> None:
        form = make_form()
        extra = {"owner": str(cast.admin.user.pk), "owner_id": str(cast.admin.user.pk), "status": "converted",
                 "score": "100", "id": "5", "archived_at": "2026-01-01", "customer": str(cast.elif_kaya.pk),
                 "custom": '{"a": 1}', "source": "hile", "form": "1"}  # fmt: skip
        send_json(form, {**entry(form), **extra})
        lead = Lead.objects.get()
        assert (lead.owner_id, lead.status, lead.score, lead.customer_id, lead.source, lead.archived_at) == (
            None, "new", None, None, "Web sitesi", None)  # fmt: skip
        assert lead.custom == {}

    def test_with_a_script_in_every_field_is_only_text(self, cast: Cast) -> None:
        form = make_form()
        for asks in ("company_name", "job_title", "city", "question"):
            rows = [{"form": form.pk, "asks": asks, "label": f"Soru {asks}"}]
            generic.create(record_type("leads.form_field"), rows, actor=SYSTEM)
        asked: Any = dict.fromkeys(("name", "need", "company_name", "job_title", "city", "question"), SCRIPT)
        sent = entry(form, **asked) | dict.fromkeys(("utm_source", "utm_campaign", "v"), SCRIPT)
        send(form, sent | {"page": f"javascript:{SCRIPT}", "referrer": f"data:text/html,{SCRIPT}"})
        lead = Lead.objects.get()
        client = signed_in(cast.admin)
        place = f"/records/leads.lead/{lead.public_id}/"
        for url in (place, f"{place}conversion/", "/sales/leads/", f"/records/leads.form/{form.public_id}/"):
            page = client.get(url).content.decode()
            assert SCRIPT not in page
        assert (lead.first_page, lead.referrer) == ("", "")
        wrong = send(form, {**sent, "t": ""}).content.decode()
        assert SCRIPT not in wrong

    def test_sent_twice_is_one(self) -> None:
        form = make_form()
        send(form)
        send(form)
        assert (Lead.objects.count(), FormSubmission.objects.count()) == (1, 1)

    def test_of_somebody_known_joins_and_overwrites_nothing(self) -> None:
        form = make_form()
        send(form)
        send(form, entry(form, name="Başka Biri", phone="0555 010 24 68", need="Bir de masa"))
        lead = Lead.objects.get()
        assert (lead.name, lead.phone, lead.need) == ("Işıl Çınar", "0555 010 24 68", "Bir de masa")
        assert list(FormSubmission.objects.order_by("pk").values_list("joined", flat=True)) == [False, True]
        assert Touch.objects.filter(lead=lead, kind="form").count() == 2

    def test_in_json_is_answered_in_json(self) -> None:
        form = make_form(thank_you="Sağ olun")
        right = send_json(form, entry(form), Origin=SITE)
        wrong = send_json(form, entry(form, email="olmaz"), Origin=SITE)
        broken = Client().post(f"/f/{form.token}/", "[1", content_type="application/json")
        listed = Client().post(f"/f/{form.token}/", "[1]", content_type="application/json")
        assert (right.status_code, right.json()["thanks"]) == (201, "Sağ olun")
        assert right["Access-Control-Allow-Origin"] == SITE
        assert (wrong.status_code, len(wrong.json()["errors"])) == (422, 1)
        assert (broken.status_code, listed.status_code) == (400, 400)

    def test_leads_to_the_page_of_thanks(self) -> None:
        form = make_form(redirect_url=f"{SITE}/tesekkurler/")
        assert send(form)["Location"] == f"{SITE}/tesekkurler/"


class TestRobots:
    def test_fill_in_what_people_do_not_see(self) -> None:
        form = make_form()
        answer = send(form, {**entry(form), "website": "https://spam.example"})
        assert answer.status_code == 200
        assert not Lead.objects.exists()

    def test_are_too_quick_or_too_late_and_people_are_asked_again(self) -> None:
        form = make_form()
        for seconds in (0, 2 * 24 * 3600):
            page = send(form, entry(form, seconds=seconds)).content.decode()
            assert "Işıl Çınar" in page
        assert send_json(form, entry(form, seconds=0)).status_code == 409
        assert send(form, {**entry(form), "t": drawn(make_form(name="Başka"))}).status_code == 200
        assert not Lead.objects.exists()

    def test_flood_a_form_in_vain(self) -> None:
        form = make_form()
        codes = [send(form, entry(form, email=f"robot{at}@ornek.com.tr")).status_code for at in range(25)]
        assert codes.count(200) == 10
        assert codes[10:] == [429] * 15
        assert Lead.objects.count() == 10

    def test_flood_from_many_addresses_in_vain(self) -> None:
        form = make_form()
        with piece_of_work():
            set_company({"leads.form_per_minute": 20}, actor=SYSTEM)
        codes = [
            Client(REMOTE_ADDR=f"203.0.113.{at}").post(
                f"/f/{form.token}/", entry(form, email=f"robot{at}@ornek.com.tr")
            ).status_code
            for at in range(30)
        ]  # fmt: skip
        assert (codes.count(200), codes.count(429)) == (20, 10)
        assert Lead.objects.count() == 20

    def test_send_very_much_in_vain(self) -> None:
        form = make_form()
        answer = send_json(form, {**entry(form), "x": "y" * 70_000})
        assert answer.status_code == 400
        send(form, entry(form, name="A" * 5000, need="B" * 9000))
        lead = Lead.objects.get()
        assert (len(lead.name), len(lead.need)) == (200, 4000)


class TestOrigin:
    def test_that_is_not_allowed_may_neither_send_nor_embed(self) -> None:
        form = make_form()
        stranger = "https://kotu.example"
        answers = [
            send(form, entry(form), Origin=stranger),
            send_json(form, entry(form), Origin=stranger),
            send(form, entry(form), Origin="null"),
        ]
        page = Client().get(f"/f/{form.token}/?embed=1")
        assert [answer.status_code for answer in answers] == [403, 403, 403]
        assert not any(answer.has_header("Access-Control-Allow-Origin") for answer in answers)
        assert f"frame-ancestors 'self' {SITE};" in f"{page['Content-Security-Policy']};"
        assert page["Referrer-Policy"] == "same-origin"  # else browsers send the form as nobody's, and it is refused
        assert not page.has_header("X-Frame-Options")
        assert not Lead.objects.exists()

    def test_that_is_allowed_may(self) -> None:
        form = make_form()
        asked = Client().options(f"/f/{form.token}/", headers={"Origin": SITE})
        answer = send(form, entry(form), Origin=SITE)
        assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, SITE)
        assert (answer.status_code, Lead.objects.count()) == (200, 1)

    def test_a_form_needs_no_cookie(self) -> None:
        form = make_form()
        client = Client(enforce_csrf_checks=True)
        assert client.post(f"/f/{form.token}/", entry(form)).status_code == 200
        assert Lead.objects.count() == 1

    def test_a_closed_form_is_not_there(self) -> None:
        form = make_form(is_active=False)
        assert send(form).status_code == 404
        assert Client().get("/f/yok/").status_code == 404


class TestConsent:
    def test_is_kept_with_its_text_and_written_down_on_conversion(self, cast: Cast) -> None:
        form = make_form(consent_text="Bana e-posta yazabilirsiniz.", consent_channel="email")
        send(form, {**entry(form), "consent": "1", "page": f"{SITE}/iletisim/"})
        lead = Lead.objects.get()
        given = FormSubmission.objects.get()

        made = actions.convert_lead(lead.pk, actor=cast.admin.actor, person="new")

        consent = Consent.objects.get()
        assert made.person is not None
        assert (consent.customer_id, consent.channel, consent.status, consent.obtained_from) == (
            made.person.pk, "email", "given", "HS_WEB")  # fmt: skip
        assert consent.obtained_at == given.at
        assert "Bana e-posta yazabilirsiniz." in consent.evidence
        assert f"{SITE}/iletisim/" in consent.evidence

    def test_without_a_tick_is_none(self, cast: Cast) -> None:
        form = make_form(consent_text="Yazabilirsiniz.", consent_channel="sms")
        send(form)
        actions.convert_lead(Lead.objects.get().pk, actor=cast.admin.actor, person="new")
        assert not Consent.objects.exists()


class TestVisits:
    @pytest.fixture(autouse=True)
    def site(self) -> None:
        with piece_of_work():
            set_company({"leads.sites": SITE}, actor=SYSTEM)

    def see(self, token: str, page: str = "/bahce/?utm_source=instagram&utm_campaign=yaz", origin: str = SITE) -> int:
        body = {"v": token, "page": f"{SITE}{page}", "referrer": "https://instagram.com/", "title": "Bahçe"}
        answer = Client().post("/f/visit/", json.dumps(body), content_type="application/json",
                               headers={"Origin": origin})  # fmt: skip
        return int(answer.status_code)

    def test_before_the_form_belong_to_the_lead_and_to_its_customer(self, cast: Cast) -> None:
        form, token = make_form(), str(uuid.uuid4())
        assert [self.see(token), self.see(token, "/mutfak/")] == [204, 204]
        Touch.objects.update(at=timezone.now() - timedelta(hours=1))

        send(form, {**entry(form, utm_source="google"), "v": token})

        lead = Lead.objects.get()
        assert (lead.utm_source, lead.utm_campaign, lead.first_page) == ("instagram", "yaz", f"{SITE}/bahce/")
        assert Touch.objects.filter(lead=lead).count() == 3
        made = actions.convert_lead(lead.pk, actor=cast.admin.actor, person="new")
        self.see(token, "/fiyat/")
        assert made.person is not None
        shown = entries_of(cast.admin.actor, RecordRef("customers.customer", made.person.pk)).entries
        assert sum("Bahçe" in entry.title for entry in shown) == 3

    def test_of_strange_websites_and_odd_tokens_are_refused(self) -> None:
        assert self.see(str(uuid.uuid4()), origin="https://kotu.example") == 403
        assert [self.see("kısa"), self.see(SCRIPT)] == [429, 429]
        assert not Visitor.objects.exists()

    def test_keep_no_token(self) -> None:
        token = str(uuid.uuid4())
        self.see(token)
        assert token not in json.dumps(list(Visitor.objects.values()), default=str)

    def test_without_end_are_refused(self) -> None:
        token = str(uuid.uuid4())
        codes = [self.see(token) for _n in range(63)]
        assert codes == [204] * 60 + [429] * 3

    def test_scripts_are_there(self) -> None:
        for name in ("embed", "frame", "visit"):
            answer = Client().get(f"/f/{name}.js")
            assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")


class TestPage:
    def test_of_a_form_shows_fields_snippets_and_leads(self, cast: Cast) -> None:
        form = make_form(owner=cast.ayse.user.pk)
        send(form)
        deliver_waiting()
        page = signed_in(cast.admin).get(f"/records/leads.form/{form.public_id}/").content.decode()
        assert f"data-form=&quot;{form.token}&quot;" in page
        assert "Işıl Çınar" in page
        assert signed_in(cast.can).get(f"/records/leads.form/{form.public_id}/").status_code == 404

    def test_wrong_settings_are_told(self) -> None:
        for wrong in ({"origins": "bu bir site değil"}, {"consent_text": "Evet"}):
            with pytest.raises(Invalid):
                make_form(**wrong)
