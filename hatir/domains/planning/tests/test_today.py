"""The first page of the day: one queue in one order, results with their keys, what comes next, who named me."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.customers.models import Customer
from hatir.domains.planning import actions
from hatir.domains.planning.models import Task
from hatir.domains.planning.queries import queue
from hatir.domains.planning.rules import in_working_days
from hatir.foundation.notifications.actions import Item, notify
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.records.refs import RecordRef
from tests.world.cast import SYSTEM, Cast, Member, make_cast

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def day_of(member: Member) -> Any:
    return signed_in(member).get("/today").context


def ref_of(customer: Customer) -> RecordRef:
    return RecordRef("customers.customer", customer.pk)


def plan(cast: Cast, title: str, **values: Any) -> Task:
    given = {"about": ref_of(cast.elif_kaya), "due_at": timezone.now(), "actor": cast.ayse.actor, **values}
    return actions.plan(title, **given)


def titles(context: Any) -> list[str]:
    return [item["title"] for item in context["items"]]


class TestQueue:
    def test_holds_what_is_mine_and_due_by_tonight(self, cast: Cast) -> None:
        now = timezone.now()
        plan(cast, "Dünkü", due_at=now - timedelta(days=1))
        plan(cast, "Bana verilen", actor=cast.zeynep.actor, owner_id=cast.ayse.user.pk)
        plan(cast, "Haftaya", due_at=now + timedelta(days=7))
        plan(cast, "Zeynep'in toplantısı", actor=cast.zeynep.actor, kind="meeting")
        actions.call_off(plan(cast, "Vazgeçildi").pk, actor=cast.ayse.actor)

        assert titles(day_of(cast.ayse)) == ["Elif Kaya: Dünkü", "Elif Kaya: Bana verilen"]

    def test_is_ordered_by_value_probability_and_delay(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(queue, "_worths", {})
        now = timezone.now()
        small = plan(cast, "Küçük, geç", due_at=now - timedelta(days=7))
        large = plan(cast, "Büyük")
        unlikely = plan(cast, "Büyük, zor")
        for number, task in enumerate((large, unlikely), 1):
            Task.objects.filter(pk=task.pk).update(about_type="sales.deal", about_id=number, customer=None)
        chances = {1: 68, 2: 1}
        queue.add_worth("sales.deal", lambda actor, ids: {pk: queue.Worth(Decimal(486_000), chances[pk]) for pk in ids})

        found = queue.todays_queue(cast.ayse.actor, now, now + timedelta(minutes=1))

        assert [item.task_id for item in found] == [large.pk, unlikely.pk, small.pk]

    def test_takes_items_of_other_rooms(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(queue, "_sources", [])
        lead = queue.QueueItem("sales.lead:1", "Yeni aday", ref_of(cast.lale_market), value=Decimal(90_000))
        queue.add_queue_source(lambda actor, at, until: [lead])
        plan(cast, "Ara")

        assert titles(day_of(cast.ayse)) == ["Yeni aday", "Elif Kaya: Ara"]

    def test_offers_customers_who_fell_silent_unless_something_is_planned(self, cast: Cast) -> None:
        long_ago = timezone.now() - timedelta(days=31)
        ids = [cast.elif_kaya.pk, cast.lale_market.pk, cast.deniz_isik.pk]
        Customer.objects.filter(pk__in=ids).update(last_contact_at=long_ago)
        plan(cast, "Haftaya", due_at=timezone.now() + timedelta(days=7))

        [item] = day_of(cast.ayse)["items"]

        assert item["title"].startswith("Lale Market")

    def test_does_not_tell_the_name_of_a_customer_out_of_sight(self, cast: Cast) -> None:
        task = plan(cast, "Ara", actor=SYSTEM, about=ref_of(cast.deniz_isik), owner_id=cast.ayse.user.pk)

        page = signed_in(cast.ayse).get("/today")

        assert task.customer_id == cast.deniz_isik.pk
        assert titles(page.context) == ["Ara"]
        assert "Deniz" not in page.content.decode()

    def test_costs_the_same_for_three_and_for_thirty(self, cast: Cast, django_assert_max_num_queries: Any) -> None:
        client = signed_in(cast.ayse)
        counts = []
        for count in (3, 27):
            for number in range(count):
                plan(cast, f"İş {number}", kind="call")
            client.get("/today")
            with django_assert_max_num_queries(60) as seen:
                client.get("/today")
            counts.append(len(seen))

        assert counts[0] == counts[1]


class TestResults:
    def test_complete_in_place_and_propose_what_comes_next(self, cast: Cast) -> None:
        task, client = plan(cast, "Ara", kind="call"), signed_in(cast.ayse)
        [item] = client.get("/today").context["items"]
        assert [(r["key"], r["value"]) for r in item["results"]] == [
            ("1", "reached"), ("2", "no_answer"), ("3", "call_back"), ("4", "not_interested"),
        ]  # fmt: skip

        answer = client.post(item["done_url"], {"outcome": "no_answer", "propose": "1"}, headers=HTMX)
        offer = answer.context["offer"]
        client.post("/today/next/", offer, headers=HTMX)

        done, following = Task.objects.order_by("pk")
        assert (done.pk, done.status, done.outcome) == (task.pk, "done", "no_answer")
        assert (following.kind, following.status, following.customer_id) == ("call", "open", cast.elif_kaya.pk)
        assert f"{timezone.localtime(following.due_at):%Y-%m-%dT%H:%M}" == offer["due"]
        expected = in_working_days(done.done_at or timezone.now(), 1, timezone.get_current_timezone())
        assert timezone.localdate(following.due_at) == timezone.localdate(expected)

    def test_of_something_unplanned_are_written_down_as_a_call(self, cast: Cast) -> None:
        sent = {"about": str(ref_of(cast.elif_kaya)), "title": "Nasıl gidiyor?", "outcome": "reached"}

        assert signed_in(cast.ayse).post("/today/result/", sent, headers=HTMX).status_code == 200

        task = Task.objects.get()
        assert (task.kind, task.status, task.outcome, task.title) == ("call", "done", "reached", "Nasıl gidiyor?")

    def test_about_a_record_out_of_sight_are_404(self, cast: Cast) -> None:
        client, secret = signed_in(cast.ayse), str(ref_of(cast.deniz_isik))

        codes = [
            client.post("/today/result/", {"about": secret, "title": "x"}).status_code,
            client.post("/today/next/", {"about": secret, "title": "x", "due": "2030-01-01T10:00"}).status_code,
            client.post("/today/result/", {"about": "saçma", "title": "x"}).status_code,
        ]

        assert codes == [404, 404, 404]
        assert Task.objects.count() == 0

    def test_putting_off_keeps_the_clock_time(self, cast: Cast) -> None:
        due = timezone.now() - timedelta(days=3)
        task = plan(cast, "Ara", due_at=due)

        signed_in(cast.ayse).post(f"/tasks/{task.public_id}/later/", {"to": "tomorrow"}, headers=HTMX)

        moved = Task.objects.get(pk=task.pk).due_at
        assert moved is not None
        assert timezone.localtime(moved).date() == timezone.localdate() + timedelta(days=1)
        assert timezone.localtime(moved).time() == timezone.localtime(due).time()

    def test_of_a_stranger_change_nothing(self, cast: Cast) -> None:
        task = plan(cast, "Ara")
        for verb in ("done", "later", "reopen"):
            assert signed_in(cast.mehmet).post(f"/tasks/{task.public_id}/{verb}/", headers=HTMX).status_code == 404
            assert signed_in(cast.can).post(f"/tasks/{task.public_id}/{verb}/", headers=HTMX).status_code == 404

        assert Task.objects.get(pk=task.pk).version == 1


class TestComposer:
    def test_plans_tasks_and_meetings_once_for_each_key(self, cast: Cast) -> None:
        client, url = signed_in(cast.ayse), f"{ref_of(cast.elif_kaya).url}entries/"
        waited = {**HTMX, "Idempotency-Key": "k-1"}
        task = {"kind": "task", "text": "Ara\nöğleden sonra", "at": "2030-12-01T10:00"}
        meeting = {"kind": "meeting", "text": "Sunum", "at": "2030-12-01T10:00", "place": "Salon"}

        codes = [client.post(url, task, headers=waited).status_code for _time in range(2)]
        codes.append(client.post(url, meeting, headers=HTMX).status_code)
        nothing = client.post(url, {"kind": "task", "text": " "}, headers=HTMX).status_code

        assert (codes, nothing) == ([200, 200, 200], 422)
        made = Task.objects.order_by("pk").values_list("kind", "title", "note", "place", "customer")
        assert list(made) == [
            ("todo", "Ara", "öğleden sonra", "", cast.elif_kaya.pk),
            ("meeting", "Sunum", "", "Salon", cast.elif_kaya.pk),
        ]
        page = client.get(ref_of(cast.elif_kaya).url)
        assert [task.title for task in page.context["next_tasks"]] == ["Ara", "Sunum"]


class TestMentions:
    def test_wait_until_they_are_read(self, cast: Cast) -> None:
        notify([Item(cast.ayse.user.pk, "mention", "Zeynep sizden söz etti", ref=ref_of(cast.elif_kaya))])
        notify([Item(cast.ayse.user.pk, "assigned", "Yeni kayıt", ref=ref_of(cast.elif_kaya))])
        client = signed_in(cast.ayse)

        [mention] = day_of(cast.ayse)["mentions"]
        client.get(mention["url"])

        assert mention["text"] == "Zeynep sizden söz etti"
        assert day_of(cast.ayse)["mentions"] == []


class TestFirstSteps:
    def test_are_offered_to_who_manages_until_they_are_done(self, cast: Cast) -> None:
        before, others = day_of(cast.admin)["first_steps"], day_of(cast.ayse)["first_steps"]
        set_company({"company.onboarded": True}, actor=SYSTEM)

        assert (before["url"], before["total"], others) == ("/first-steps/", 5, None)
        assert day_of(cast.admin)["first_steps"] is None
