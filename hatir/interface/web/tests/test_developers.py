"""What programmers find: how to talk to the house, and the log of what webhooks were told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.jobs.running import run_due
from hatir.foundation.webhooks import actions
from hatir.foundation.webhooks.actions import deliveries
from hatir.foundation.webhooks.models import WebhookDelivery, WebhookEndpoint
from hatir.foundation.webhooks.sending import Outcome
from hatir.kit.ids import encode_id
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


class Street:
    """Stands for the network: counts what was sent, answers what the test says."""

    def __init__(self) -> None:
        self.status = 204
        self.sent: list[dict[str, str]] = []

    def call(self, _url: str, _body: str, headers: dict[str, str], *, inner_allowed: bool) -> Outcome:
        self.sent.append(headers)
        return Outcome(self.status, "yanıt <b>", "", 12)


@pytest.fixture
def street(monkeypatch: pytest.MonkeyPatch) -> Street:
    found = Street()
    monkeypatch.setattr(deliveries, "call", found.call)
    return found


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def endpoint(cast: Cast, street: Street) -> WebhookEndpoint:
    row = {"name": "Muhasebe", "url": "https://93.184.215.14/hook", "events": "customers.*"}
    made: WebhookEndpoint = actions.create_endpoints([row], actor=cast.admin.actor)[0]
    drain()
    return made


def drain() -> None:
    while deliver_waiting():
        pass
    run_due()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def page_of(endpoint: WebhookEndpoint) -> str:
    return f"/settings/webhooks/{endpoint.public_id}/"


class TestWebhooks:
    def test_are_listed_with_their_state(self, cast: Cast, endpoint: WebhookEndpoint) -> None:
        rows = browser_of(cast.admin).get("/settings/webhooks/").context["rows"]

        assert [[cell["html"] for cell in row["cells"]] for row in rows] == [
            ["Muhasebe", "https://93.184.215.14/hook", "customers.*", "etkin"]
        ]

    def test_show_their_secret_once(self, cast: Cast, endpoint: WebhookEndpoint) -> None:
        client = browser_of(cast.admin)

        first, second = client.get(page_of(endpoint)), client.get(page_of(endpoint))

        secret = first.context["secret"]
        assert (secret.startswith("whsec_"), second.context["secret"]) == (True, "")
        assert f'data-copy="{secret}"' in first.content.decode()

    def test_get_a_new_secret_that_signs_what_follows(
        self, cast: Cast, endpoint: WebhookEndpoint, street: Street
    ) -> None:
        client = browser_of(cast.admin)
        old = client.get(page_of(endpoint)).context["secret"]

        new = client.post(f"{page_of(endpoint)}secret/").context["secret"]

        assert (new.startswith("whsec_"), new != old) == (True, True)
        assert client.get(page_of(endpoint)).context["secret"] == ""

    def test_keep_a_log_that_is_narrowed_and_sent_again(
        self, cast: Cast, endpoint: WebhookEndpoint, street: Street
    ) -> None:
        client = browser_of(cast.admin)
        client.post(f"{page_of(endpoint)}ping/")
        drain()
        shown = client.get(page_of(endpoint)).context["deliveries"]
        [told] = [one for one in shown if one["event_type"] == "webhooks.ping"]
        street.sent.clear()
        none: list[Any] = client.get(f"{page_of(endpoint)}?state=given_up").context["deliveries"]

        client.post(f"{page_of(endpoint)}deliveries/{told['id']}/replay/")
        drain()

        page = client.get(page_of(endpoint))
        assert (told["tone"], none) == ("ok", [])
        assert [sent["webhook-id"] for sent in street.sent] == [told["message_id"]]
        assert "yanıt &lt;b&gt;" in page.content.decode()

    @pytest.mark.parametrize("place", ["", "ping/", "secret/"])
    def test_are_not_there_for_who_may_not_manage(self, cast: Cast, endpoint: WebhookEndpoint, place: str) -> None:
        client, before = browser_of(cast.ayse), WebhookDelivery.objects.count()

        answers = [client.get(f"{page_of(endpoint)}{place}").status_code if not place else None,
                   client.post(f"{page_of(endpoint)}{place}").status_code]  # fmt: skip

        assert {answer for answer in answers if answer} == {404}
        assert WebhookDelivery.objects.count() == before

    def test_one_webhooks_log_does_not_send_anothers(self, cast: Cast, endpoint: WebhookEndpoint) -> None:
        row = {"name": "Depo", "url": "https://93.184.215.15/hook", "events": "customers.*"}
        other = actions.create_endpoints([row], actor=cast.admin.actor)[0]
        actions.send_ping(other, actor=cast.admin.actor)
        delivery = WebhookDelivery.objects.get(endpoint=other)

        place = f"{page_of(endpoint)}deliveries/{encode_id(delivery.pk)}/replay/"

        assert browser_of(cast.admin).post(place).status_code == 404


class TestDevelopers:
    @pytest.mark.parametrize(("language", "word"), [("php", "curl_init"), ("py", "import"), ("sh", "curl")])
    def test_find_examples_in_their_language(self, cast: Cast, language: str, word: str) -> None:
        page = browser_of(cast.admin).get(f"/developers/?language={language}")

        sources = [task["source"] for task in page.context["tasks"]]
        assert [bool(source) for source in sources] == [True] * len(sources)
        assert word in sources[0]

    def test_find_only_the_types_that_they_may_see(self, cast: Cast) -> None:
        everybody = browser_of(cast.can).get("/developers/").context["types"]
        administrator = browser_of(cast.admin).get("/developers/").context["types"]

        assert "customers.customer" not in {rt.key for rt in everybody}
        assert "customers.customer" in {rt.key for rt in administrator}
