"""The score: who a lead is, what it did and how long ago, the reasons, and that only what changed is written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.leads import actions
from hatir.domains.leads.models import Lead, ScoreRule, Touch
from hatir.domains.leads.rules import attributed, decayed, score_of
from hatir.domains.leads.tests.factories import SYSTEM, fresh, make_lead
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.records import actions as generic
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import record_type
from tests.world.cast import make_cast

pytestmark = pytest.mark.django_db


def rule(name: str, **values: Any) -> ScoreRule:
    return actions.create_score_rules([{"name": name, **values}], actor=SYSTEM)[0]


def touch(lead: Lead, kind: str, days: float, page: str = "") -> None:
    Touch.objects.create(lead=lead, kind=kind, at=timezone.now() - timedelta(days=days), page=page)


class TestScore:
    def test_adds_fit_and_fading_behaviour(self) -> None:
        rule("İzmir", points=20, rule='city is "İzmir"')
        rule("Form", kind="behaviour", event="form", points=40, half_life_days=10)
        rule("Fiyat sayfası", kind="behaviour", event="visit", page_contains="/fiyat", points=16, half_life_days=10)
        rule("Uzak", points=-5, rule='city is "Van"')
        lead = make_lead(city="izmir")
        touch(lead, "form", 10)
        touch(lead, "visit", 20, "https://a.example/fiyat/")
        touch(lead, "visit", 0, "https://a.example/iletisim/")

        assert actions.rescore() == 1

        found = fresh(lead)
        assert found.score == 44  # 20 + 40/2 + 16/4
        assert found.score_reasons == [["Form", 20], ["İzmir", 20], ["Fiyat sayfası", 4]]

    def test_stays_between_0_and_100(self) -> None:
        rule("Çok", points=100, rule='city is "İzmir"')
        rule("Daha çok", points=100, rule='city is "İzmir"')
        rule("Az", points=-50, rule='city is "Van"')
        high, low = make_lead(city="izmir"), make_lead(city="van")
        actions.rescore()
        assert (fresh(high).score, fresh(low).score) == (100, 0)

    def test_is_written_only_where_it_changed_and_without_audit(self) -> None:
        rule("İzmir", points=20, rule='city is "İzmir"')
        lead = make_lead(city="izmir")
        before = AuditEntry.objects.count(), fresh(lead).version
        assert (actions.rescore(), actions.rescore()) == (1, 0)
        assert (AuditEntry.objects.count(), fresh(lead).version) == before

    def test_follows_a_change_by_itself(self) -> None:
        rule("İzmir", points=20, rule='city is "İzmir"')
        lead = make_lead(city="Van")
        deliver_waiting()
        before = fresh(lead).score
        actions.update_leads([(fresh(lead), {"city": "İzmir"})], actor=SYSTEM)
        deliver_waiting()
        assert (before, fresh(lead).score) == (0, 20)

    def test_takes_what_a_lead_can_meet_of_the_target_customer(self) -> None:
        profile = generic.create(record_type("customers.target_profile"), [{"name": "Hedef"}], actor=SYSTEM)[0]
        rows = [
            {"profile": profile.pk, "name": "Ege", "rule": 'region is "aegean"', "weight": 2},
            {"profile": profile.pk, "name": "Büyük", "rule": "employee_count >= 50", "weight": 1},
            {"profile": profile.pk, "name": "Alıcı", "rule": "order_count > 2", "weight": 9},
        ]
        generic.create(record_type("customers.target_criterion"), rows, actor=SYSTEM)
        lead = make_lead(city="izmir", employee_count=10)
        actions.rescore()
        assert fresh(lead).score == 20  # two thirds of 30; the third criterion asks about customers only

    def test_without_rules_is_none(self) -> None:
        lead = make_lead()
        actions.rescore()
        assert fresh(lead).score is None

    def test_is_shown_with_its_reasons(self) -> None:
        cast = make_cast()
        rule("İzmir’den", points=20, rule='city is "İzmir"')
        lead = make_lead(city="izmir", owner=cast.ayse.user.pk)
        actions.rescore()
        client = Client()
        client.force_login(cast.ayse.user)
        page = client.get(f"/records/leads.lead/{lead.public_id}/").content.decode()
        assert "İzmir’den" in page
        assert "+20" in page
        make_lead("Puansız", owner=cast.ayse.user.pk)
        rows = client.get("/sales/leads/?sort=-score").content.decode()
        assert rows.index("Işıl Çınar") < rows.index("Puansız")

    def test_rules_that_cannot_be_are_refused(self) -> None:
        for wrong in (
            {"kind": "fit"},
            {"kind": "behaviour"},
            {"rule": "yok is 1"},
            {"points": 101, "rule": "score > 1"},
        ):
            with pytest.raises(Invalid):
                rule("Yanlış", **wrong)


def test_points_halve() -> None:
    assert [decayed(40, days, 10) for days in (0, 10, 20)] == [40, 20, 10]
    assert decayed(40, 500, 0) == 40
    assert decayed(40, -3, 10) == 40


def test_reasons_add_up() -> None:
    assert score_of([("a", 10.4), ("b", -3.5), ("a", 0.2), ("c", 0.1)]) == (7, [("a", 11), ("b", -4)])
    assert score_of([]) == (0, [])


def test_attribution_shares_one_conversion() -> None:
    way = ["google", "instagram", "google", "form"]
    assert attributed(way, "first") == {"google": 1.0}
    assert attributed(way, "last") == {"form": 1.0}
    assert attributed(way, "linear") == {"google": 0.5, "instagram": 0.25, "form": 0.25}
    assert attributed([], "first") == {}
