"""Who may pass, how often, and what everybody is told who may not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from hatir.foundation.access.models import ApiKey
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.webhooks.models import AnsweredRequest
from hatir.interface.api.limits import Buckets
from hatir.interface.api.tests.conftest import Program
from tests.world.cast import SYSTEM, Cast, Customer

PROBLEM = "application/problem+json"


class TestDoor:
    @pytest.mark.parametrize("path", ["/customers", "/customers/", "/nix", "/openapi.json", "", "/"])
    def test_is_closed_to_strangers(self, db: None, stranger: Program, path: str) -> None:
        answer = stranger.send("GET", path)

        assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
        assert answer["WWW-Authenticate"].startswith("Bearer")

    def test_is_closed_to_withdrawn_and_old_keys(self, api: Program) -> None:
        ApiKey.objects.update(revoked_at=timezone.now())
        assert api.send("GET", "/customers").status_code == 401

        ApiKey.objects.update(revoked_at=None, expires_at=timezone.now() - timedelta(seconds=1))
        assert api.send("GET", "/customers").status_code == 401

    @pytest.mark.parametrize("path", ["/nix", "/customers/xx", "/customers/0000000000000", "/a/b/c/d", "/"])
    def test_tells_in_json_that_nothing_is_there(self, api: Program, path: str) -> None:
        answer = api.send("GET", path)

        assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)

    def test_names_the_methods_it_takes(self, api: Program) -> None:
        assert api.send("PUT", "/customers").status_code == 405
        assert "POST" in api.send("DELETE", "/customers")["Allow"]

    def test_speaks_the_callers_language(self, api: Program) -> None:
        answer = api.send("POST", "/people", {"name": "A", "email": "x"}, Accept_Language="en")

        assert answer.json()["title"] == "Some values cannot be stored."
        assert answer.json()["detail"] == "Enter an e-mail address like name@company.com."

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b'{"name": "a", "name": "b"}', 400),
            (b'{"name": NaN}', 400),
            (b'{"name": "a",}', 400),
            (b"\xff\xfe", 400),
            (b'{"name": "\\ud800"}', 400),
            (b'{"name": "a\\u0000"}', 400),
            (b'{"name": 1e999}', 400),
            (b"[" * 100_000, 400),
            (b'{"a":' * 100 + b"1" + b"}" * 100, 400),
            (b"[]", 400),
            (b'{"name": "' + b"a" * 1_000_001 + b'"}', 413),
            (b'{"name": {"a": 1}}', 422),
            (b'{"name": "a", "tags": 5}', 422),
            (b'{"name": "a", "custom": 5}', 422),
        ],
    )
    def test_says_what_is_wrong_with_a_body(self, api: Program, body: bytes, status: int) -> None:
        before = Customer.objects.count()

        answer = api.send("POST", "/customers", body)

        assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
        assert Customer.objects.count() == before

    def test_takes_json_only(self, api: Program) -> None:
        assert api.send("POST", "/customers", "name=a", content_type="text/plain").status_code == 415

    def test_takes_a_session_with_its_token_only(self, cast: Cast) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(cast.admin.user, "django.contrib.auth.backends.ModelBackend")

        read = browser.get("/api/v1/customers")
        written = browser.post("/api/v1/customers", {"name": "Zorla"}, content_type="application/json")

        assert (read.status_code, written.status_code) == (200, 403)
        assert not Customer.objects.filter(name="Zorla").exists()


class TestLimits:
    def test_are_told_with_every_answer(self, api: Program) -> None:
        answer = api.send("GET", "/customers")

        assert (answer["RateLimit-Limit"], int(answer["RateLimit-Remaining"])) == ("12000", 11999)

    def test_stop_who_asks_too_often(self, api: Program) -> None:
        set_company({"api.per_minute": 10}, actor=SYSTEM)

        answers = [api.send("GET", "/customers?limit=1") for _time in range(12)]

        assert [answer.status_code for answer in answers[:10]] == [200] * 10
        assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "too_many")
        assert int(answers[-1]["Retry-After"]) >= 1

    def test_fill_up_again(self, tmp_path: Path) -> None:
        buckets = Buckets(tmp_path / "limits")

        taken = [buckets.take("a", 2, now=at).retry_seconds for at in (0.0, 0.0, 0.0, 31.0)]

        assert taken == [0, 0, 30, 0]


class TestIdempotency:
    def test_answers_a_repetition_without_doing_it_again(self, api: Program) -> None:
        first = api.send("POST", "/customers", {"name": "Bir Kez"}, Idempotency_Key="a")
        second = api.send("POST", "/customers", {"name": "Bir Kez"}, Idempotency_Key="a")

        assert (second.status_code, second.json(), second["Location"]) == (201, first.json(), first["Location"])
        assert second["Idempotency-Replayed"] == "true"
        assert Customer.objects.filter(name="Bir Kez").count() == 1

    def test_refuses_the_key_for_another_request(self, api: Program) -> None:
        api.send("POST", "/customers", {"name": "Bir"}, Idempotency_Key="a")

        answer = api.send("POST", "/customers", {"name": "İki"}, Idempotency_Key="a")

        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")

    def test_refuses_a_second_while_the_first_is_worked_on(self, api: Program) -> None:
        api.send("POST", "/customers", {"name": "Bir"}, Idempotency_Key="a")
        AnsweredRequest.objects.update(status=None)

        assert api.send("POST", "/customers", {"name": "Bir"}, Idempotency_Key="a").status_code == 409

    def test_takes_over_what_a_dead_worker_left(self, api: Program) -> None:
        api.send("POST", "/customers", {"name": "Bir"}, Idempotency_Key="a")
        AnsweredRequest.objects.update(status=None, created_at=timezone.now() - timedelta(minutes=5))

        assert api.send("POST", "/customers", {"name": "Bir"}, Idempotency_Key="a").status_code == 201

    def test_keeps_a_refusal_too(self, api: Program) -> None:
        answers = [api.send("POST", "/customers", {"name": ""}, Idempotency_Key="a") for _time in range(2)]

        assert [answer.status_code for answer in answers] == [422, 422]
        assert answers[1]["Idempotency-Replayed"] == "true"


class TestOtherOrigins:
    def test_are_refused_unless_listed(self, api: Program) -> None:
        origin = "https://www.lalemarket.com.tr"
        before = api.send("GET", "/customers", Origin=origin)
        set_company({"api.origins": origin}, actor=SYSTEM)
        after = api.send("GET", "/customers", Origin=origin)
        asked = Program("").send("OPTIONS", "/customers", Origin=origin, Access_Control_Request_Method="POST")

        assert "Access-Control-Allow-Origin" not in before
        assert after["Access-Control-Allow-Origin"] == origin
        assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, origin)
