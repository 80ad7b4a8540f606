"""Deliveries: what is told, to whom, how often, and when it ends."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records import actions as records
from hatir.foundation.records.errors import Denied, Invalid
from hatir.foundation.records.registry import record_type
from hatir.foundation.webhooks import actions
from hatir.foundation.webhooks.actions import deliveries
from hatir.foundation.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from hatir.foundation.webhooks.rules import next_try, wants
from hatir.foundation.webhooks.sending import Outcome
from tests.world.cast import Cast, Customer, Member, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
FINE = Outcome(204, "tamam", "", 12)
BROKEN = Outcome(500, "bozuk", "", 12)


class Street:
    """Stands for the network: keeps what was sent, answers what the test says."""

    def __init__(self) -> None:
        self.answer = FINE
        self.sent: list[tuple[str, dict[str, str]]] = []

    def call(self, _url: str, body: str, headers: dict[str, str], *, inner_allowed: bool) -> Outcome:
        self.sent.append((body, headers))
        return self.answer


@pytest.fixture
def street(monkeypatch: pytest.MonkeyPatch) -> Street:
    found = Street()
    monkeypatch.setattr(deliveries, "call", found.call)
    return found


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def endpoint_for(member: Member, events: str = "customers.*") -> WebhookEndpoint:
    row = {"name": "Muhasebe", "url": "https://93.184.215.14/hook", "events": events}
    found: WebhookEndpoint = actions.create_endpoints([row], actor=member.actor)[0]
    drain()
    return found


def rename(customer: Customer, city: str, cast: Cast) -> None:
    fresh = Customer.objects.get(pk=customer.pk)
    records.update(record_type("customers.customer"), [(fresh, {"city": city})], actor=cast.admin.actor)


def drain() -> None:
    while deliver_waiting():
        pass
    run_due()


class TestDeliveries:
    def test_tell_the_changed_record_and_its_fields(self, cast: Cast, street: Street) -> None:
        endpoint_for(cast.admin)

        rename(cast.elif_kaya, "Rize", cast)
        drain()

        told = json.loads(street.sent[-1][0])
        assert told["type"] == "customers.customer.changed"
        assert (told["data"]["record"]["city"], told["data"]["changed"]) == ("Rize", ["city", "region"])
        assert WebhookDelivery.objects.latest("id").state == "delivered"

    def test_are_made_once_for_an_event(self, cast: Cast, street: Street) -> None:
        endpoint_for(cast.admin)
        rename(cast.elif_kaya, "Rize", cast)
        drain()
        before = WebhookDelivery.objects.count()

        from hatir.foundation.events.dispatch import replay
        from hatir.foundation.events.models import OutboxEvent

        replay(OutboxEvent.objects.filter(key="records.changed").latest("id").pk)

        assert WebhookDelivery.objects.count() == before

    def test_tell_nothing_that_the_owner_may_not_see(self, cast: Cast, street: Street) -> None:
        endpoint = endpoint_for(cast.admin)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(owner=cast.mehmet.user)
        WebhookDelivery.objects.all().delete()

        rename(cast.elif_kaya, "Rize", cast)
        rename(cast.deniz_isik, "Kars", cast)
        drain()

        told = json.loads(WebhookDelivery.objects.get().body)["data"]["record"]
        assert (told["name"], told["tckn"]) == ("Deniz Işık", "•••••••••46")

    def test_are_tried_again_later_with_the_same_id(self, cast: Cast, street: Street) -> None:
        endpoint_for(cast.admin)
        street.answer = BROKEN
        rename(cast.elif_kaya, "Rize", cast)
        drain()
        delivery = WebhookDelivery.objects.latest("id")

        street.answer = FINE
        actions.deliver(delivery.pk, at=timezone.now())

        ids = [headers["webhook-id"] for _body, headers in street.sent[-2:]]
        delivery.refresh_from_db()
        assert ids == [delivery.message_id] * 2
        assert (delivery.state, delivery.attempt_count) == ("delivered", 2)
        assert list(
            WebhookAttempt.objects.filter(delivery=delivery).order_by("id").values_list("status", flat=True)
        ) == [500, 204]

    def test_end_when_the_endpoint_failed_for_days(self, cast: Cast, street: Street) -> None:
        endpoint = endpoint_for(cast.admin)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=timezone.now() - timedelta(days=6))
        street.answer = BROKEN

        rename(cast.elif_kaya, "Rize", cast)
        drain()

        endpoint.refresh_from_db()
        assert (endpoint.is_active, endpoint.disabled_because) == (False, "HTTP 500")

    def test_end_when_the_endpoint_is_gone(self, cast: Cast, street: Street) -> None:
        endpoint = endpoint_for(cast.admin)
        street.answer = Outcome(410, "", "", 3)

        rename(cast.elif_kaya, "Rize", cast)
        drain()

        endpoint.refresh_from_db()
        assert (endpoint.is_active, endpoint.disabled_because) == (False, "410 Gone")

    def test_can_be_sent_again_by_hand(self, cast: Cast, street: Street) -> None:
        endpoint = endpoint_for(cast.admin)
        delivery = actions.send_ping(endpoint, actor=cast.admin.actor)
        run_due()

        actions.replay_delivery(WebhookDelivery.objects.get(pk=delivery.pk), actor=cast.admin.actor)
        run_due()

        pings = [body for body, _headers in street.sent if "webhooks.ping" in body]
        assert pings == [delivery.body, delivery.body]


class TestEndpoints:
    def test_show_their_secret_once(self, cast: Cast) -> None:
        endpoint = endpoint_for(cast.admin)

        shown = [actions.show_secret_once(endpoint, actor=cast.admin.actor) for _time in range(2)]

        assert shown[0].startswith("whsec_")
        assert shown[1] == ""
        assert shown[0] not in WebhookEndpoint.objects.get().sealed_secrets

    def test_sign_with_both_secrets_for_a_day(self, cast: Cast, street: Street) -> None:
        endpoint = endpoint_for(cast.admin)

        actions.replace_secret(endpoint, actor=cast.admin.actor)
        actions.send_ping(endpoint, actor=cast.admin.actor)
        run_due()

        assert len(street.sent[-1][1]["webhook-signature"].split()) == 2

    @pytest.mark.parametrize("url", ["http://127.0.0.1/x", "http://localhost/x", "http://169.254.169.254/"])
    def test_refuse_inner_addresses_at_once(self, cast: Cast, url: str) -> None:
        with pytest.raises(Invalid):
            actions.create_endpoints([{"name": "İç", "url": url, "events": "*"}], actor=cast.admin.actor)

    def test_are_for_those_who_manage_settings(self, cast: Cast) -> None:
        with pytest.raises(Denied):
            endpoint_for(cast.ayse)

        assert not WebhookEndpoint.objects.exists()


class TestRules:
    def test_know_which_events_are_wanted(self) -> None:
        assert wants("customers.customer.created, sales.*", "sales.deal_won")
        assert not wants("customers.customer.created", "customers.customer.changed")
        assert not wants("customers.*", "customersx.y")

    def test_give_up_after_the_last_pause(self) -> None:
        now = timezone.now()

        assert next_try(1, now) == now + timedelta(seconds=5)
        assert next_try(9, now) == now + timedelta(days=1)
        assert next_try(10, now) is None
