"""Several files through the wizard's pages, without JavaScript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hatir.domains.customers.models import Customer
from hatir.foundation.jobs.running import run_due
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.tests.test_bundles import ACCOUNTS, CONTACTS
from hatir.interface.web.tests.test_imports import signed_in
from tests.world.cast import Cast, make_cast


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Path) -> Cast:
    settings.MEDIA_ROOT = tmp_path / "files"
    return make_cast()


def uploaded(client: Client) -> str:
    files = [
        SimpleUploadedFile("Contacts.csv", CONTACTS.encode()),
        SimpleUploadedFile("Accounts.csv", ACCOUNTS.encode()),
    ]
    answer = client.post("/import/", {"type": "customers.person", "file": files})
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    return answer.headers["Location"]


class TestFiles:
    def test_are_arranged_imported_told_together_and_taken_back_together(self, cast: Cast, client: Client) -> None:
        url = uploaded(signed_in(client, cast.admin))
        page = client.get(url).content.decode()
        assert page.index("1. Accounts.csv") < page.index("2. Contacts.csv")
        assert "“AccountId”" in page

        client.post(url)
        assert client.get(url).status_code == 200
        run_due()

        runs = ImportRun.objects.order_by("position")
        assert [(run.state, run.counts["new"]) for run in runs] == [("done", 2), ("done", 3)]
        assert "/revert/" in client.get(url).content.decode()
        assert client.get(f"/import/{runs[1].public_id}/result/").headers["Location"].endswith("/files/")

        client.post(f"/import/{runs[0].public_id}/revert/")
        run_due()

        assert client.get(url).status_code == 200
        assert Customer.objects.filter(archived_at=None, email__endswith="@ornek.test").count() == 0

    def test_take_another_type(self, cast: Cast, client: Client) -> None:
        url = uploaded(signed_in(client, cast.admin))
        first = ImportRun.objects.order_by("position")[0]

        answer = client.post(url, {f"type-{first.public_id}": "customers.person", "again": "1"})

        assert answer.status_code == 302
        assert set(ImportRun.objects.values_list("type_key", flat=True)) == {"customers.person"}

    def test_are_hidden_from_others(self, cast: Cast, client: Client) -> None:
        url = uploaded(signed_in(client, cast.admin))

        stranger = signed_in(Client(), cast.can)

        assert stranger.get(url).status_code == 404
        assert stranger.post(url).status_code == 404
        assert set(ImportRun.objects.values_list("state", flat=True)) == {"draft"}
