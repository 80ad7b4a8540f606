from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hatir.foundation.jobs.running import run_due
from hatir.foundation.transfer.models import ImportRun
from tests.world.cast import Cast, make_cast

TEXT = "Ad Soyad;E-posta;Şehir\nAli Er;ali@ornek.test;Van\nVeli;yok;Kars\n"


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Path) -> Cast:
    settings.MEDIA_ROOT = tmp_path / "files"
    return make_cast()


def signed_in(client: Client, member: Any) -> Client:
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def upload(client: Client) -> ImportRun:
    file = SimpleUploadedFile("liste.csv", TEXT.encode())
    answer = client.post("/import/", {"type": "customers.person", "file": file})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return ImportRun.objects.get()


class TestWizard:
    def test_leads_from_the_file_to_the_result_without_javascript(self, cast: Cast, client: Client) -> None:
        signed_in(client, cast.admin)
        assert client.get("/import/?type=customers.person").status_code == 200
        run = upload(client)
        base = f"/import/{run.public_id}"
        assert "Ad Soyad" in client.get(f"{base}/mapping/").content.decode()

        assert client.post(f"{base}/mapping/", {}).headers["Location"] == f"{base}/check/"
        assert client.get(f"{base}/check/").status_code == 200
        run_due()
        assert "Veli" in client.get(f"{base}/check/").content.decode()
        assert client.get(f"{base}/duplicates/").status_code == 200
        assert client.post(f"{base}/duplicates/", {"policy": "update"}).headers["Location"] == f"{base}/result/"
        run_due()

        page = client.get(f"{base}/result/")
        assert page.status_code == 200
        run.refresh_from_db()
        assert run.counts == {"new": 1, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": 1}
        rejected = b"".join(client.get(f"{base}/rejected.csv")).decode("utf-8-sig")
        assert rejected.splitlines()[1].startswith("Veli;yok;Kars;")

    def test_takes_one_column_at_once(self, cast: Cast, client: Client) -> None:
        signed_in(client, cast.admin)
        run = upload(client)

        answer = client.post(f"/import/{run.public_id}/columns/2/", {"map-2": ""}, headers={"HX-Request": "true"})

        assert answer.status_code == 200
        run.refresh_from_db()
        assert run.mapping["2"] == ""

    def test_is_hidden_from_others(self, cast: Cast, client: Client) -> None:
        run = upload(signed_in(client, cast.admin))

        stranger = signed_in(Client(), cast.can)

        assert stranger.get(f"/import/{run.public_id}/mapping/").status_code == 404
        assert stranger.post(f"/import/{run.public_id}/duplicates/").status_code == 404
        run.refresh_from_db()
        assert run.state == "draft"


class TestExport:
    @pytest.mark.parametrize("format_name", ["csv", "xlsx", "jsonl"])
    def test_streams_the_list(self, cast: Cast, client: Client, format_name: str) -> None:
        signed_in(client, cast.admin)

        answer = client.get(f"/records/customers.person/export/?format={format_name}")

        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert len(b"".join(answer)) > 100

    def test_is_not_there_for_who_may_not(self, cast: Cast, client: Client) -> None:
        signed_in(client, cast.can)

        assert client.get("/records/customers.person/export/").status_code == 404


class TestJobs:
    def test_are_seen_by_their_owner_only(self, cast: Cast, client: Client) -> None:
        run = upload(signed_in(client, cast.admin))
        client.post(f"/import/{run.public_id}/mapping/", {})
        run.refresh_from_db()
        from hatir.kit.ids import encode_id

        address = f"/jobs/{encode_id(run.job_id or 0)}/"
        assert client.get(address).status_code == 200
        assert client.get("/jobs/").status_code == 200
        stranger = signed_in(Client(), cast.can)
        assert stranger.get(address).status_code == 404
        assert stranger.post(f"{address}cancellation/").status_code == 404
        assert client.post(f"{address}cancellation/").status_code == 302
