from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.sources import NAMES
from tests.world.cast import Cast, make_cast

HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number,Create Date\n7,Ali,Er,ali@ornek.test,0532 111 22 33,\n"
CARD = "BEGIN:VCARD\nVERSION:3.0\nN:Er;Ali;;;\nTEL:0532 111 22 33\nTEL;TYPE=HOME:0212 111 22 33\nEND:VCARD\n"


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Path) -> Cast:
    settings.MEDIA_ROOT = tmp_path / "files"
    return make_cast()


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.admin.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def mapping_page(client: Client, name: str, text: str) -> tuple[ImportRun, str]:
    """Upload a list of people and give the run with its second step."""
    answer = client.post("/import/", {"type": "customers.person", "file": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    return ImportRun.objects.get(), page.content.decode()


class TestMappingStep:
    def test_names_the_export_that_the_file_looks_like(self, admin: Client) -> None:
        _run, page = mapping_page(admin, "hubspot.csv", HUBSPOT)

        assert '<option value="hubspot-contact" selected>' in page
        assert page.count(str(NAMES["hubspot-contact"])) == 2
        assert '<option value="hubspot-company"' not in page

    def test_takes_another_export_or_none(self, admin: Client) -> None:
        run, _page = mapping_page(admin, "hubspot.csv", HUBSPOT)
        assert run.mapping["0"] == "external_id"

        answer = admin.post(f"/import/{run.public_id}/matching/?by_source=1", {"source": "none"})

        assert answer.headers["Location"] == f"/import/{run.public_id}/mapping/"
        run.refresh_from_db()
        assert (run.options["source"], run.mapping["0"], run.mapping["3"]) == ("", "", "email")

    def test_shows_cards_with_their_further_telephones(self, admin: Client) -> None:
        run, page = mapping_page(admin, "kisiler.vcf", CARD)

        assert "0212 111 22 33" in page
        assert '<option value="+phone" selected>' in page
        assert 'name="source"' not in page
        assert set(run.mapping.values()) == {"", "name", "given_name", "family_name", "phone", "+phone"}


class TestExport:
    def test_gives_cards_of_people_and_of_nothing_else(self, admin: Client) -> None:
        answer = admin.get("/records/customers.person/export/?format=vcf")

        assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
        assert b"".join(answer).count(b"BEGIN:VCARD\r\n") == 2
        assert admin.get("/records/customers.tag/export/?format=vcf").status_code == 404
