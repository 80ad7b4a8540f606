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


HTMX = {"HX-Request": "true"}
OTHERS = (
    "columns/0/",
    "matching/",
    "sheet/",
    "corrections/",
    "duplicates/",
    "cancel/",
    "continue/",
    "revert/",
)


def checked(client: Client, text: str = TEXT) -> ImportRun:
    file = SimpleUploadedFile("liste.csv", text.encode())
    client.post("/import/", {"type": "customers.person", "file": file})
    run = ImportRun.objects.order_by("-id")[0]
    client.post(f"/import/{run.public_id}/mapping/", {})
    run_due()
    run.refresh_from_db()
    return run


class TestCheck:
    def test_opens_the_bad_cells_and_takes_them_mended(self, cast: Cast, client: Client) -> None:
        run = checked(signed_in(client, cast.admin))
        base = f"/import/{run.public_id}"
        assert 'name="cell-3-1"' in client.get(f"{base}/check/").content.decode()

        answer = client.post(f"{base}/corrections/", {"cell-3-1": "veli@ornek.test"}, headers=HTMX)

        assert answer.status_code == 200
        assert 'id="import-summary" hx-swap-oob="true"' in answer.content.decode()
        assert "cell-3-1" not in answer.content.decode()
        run.refresh_from_db()
        assert (run.check_counts["new"], run.check_counts["rejected"]) == (2, 0)

    def test_works_without_javascript(self, cast: Cast, client: Client) -> None:
        run = checked(signed_in(client, cast.admin))
        base = f"/import/{run.public_id}"

        answer = client.post(f"{base}/corrections/", {"cell-3-1": "yok", "leave": "3"})

        assert answer.headers["Location"] == f"{base}/check/"
        run.refresh_from_db()
        assert (run.check_counts["skipped"], run.check_counts["rejected"]) == (1, 0)

    def test_mends_a_value_of_many_rows(self, cast: Cast, client: Client) -> None:
        run = checked(signed_in(client, cast.admin), TEXT + "Oya;yok;Van\n")
        base = f"/import/{run.public_id}"
        assert 'name="becomes-0" value="yok"' in client.get(f"{base}/check/").content.decode()

        given = {"group": "0", "place-0": "1", "was-0": "yok", "becomes-0": ""}
        client.post(f"{base}/corrections/", given, headers=HTMX)

        run.refresh_from_db()
        assert (run.check_counts["new"], run.check_counts["rejected"]) == (3, 0)


class TestDuplicates:
    TEXT = "Ad Soyad;E-posta;Şehir\nAli Er;ali@ornek.test;Van\nAli Er;ali@ornek.test;Kars\n"

    def test_are_shown_and_decided(self, cast: Cast, client: Client) -> None:
        run = checked(signed_in(client, cast.admin), self.TEXT)
        base = f"/import/{run.public_id}"
        assert 'name="decision-3"' in client.get(f"{base}/duplicates/").content.decode()

        client.post(f"{base}/duplicates/", {"policy": "update", "decision-3": "create"})
        run_due()

        run.refresh_from_db()
        assert run.counts == {"new": 2, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": 0}
        page = client.get(f"{base}/result/").content.decode()
        assert "2 + 0 + 0 + 0 + 0" in page

    def test_are_decided_page_by_page(self, cast: Cast, client: Client) -> None:
        run = checked(signed_in(client, cast.admin), self.TEXT)
        base = f"/import/{run.public_id}"

        answer = client.post(f"{base}/duplicates/", {"policy": "skip", "decision-3": "update", "page": "2"})

        assert answer.headers["Location"] == f"{base}/duplicates/?page=2"
        run.refresh_from_db()
        assert (run.state, run.options["on_match"], run.pairs.get().decision) == ("checked", "skip", "update")


class TestMapping:
    TEXT = "Ad Soyad;E-posta;Durum;Kulüp\nAli Er;ali@ornek.test;Bekleyen;A\nOya Ak;oya@ornek.test;Müşteri;B\n"

    def drafted(self, client: Client) -> ImportRun:
        file = SimpleUploadedFile("liste.csv", self.TEXT.encode())
        client.post("/import/", {"type": "customers.person", "file": file})
        return ImportRun.objects.get()

    def test_takes_what_a_value_becomes(self, cast: Cast, client: Client) -> None:
        run = self.drafted(signed_in(client, cast.admin))
        assert 'name="value-2-0"' in client.get(f"/import/{run.public_id}/mapping/").content.decode()

        given = {"map-2": "stage", "value-2-0": "prospect", "value-2-1": "customer"}
        answer = client.post(f"/import/{run.public_id}/columns/2/", given, headers=HTMX)

        assert answer.status_code == 200
        run.refresh_from_db()
        assert run.value_map == {"2": {"bekleyen": "prospect"}}

    def test_makes_an_own_field_on_the_spot(self, cast: Cast, client: Client) -> None:
        run = self.drafted(signed_in(client, cast.admin))

        client.post(f"/import/{run.public_id}/columns/3/", {"map-3": "+new"}, headers=HTMX)

        run.refresh_from_db()
        assert run.mapping["3"].startswith("custom.")

    def test_is_proposed_again(self, cast: Cast, client: Client) -> None:
        run = self.drafted(signed_in(client, cast.admin))
        client.post(f"/import/{run.public_id}/columns/1/", {"map-1": ""}, headers=HTMX)

        answer = client.post(f"/import/{run.public_id}/matching/", headers=HTMX)

        run.refresh_from_db()
        assert run.mapping["1"] == "email"
        assert answer.content.decode().count('<tr id="map-') == 4

    def test_previews_the_record_as_it_will_be(self, cast: Cast, client: Client) -> None:
        run = self.drafted(signed_in(client, cast.admin))

        page = client.get(f"/import/{run.public_id}/preview/?at=1").content.decode()

        assert "Oya Ak" in page


class TestStranger:
    @pytest.mark.parametrize("address", OTHERS)
    def test_finds_nothing_and_changes_nothing(self, cast: Cast, client: Client, address: str) -> None:
        run = checked(signed_in(client, cast.admin))
        before = ImportRun.objects.values().get()

        answer = signed_in(Client(), cast.can).post(f"/import/{run.public_id}/{address}", {"cell-3-1": "a@b.test"})

        assert answer.status_code == 404
        assert ImportRun.objects.values().get() == before
        assert run.corrections.count() == 0

    def test_cannot_begin(self, cast: Cast, client: Client) -> None:
        file = SimpleUploadedFile("liste.csv", TEXT.encode())

        answer = signed_in(client, cast.can).post("/import/", {"type": "customers.person", "file": file})

        assert answer.status_code == 404
        assert ImportRun.objects.count() == 0


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
