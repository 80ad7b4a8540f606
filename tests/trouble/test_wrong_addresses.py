"""Another host's name, and the API without a version: programs get JSON that says what is wrong."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client

pytestmark = pytest.mark.django_db


class TestAnotherHostsName:
    @pytest.fixture(autouse=True)
    def hosts(self, settings: LazySettings) -> None:
        settings.ALLOWED_HOSTS = ["crm.ornek.com.tr"]

    @pytest.mark.parametrize("path", ["/api/v1/customers", "/api/", "/api"])
    def test_gets_a_problem_body(self, path: str) -> None:
        answer = Client(raise_request_exception=False).get(
            path, headers={"Host": "evil.example", "Accept-Language": "tr"}
        )

        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        assert (answer.json()["code"], answer.json()["detail"]) == (
            "bad_request",
            "Bu sunucu bu ad altında yanıt vermiyor.",
        )
        assert "evil.example" not in answer.content.decode()

    def test_gets_a_page_where_people_look(self) -> None:
        answer = Client(raise_request_exception=False).get(
            "/customers/", headers={"Host": "evil.example", "Accept-Language": "tr"}
        )

        assert answer.status_code == 400
        assert "Bu sunucu bu ad altında yanıt vermiyor." in answer.content.decode()
        assert "evil.example" not in answer.content.decode()


class TestTheApiWithoutAVersion:
    @pytest.mark.parametrize("path", ["/api", "/api/"])
    def test_names_its_versions(self, path: str) -> None:
        answer = Client().get(path)

        assert answer.status_code == 200
        assert [one["version"] for one in answer.json()["versions"]] == ["v1"]
        assert answer.json()["versions"][0]["openapi"].endswith("/api/v1/openapi.json")

    def test_takes_nothing_but_reading(self) -> None:
        answer = Client().post("/api/", {})

        assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, "GET, HEAD", "method")

    def test_of_an_unknown_version_has_nothing(self) -> None:
        answer = Client().get("/api/v9/customers")

        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
