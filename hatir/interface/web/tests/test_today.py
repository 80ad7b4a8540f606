"""The first page of the day: what is due, who fell silent, who was never contacted, who named me."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.customers.models import Customer
from hatir.foundation.notifications.actions import Item, notify
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.timeline.actions import add_task_stub, plan_meeting
from hatir.foundation.timeline.models import TimelineEntry
from tests.world.cast import SYSTEM, Cast, Member, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def day_of(member: Member) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.get("/today").context


def ref_of(customer: Customer) -> RecordRef:
    return RecordRef("customers.customer", customer.pk)


def titles(context: Any) -> dict[str, list[str]]:
    return {queue["title"]: [item["title"] for item in queue["items"]] for queue in context["queues"]}


class TestTasks:
    def test_are_mine_and_due_by_tonight(self, cast: Cast) -> None:
        now, about = timezone.now(), ref_of(cast.elif_kaya)
        add_task_stub(about, "Dünkü", actor=cast.ayse.actor, due_at=now - timedelta(days=1))
        add_task_stub(about, "Bana verilen", actor=cast.zeynep.actor, due_at=now, assignee_id=cast.ayse.user.pk)
        add_task_stub(about, "Haftaya", actor=cast.ayse.actor, due_at=now + timedelta(days=7))
        plan_meeting(about, "Zeynep'in toplantısı", actor=cast.zeynep.actor, due_at=now)

        day = day_of(cast.ayse)

        [queue] = [queue for queue in day["queues"] if queue["items"][0]["title"] == "Dünkü"]
        assert [(item["title"], item["note"], item["tone"]) for item in queue["items"]] == [
            ("Dünkü", "Elif Kaya", "bad"), ("Bana verilen", "Elif Kaya", "bad"),
        ]  # fmt: skip

    def test_are_ticked_off_in_their_place(self, cast: Cast) -> None:
        entry = add_task_stub(ref_of(cast.elif_kaya), "Ara", actor=cast.ayse.actor)
        client = Client()
        client.force_login(cast.ayse.user)
        [queue] = [queue for queue in day_of(cast.ayse)["queues"] if queue["items"][0]["title"] == "Ara"]

        assert client.post(queue["items"][0]["done_url"], headers={"HX-Request": "true"}).status_code == 200

        assert TimelineEntry.objects.filter(pk=entry.pk, done_at=None).count() == 0
        assert TimelineEntry.objects.filter(pk=entry.pk, done_at__lte=timezone.now()).count() == 1
        assert "Ara" not in list(chain(*titles(day_of(cast.ayse)).values()))

    def test_on_records_out_of_sight_are_not_told(self, cast: Cast) -> None:
        about = ref_of(cast.deniz_isik)
        add_task_stub(about, "Gizli", actor=cast.mehmet.actor, assignee_id=cast.ayse.user.pk)

        assert "Gizli" not in list(chain(*titles(day_of(cast.ayse)).values()))


class TestCustomers:
    def test_silent_and_never_contacted_ones_are_mine(self, cast: Cast) -> None:
        long_ago = timezone.now() - timedelta(days=31)
        Customer.objects.filter(pk__in=[cast.elif_kaya.pk, cast.deniz_isik.pk]).update(last_contact_at=long_ago)

        shown = titles(day_of(cast.ayse))

        assert list(shown.values()) == [["Elif Kaya"], ["Lale Market"]]


class TestMentions:
    def test_wait_until_they_are_read(self, cast: Cast) -> None:
        notify([Item(cast.ayse.user.pk, "mention", "Zeynep sizden söz etti", ref=ref_of(cast.elif_kaya))])
        notify([Item(cast.ayse.user.pk, "assigned", "Yeni kayıt", ref=ref_of(cast.elif_kaya))])
        client = Client()
        client.force_login(cast.ayse.user)

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
