"""The examples of the developer page do what they say, each in each language."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hatir.foundation.webhooks import signing
from tests.contract.conftest import Served
from tests.serving import ROOT

EXAMPLES = ROOT / "docs" / "examples" / "api"
PROGRAMS = {".php": ["php"], ".py": [sys.executable], ".sh": ["sh"]}
KINDS = [pytest.param(kind, id=kind[1:]) for kind in PROGRAMS]


def run(name: str, served: Served, *words: str, sent: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAMS[Path(name).suffix]
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is missing: apt-get install php-cli php-curl curl")
    environment = {**os.environ, "HATIR_URL": served.url, "HATIR_KEY": served.key, **more}
    command = [*program, str(EXAMPLES / name), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False, input=sent)


@pytest.mark.parametrize("kind", KINDS)
class TestExamples:
    def test_create_a_customer_and_print_it(self, served: Served, kind: str) -> None:
        done = run(f"create_customer{kind}", served)

        assert done.returncode == 0, done.stderr
        customer = json.loads(done.stdout)
        assert (customer["name"], customer["email"], customer["phone"]) == (
            "Ayşe Işık",
            "ayse@example.com",
            "555-123-4567",
        )

    def test_list_with_a_filter_and_a_cursor(self, served: Served, kind: str) -> None:
        with served.client() as client:
            for name in ("Can Demir", "Ece Şahin", "Işıl Öz"):
                client.post("/api/v1/people", json={"name": name, "city": "İzmir"}).raise_for_status()

        done = run(f"list_customers{kind}", served)

        assert done.returncode == 0, done.stderr
        places = [done.stdout.index(name) for name in ("Can Demir", "Ece Şahin", "Işıl Öz")]
        assert places == sorted(places)

    def test_change_only_what_they_read(self, served: Served, kind: str) -> None:
        with served.client() as client:
            made = client.post("/api/v1/customers", json={"name": "Deniz Işık", "city": "Iğdır"}).json()

        done = run(f"update_customer{kind}", served, made["id"])

        assert done.returncode == 0, done.stderr
        assert "Bursa" in done.stdout
        with served.client() as client:
            assert client.get(f"/api/v1/customers/{made['id']}").json()["city"] == "Bursa"

    def test_tell_a_refusal_in_turkish(self, served: Served, kind: str) -> None:
        done = run(f"handle_errors{kind}", served)

        assert done.returncode == 0, done.stderr
        assert "invalid" in done.stdout
        assert "email" in done.stdout

    def test_verify_a_webhook(self, served: Served, kind: str) -> None:
        secret, body, now = signing.new_secret(), '{"type":"customers.customer.created"}', int(time.time())
        headers = signing.headers([signing.new_secret(), secret], "msg_1", now, body)

        done = run(f"verify_webhook{kind}", served, sent=body, **_webhook_variables(secret, headers))

        assert done.returncode == 0, done.stderr + done.stdout
        assert done.stdout.strip() in ("customers.customer.created", "right")

    def test_refuse_a_forged_webhook(self, served: Served, kind: str) -> None:
        secret, now = signing.new_secret(), int(time.time())
        headers = signing.headers([secret], "msg_1", now, '{"type":"a"}')

        done = run(f"verify_webhook{kind}", served, sent='{"type":"b"}', **_webhook_variables(secret, headers))

        assert "wrong signature" in done.stdout + done.stderr


def _webhook_variables(secret: str, headers: dict[str, str]) -> dict[str, str]:
    return {
        "HATIR_WEBHOOK_SECRET": secret,
        "WEBHOOK_HEADERS": json.dumps(headers),
        "WEBHOOK_ID": headers["webhook-id"],
        "WEBHOOK_TIMESTAMP": headers["webhook-timestamp"],
        "WEBHOOK_SIGNATURE": headers["webhook-signature"],
    }


def test_php_tells_that_nobody_answers(served: Served) -> None:
    done = run("create_customer.php", Served("http://127.0.0.1:9", served.key))

    assert done.stdout.startswith("Hata:")
