from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hatir.domains.privacy.models import Consent
from hatir.domains.privacy.queries import may_contact
from hatir.foundation.files.actions import store
from hatir.foundation.jobs.running import run_due
from hatir.foundation.transfer import actions, queries
from hatir.foundation.transfer.errors import NeededMissing
from hatir.foundation.transfer.models import ImportRun
from tests.world.cast import SYSTEM, Cast, make_cast

FILE = """Ad Soyad;E-posta;E-posta izni;SMS izni;İzin kaynağı;İzin tarihi
Elif Kaya;elif@ornek.test;Evet;RET;Web sitesi;12.03.2026
Ali Er;ali@ornek.test;hayır;;HS_ISLAK_IMZA;13.03.2026
"""
ALL = {0: "name", 1: "email", 2: "+consent.email", 3: "+consent.sms", 4: "+consent.source", 5: "+consent.date"}
WITHOUT_PROOF = {at: name for at, name in ALL.items() if at < 4}
WHOLE = {"+consent.source": "HS_ETKINLIK", "+consent.date": "2026-02-01"}


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Path) -> Cast:
    settings.MEDIA_ROOT = tmp_path / "files"
    return make_cast()


def opened(cast: Cast, text: str = FILE, mapping: dict[int, str] | None = None) -> ImportRun:
    actor = cast.admin.actor
    file = store([text.replace("Web sitesi", "HS_WEB").encode()], name="izinler.csv", actor=actor)
    run = actions.begin_import(file, "customers.person", actor=actor)
    return actions.set_mapping(run.pk, mapping, actor=actor) if mapping is not None else run


def imported(cast: Cast, run: ImportRun) -> ImportRun:
    actions.start_import(run.pk, actor=cast.admin.actor)
    run_due()
    run.refresh_from_db()
    return run


def statements() -> list[tuple[str, str, str, str, datetime]]:
    rows = Consent.objects.filter(archived_at=None).order_by("customer__email", "channel")
    fields = ("customer__email", "channel", "status", "obtained_from", "obtained_at")
    return list(rows.values_list(*fields))


class TestConsentColumns:
    def test_are_proposed_where_source_and_date_are_there_too(self, cast: Cast) -> None:
        run = opened(cast)

        assert run.mapping == {str(at): name for at, name in ALL.items()}

    def test_are_left_out_where_nobody_says_source_and_date(self, cast: Cast) -> None:
        run = opened(cast, "Ad Soyad;E-posta;SMS izni\nAli Er;ali@ornek.test;evet\n")

        assert run.mapping == {"0": "name", "1": "email", "2": ""}

    def test_become_statements_with_source_date_and_evidence(self, cast: Cast) -> None:
        run = imported(cast, opened(cast, mapping=ALL))

        assert (run.state, run.counts["new"], run.counts["rejected"]) == ("done", 2, 0)
        march = datetime(2026, 3, 11, 21, tzinfo=UTC)  # midnight of the 12th in İstanbul (+03:00)
        assert statements() == [
            ("ali@ornek.test", "email", "refused", "HS_ISLAK_IMZA", march.replace(day=12)),
            ("elif@ornek.test", "email", "given", "HS_WEB", march),
            ("elif@ornek.test", "sms", "refused", "HS_WEB", march),
        ]
        elif_kaya = Consent.objects.get(channel="sms")
        assert elif_kaya.evidence.startswith("izinler.csv")
        assert elif_kaya.evidence.endswith(" 2")
        assert may_contact(SYSTEM, elif_kaya.customer_id, "email") is True
        assert may_contact(SYSTEM, elif_kaya.customer_id, "sms") is False

    def test_change_nothing_the_second_time(self, cast: Cast) -> None:
        imported(cast, opened(cast, mapping=ALL))

        run = imported(cast, opened(cast, mapping=ALL))

        assert run.counts == {"new": 0, "updated": 0, "unchanged": 2, "skipped": 0, "rejected": 0}
        assert Consent.objects.count() == 3

    def test_add_a_newer_statement_and_keep_the_old_one(self, cast: Cast) -> None:
        imported(cast, opened(cast, mapping=ALL))
        newer = FILE.replace("Evet;RET;Web sitesi;12.03.2026", "ret;ret;HS_EPOSTA;20.04.2026")

        run = imported(cast, opened(cast, newer, ALL))

        assert (run.counts["updated"], run.counts["unchanged"]) == (1, 1)
        mails = Consent.objects.filter(customer__email="elif@ornek.test", channel="email").order_by("obtained_at")
        assert [row.status for row in mails] == ["given", "refused"]
        assert may_contact(SYSTEM, mails[0].customer_id, "email") is False

    def test_refuse_a_word_that_is_neither_yes_nor_no(self, cast: Cast) -> None:
        run = imported(cast, opened(cast, FILE.replace("Evet", "belki"), ALL))

        assert (run.counts["new"], run.counts["rejected"]) == (1, 1)
        assert "belki" in run.rejections.get().reason
        assert list(run.rejections.get().cells)[2] == "belki"

    def test_refuse_a_row_that_does_not_say_when(self, cast: Cast) -> None:
        run = imported(cast, opened(cast, FILE.replace("12.03.2026", ""), ALL))

        assert (run.counts["new"], run.counts["rejected"]) == (1, 1)
        assert Consent.objects.count() == 1

    def test_go_when_the_import_is_taken_back(self, cast: Cast) -> None:
        run = imported(cast, opened(cast, mapping=ALL))

        actions.start_revert(run.pk, actor=cast.admin.actor)
        run_due()

        run.refresh_from_db()
        assert run.state == "reverted"
        assert statements() == []


