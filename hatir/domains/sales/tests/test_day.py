"""Deals in the day: their worth orders tasks, those without a next step wait, and the next step is never silent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.planning import actions as planning
from hatir.domains.planning.models import Task
from hatir.domains.sales import actions, queries
from hatir.domains.sales.models import Deal, Stage
from hatir.domains.sales.tests.factories import SYSTEM, make_deal, make_pipeline
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.records.refs import RecordRef
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def stages() -> dict[str, Stage]:
    return make_pipeline()


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def ref_of(deal: Deal) -> RecordRef:
    return RecordRef("sales.deal", deal.pk)


def step_of(deal: Deal) -> tuple[Any, str]:
    return Deal.objects.values_list("next_step_at", "next_step_kind").get(pk=deal.pk)


class TestNextStep:
    def test_follows_the_earliest_open_task(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal, at = make_deal(), timezone.now().replace(microsecond=0)
        later = planning.plan("Sunum", actor=SYSTEM, about=ref_of(deal), kind="meeting", due_at=at + timedelta(days=3))
        first = planning.plan("Ara", actor=SYSTEM, about=ref_of(deal), kind="call", due_at=at + timedelta(days=1))
        deliver_waiting()
        assert step_of(deal) == (first.due_at, "call")

        planning.complete_task(first.pk, actor=SYSTEM, outcome="reached")
        deliver_waiting()
        assert step_of(deal) == (later.due_at, "meeting")

        planning.call_off(later.pk, actor=SYSTEM)
        deliver_waiting()
        assert step_of(deal) == (None, "")

    def test_without_a_time_counts_as_none(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal()
        planning.plan("Bir ara", actor=SYSTEM, about=ref_of(deal))
        deliver_waiting()

        assert step_of(deal) == (None, "")

    def test_stays_when_it_is_told_twice(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal()
        planning.plan("Ara", actor=SYSTEM, about=ref_of(deal), due_at=timezone.now())

        assert (actions.refresh_steps([deal.pk]), actions.refresh_steps([deal.pk])) == (1, 0)


class TestQueue:
    def test_holds_my_deals_for_which_nothing_is_planned(self, cast: Cast, stages: dict[str, Stage]) -> None:
        mine = make_deal("Lobi", owner=cast.ayse.user.pk, stage=stages["Teklif"], amount=Decimal(90_000))
        planned = make_deal("Planlı", owner=cast.ayse.user.pk)
        actions.plan_step(planned, title="Ara", kind="call", due_at=timezone.now() + timedelta(days=9), actor=SYSTEM)
        make_deal("Başkasının", owner=cast.zeynep.user.pk)
        actions.lose_deal(make_deal("Kayıp", owner=cast.ayse.user.pk), actor=SYSTEM)

        [item] = queries.silent_deals(cast.ayse.actor, timezone.now(), timezone.now())

        assert (item.ref, item.value, item.probability) == (ref_of(mine), Decimal("90000.00"), 65)
        assert "Teklif" in item.reason

    def test_puts_a_task_where_its_deal_is_worth(self, cast: Cast, stages: dict[str, Stage]) -> None:
        small, large = make_deal("Küçük", owner=cast.ayse.user.pk), make_deal("Büyük", owner=cast.ayse.user.pk)
        Deal.objects.filter(pk=large.pk).update(amount=Decimal(500_000), probability=80)
        for deal in (small, large):
            planning.plan(deal.name, actor=cast.ayse.actor, about=ref_of(deal), due_at=timezone.now())

        items = signed_in(cast.ayse).get("/today").context["items"]

        assert [item["name"] for item in items if item["done_url"].startswith("/tasks/")] == ["Büyük", "Küçük"]

    def test_values_foreign_money_by_the_rate_of_the_day(self, cast: Cast, stages: dict[str, Stage]) -> None:
        from hatir.foundation.records import actions as generic
        from hatir.foundation.records.registry import record_type

        rate = {"currency": "USD", "valid_on": timezone.localdate(), "buying": Decimal(40), "selling": Decimal(41)}
        generic.create(record_type("catalog.currency_rate"), [rate], actor=SYSTEM)
        dollars = make_deal(currency="USD", amount=Decimal(100))
        unknown = make_deal(currency="EUR", amount=Decimal(100))

        found = queries.worths_of(SYSTEM, [dollars.pk, unknown.pk])

        assert found[dollars.pk].value == Decimal(4100)
        assert found[unknown.pk].value is None


class TestMoving:
    def test_asks_for_the_step_that_the_stage_proposes(self, cast: Cast, stages: dict[str, Stage]) -> None:
        actions.update_stages(
            [(stages["Teklif"], {"next_title": "Teklif için ara", "next_kind": "call", "next_days": 3})], actor=SYSTEM
        )
        deal, client = make_deal(owner=cast.ayse.user.pk), signed_in(cast.ayse)
        place = f"/sales/deals/{deal.public_id}"

        moved = client.post(f"{place}/stage/", {"to": stages["Teklif"].public_id}, headers=HTMX)
        assert f"{place}/step/" in moved.headers["HX-Trigger"]
        offered = client.get(f"{place}/step/", headers=HTMX).context
        sent = {name: offered[name] for name in ("title", "kind", "due")}
        client.post(f"{place}/step/", sent, headers=HTMX)

        task = Task.objects.get()
        assert (task.title, task.kind, task.owner_id, task.about) == (
            "Teklif için ara", "call", cast.ayse.user.pk, ref_of(deal),
        )  # fmt: skip
        assert step_of(deal) == (task.due_at, "call")

    def test_of_a_deal_with_a_step_asks_nothing(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal(owner=cast.ayse.user.pk)
        actions.plan_step(deal, title="Ara", kind="call", due_at=timezone.now(), actor=SYSTEM)

        moved = signed_in(cast.ayse).post(
            f"/sales/deals/{deal.public_id}/stage/", {"to": stages["Teklif"].public_id}, headers=HTMX
        )

        assert "step:plan" not in moved.headers["HX-Trigger"]

    def test_the_last_step_done_asks_for_the_next(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal(owner=cast.ayse.user.pk)
        task = actions.plan_step(deal, title="Ara", kind="call", due_at=timezone.now(), actor=cast.ayse.actor)

        answer = signed_in(cast.ayse).post(f"/tasks/{task.public_id}/done/", headers=HTMX)

        assert f"/sales/deals/{deal.public_id}/step/" in answer.headers["HX-Trigger"]

    def test_says_what_is_missing_and_keeps_what_was_written(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal(owner=cast.ayse.user.pk)

        answer = signed_in(cast.ayse).post(
            f"/sales/deals/{deal.public_id}/step/", {"title": "Uğra", "kind": "visit", "due": "yarın"}, headers=HTMX
        )

        assert (answer.status_code, answer.context["title"], answer.context["kind"]) == (422, "Uğra", "visit")
        assert Task.objects.count() == 0

    def test_is_404_to_a_stranger(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal(owner=cast.ayse.user.pk)

        assert signed_in(cast.can).get(f"/sales/deals/{deal.public_id}/step/").status_code == 404
