"""The report and the trained model on leads: exact figures, links to lists, and honesty about too little data."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.catalog.models import CurrencyRate
from hatir.domains.leads import actions
from hatir.domains.leads.models import Lead, LeadModel, Touch
from hatir.domains.leads.queries import report
from hatir.domains.leads.tests.factories import SYSTEM, fresh, make_lead
from hatir.domains.sales import actions as sales
from hatir.domains.sales.tests.factories import make_pipeline
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db
SINCE = timedelta(days=90)


@pytest.fixture
def cast() -> Cast:
    make_pipeline()
    return make_cast()


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def won(cast: Cast, lead: Lead, amount: int, currency: str = "TRY") -> Any:
    deal = {"amount": Decimal(amount), "currency": currency}
    made = actions.convert_lead(lead.pk, actor=cast.admin.actor, person="new", deal=deal)
    assert made.deal is not None
    sales.win_deal(made.deal, actor=cast.admin.actor)
    return made.person


class TestFigures:
    def test_by_source_count_conversions_and_revenue(self, cast: Cast) -> None:
        won(cast, make_lead("A", source="Fuar"), 700)
        make_lead("B", source="Fuar")
        make_lead("C", source="Web")
        make_lead("Eski", source="Web", captured_at=timezone.now() - timedelta(days=200))
        rows = report.captured(SYSTEM, timezone.now() - SINCE)

        lines = report.by_source(rows, report.revenues(SYSTEM, rows, timezone.localdate()).amounts)

        assert [(one.label, one.count, one.converted, one.revenue) for one in lines] == [
            ("Fuar", 2, 1, Decimal(700)), ("Web", 1, 0, Decimal(0))]  # fmt: skip
        assert lines[0].percent == 50

    def test_add_up_currencies_by_the_rate_of_the_day_and_leave_out_what_has_none(self, cast: Cast) -> None:
        today, now = timezone.localdate(), timezone.now()
        CurrencyRate.objects.create(
            currency="EUR", valid_on=today, buying=Decimal(44), selling=Decimal(48), created_at=now, updated_at=now
        )
        for name, amount, currency in (("A", 700, "TRY"), ("B", 10, "EUR"), ("C", 5, "EUR"), ("D", 99, "GBP")):
            won(cast, make_lead(name, source="Fuar"), amount, currency)
        rows = report.captured(SYSTEM, now - SINCE)

        found = report.revenues(SYSTEM, rows, today)
        page = signed_in(cast.admin).get("/sales/leads/report/").content.decode()

        # 700 + 15 × 48 = 1,420; the pounds have no rate
        assert [(line.count, line.revenue) for line in report.by_source(rows, found.amounts)] == [(4, Decimal(1420))]
        assert (found.foreign, found.unknown) == ({"EUR": Decimal(15), "GBP": Decimal(99)}, ("GBP",))
        assert "€15" in page
        assert "£99" in page

    def test_by_campaign_share_a_conversion_among_its_touches(self, cast: Cast) -> None:
        lead = make_lead("A", source="Web", utm_source="google", utm_campaign="kis")
        now = timezone.now()
        for days, source in ((3, "google"), (2, "instagram"), (1, "google")):
            Touch.objects.create(lead=lead, at=now - timedelta(days=days), utm_source=source)
        Touch.objects.create(lead=lead, at=now)
        won(cast, lead, 900)
        Touch.objects.create(lead=lead, at=now + timedelta(hours=1), utm_source="sonra")
        rows = report.captured(SYSTEM, now - SINCE)
        brought = report.revenues(SYSTEM, rows, timezone.localdate()).amounts

        def shares(model: str) -> list[tuple[str, float, Decimal]]:
            return [(one.label, round(one.converted, 2), one.revenue.quantize(Decimal(1)))
                    for one in report.by_touch(rows, brought, model)]  # fmt: skip

        assert shares("first") == [("google", 1.0, Decimal(900))]
        assert shares("last") == [("google", 1.0, Decimal(900))]
        assert shares("linear") == [("google", 0.67, Decimal(600)), ("instagram", 0.33, Decimal(300))]

    def test_of_recommendations_follow_the_chain(self, cast: Cast) -> None:
        first = won(cast, make_lead("Bir", referred_by=cast.elif_kaya.pk), 100)
        won(cast, make_lead("İki", referred_by=first.pk), 50)
        make_lead("Üç", referred_by=first.pk)

        found = {one.customer.name: one for one in report.referrers(SYSTEM, timezone.localdate())}

        assert (found["Elif Kaya"].count, found["Elif Kaya"].revenue, found["Elif Kaya"].chain) == (
            1, Decimal(100), Decimal(150))  # fmt: skip
        assert (found["Bir"].count, found["Bir"].converted, found["Bir"].chain) == (2, 1, Decimal(50))

    def test_of_answers_count_working_time(self, cast: Cast) -> None:
        then = timezone.now() - timedelta(days=14)
        quick = make_lead("A", owner=cast.ayse.user.pk, captured_at=then)
        make_lead("B", owner=cast.ayse.user.pk, captured_at=then)
        assert quick.response_due_at is not None
        actions.note_activity([quick.pk], at=quick.response_due_at, answered=True)

        everybody, ayse = report.speeds(report.captured(SYSTEM, timezone.now() - SINCE), timezone.now())

        assert (everybody.count, everybody.answered, everybody.minutes, everybody.in_time, everybody.late) == (
            2, 1, 60, 1, 1)  # fmt: skip
        assert ayse.label == "Ayşe Yıldırım"


class TestPage:
    def test_shows_figures_that_lead_to_lists(self, cast: Cast) -> None:
        won(cast, make_lead("A", source="Fuar", referred_by=cast.elif_kaya.pk), 700)
        client = signed_in(cast.admin)
        for by in ("first", "last", "linear", "yok"):
            answer = client.get(f"/sales/leads/report/?days=30&by={by}")
            assert answer.status_code == 200
        page = answer.content.decode()
        assert "Fuar" in page
        assert "Elif Kaya" in page
        urls = [part.split('"')[0].replace("&amp;", "&") for part in page.split('href="/sales/leads/?f=')[1:]]
        assert len(urls) >= 8
        for url in dict.fromkeys(urls):
            assert client.get(f"/sales/leads/?f={url}").status_code == 200

    def test_is_there_for_who_may_see_leads(self, cast: Cast) -> None:
        make_lead("Görünmez", owner=cast.mehmet.user.pk, source="Gizli")
        assert "Gizli" not in signed_in(cast.ayse).get("/sales/leads/report/").content.decode()
        assert signed_in(cast.can).get("/sales/leads/report/").status_code == 404
        assert Client().get("/sales/leads/report/").status_code == 302


def decided(count: int) -> None:
    """Make decided leads: those of the fair were converted, those of the web only every tenth time."""
    rows = []
    for at in range(count):
        fair = at % 2 == 0
        good = fair or at % 10 == 1
        rows.append({"name": f"Aday {at}", "source": "Fuar" if fair else "Web",
                     "status": "converted" if good else "disqualified"})  # fmt: skip
    actions.create_leads(rows, actor=SYSTEM)


class TestModel:
    def test_says_when_there_is_too_little(self, cast: Cast) -> None:
        decided(10)
        lead = make_lead(owner=cast.ayse.user.pk)
        kept = actions.learn()
        page = signed_in(cast.ayse).get(f"/records/leads.lead/{lead.public_id}/").content.decode()
        assert (kept.decided, kept.model, fresh(lead).chance) == (10, {}, None)
        assert "100" in page

    def test_learns_from_own_leads_and_gives_reasons(self, cast: Cast) -> None:
        decided(400)
        good, bad = make_lead("İyi", source="Fuar", owner=cast.ayse.user.pk), make_lead("Kötü", source="Web")
        kept = actions.learn()
        assert (kept.auc or 0) > 0.8
        assert (fresh(good).chance or 0) > 80
        assert (fresh(bad).chance or 100) < 40
        page = signed_in(cast.ayse).get(f"/records/leads.lead/{good.public_id}/").content.decode()
        assert "Fuar" in page
        actions.learn()
        assert LeadModel.objects.count() == 1

    def test_forgets_chances_when_it_has_none(self) -> None:
        lead = make_lead()
        Lead.objects.filter(pk=lead.pk).update(chance=50)
        assert actions.refresh_chances() == 1
        assert fresh(lead).chance is None