class TestValuesForTheWholeFile:
    def test_are_required_before_anything_is_read(self, cast: Cast) -> None:
        run = opened(cast, mapping=WITHOUT_PROOF)

        with pytest.raises(NeededMissing) as refused:
            actions.start_check(run.pk, actor=cast.admin.actor)
        with pytest.raises(NeededMissing):
            actions.start_import(run.pk, actor=cast.admin.actor)

        assert len(refused.value.problems) == 2
        run.refresh_from_db()
        assert run.state == "draft"

    def test_count_for_every_row(self, cast: Cast) -> None:
        run = opened(cast, mapping=WITHOUT_PROOF)
        actions.set_options(run.pk, {"whole": WHOLE}, actor=cast.admin.actor)

        imported(cast, run)

        assert {row[3] for row in statements()} == {"HS_ETKINLIK"}
        assert {row[4] for row in statements()} == {datetime(2026, 1, 31, 21, tzinfo=UTC)}

    def test_are_not_remembered_for_the_next_file(self, cast: Cast) -> None:
        run = opened(cast, mapping=WITHOUT_PROOF)
        actions.set_options(run.pk, {"whole": WHOLE}, actor=cast.admin.actor)
        imported(cast, run)

        again = opened(cast)

        assert again.mapping["2"] == "+consent.email"
        assert "whole" not in again.options

    def test_are_asked_for_by_the_wizard(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.admin.user, backend="django.contrib.auth.backends.ModelBackend")
        upload = SimpleUploadedFile("izinler.csv", b"Ad Soyad;E-posta;SMS izni\nAli Er;ali@ornek.test;evet\n")
        client.post("/import/", {"type": "customers.person", "file": upload})
        run = queries.imports_of(cast.admin.actor).get()
        url = f"/import/{run.public_id}/mapping/"

        asked = client.post(url, {"map-2": "+consent.sms", "whole-consent.date": "2026-02-01"})
        page = asked.content.decode()
        sent = {"map-2": "+consent.sms", "whole-consent.source": "HS_WEB", "whole-consent.date": "2026-02-01"}
        taken = client.post(url, sent)

        assert asked.status_code == 422
        assert 'name="whole-consent.source"' in page
        assert 'name="whole-consent.date" value="2026-02-01"' in page
        assert taken.headers["Location"] == f"/import/{run.public_id}/check/"
        run.refresh_from_db()
        assert run.options["whole"] == {"+consent.source": "HS_WEB", "+consent.date": "2026-02-01"}

    def test_are_not_offered_to_whom_consents_are_closed(self, cast: Cast) -> None:
        from hatir.foundation.records.registry import record_type
        from hatir.foundation.transfer.further import further_of

        assert not any("consent" in name for name in further_of(cast.can.actor, record_type("customers.person")))
