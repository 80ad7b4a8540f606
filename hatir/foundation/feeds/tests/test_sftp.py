"""Files of a real SFTP server, fetched and imported as by the clock."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import paramiko
import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from hatir.foundation.feeds import actions, sftp, taking
from hatir.foundation.feeds.actions import SetUp
from hatir.foundation.feeds.errors import FeedRefused, HostKeyChanged, HostKeyUnknown
from hatir.foundation.feeds.models import Feed, TakenFile
from hatir.foundation.feeds.places import Place
from hatir.foundation.feeds.tests.sftp_house import PASSWORD, USER, SftpHouse
from hatir.foundation.files.actions import store
from hatir.foundation.files.models import StoredFile
from hatir.foundation.jobs.running import run_due
from hatir.foundation.notifications.models import Notification
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions as transfer
from hatir.foundation.transfer.models import ImportRun
from tests.world.cast import Cast, make_cast

Customer: Any = record_type("customers.customer").model
HEAD = "Ad Soyad;E-posta;Şehir\n"
ALI, VELI = f"{HEAD}Ali Er;ali@ornek.test;Van\n", f"{HEAD}Veli Ak;veli@ornek.test;Bursa\n"
MOVED = f"{HEAD}Ali Er;ali@ornek.test;Kars\n"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SftpHouse]:
    folder = tmp_path / "sftp"
    folder.mkdir()
    found = SftpHouse(folder)
    yield found
    found.close()


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(sftp, "inner_addresses_allowed", lambda: True)
    return make_cast()


def place(house: SftpHouse, **more: Any) -> Place:
    return replace(Place(house.url, USER, PASSWORD, host_key=house.shown_key), **more)


def done_run(cast: Cast) -> ImportRun:
    actor = cast.admin.actor
    run = transfer.begin_import(store([ALI.encode()], name="liste.csv", actor=actor), "customers.person", actor=actor)
    transfer.start_import(run.pk, actor=actor)
    run_due()
    return run


def said(house: SftpHouse, **more: Any) -> SetUp:
    given = SetUp("Her gece", house.url, "daily", time(6, 0), 0, USER, PASSWORD, host_key=house.shown_key)
    return replace(given, **more)


def made(cast: Cast, house: SftpHouse, **more: Any) -> Feed:
    return actions.make_feed(done_run(cast).pk, said(house, **more), actor=cast.admin.actor)


def due(feed: Feed) -> Feed:
    assert actions.start_due(feed.next_at + timedelta(seconds=1)) == 1
    run_due()
    feed.refresh_from_db()
    return feed


def cities() -> list[str]:
    return list(Customer.objects.filter(email__endswith="ornek.test").order_by("email").values_list("city", flat=True))


class TestServer:
    def test_lists_what_fits_the_pattern_oldest_first(self, cast: Cast, house: SftpHouse) -> None:
        for name, at in (("liste-2.csv", 100), ("liste-1.csv", 200), ("baska.csv", 300), ("liste-3.csv.part", 400)):
            house.put(name, ALI, at)
        (house.folder / "liste-klasor.csv").mkdir()

        with sftp.signed_in(place(house)) as server:
            assert [file.name for file in server.files()] == ["liste-2.csv", "liste-1.csv"]

    def test_says_nothing_to_a_server_whose_key_nobody_accepted(self, cast: Cast, house: SftpHouse) -> None:
        with pytest.raises(HostKeyUnknown, match="SHA256:") as refused, sftp.signed_in(place(house, host_key="")):
            """Never reached."""

        assert (refused.value.host_key, house.sign_ins) == (house.shown_key, 0)

    def test_says_nothing_to_a_server_that_shows_another_key(self, cast: Cast, house: SftpHouse) -> None:
        known = place(house)
        house.key = paramiko.ECDSAKey.generate()

        with pytest.raises(HostKeyChanged), sftp.signed_in(known):
            """Never reached."""

        assert house.sign_ins == 0

    def test_signs_in_with_a_key_that_a_password_opens(self, cast: Cast, house: SftpHouse) -> None:
        house.allowed, text = paramiko.ECDSAKey.generate(), io.StringIO()
        house.allowed.write_private_key(text, password="gizli")
        house.put("liste-1.csv", ALI, 100)

        with sftp.signed_in(place(house, private_key=text.getvalue(), password="gizli")) as server:
            [file] = server.files()
            assert b"".join(server.chunks(file)) == ALI.encode()
        with pytest.raises(FeedRefused, match="OpenSSH"):
            sftp.private_key(text.getvalue(), "yanlış")

    @pytest.mark.parametrize(
        ("more", "told"),
        [
            ({"password": "yanlis"}, "refuses"),
            ({"url": "sftp://127.0.0.1:1/liste.csv"}, "reached"),
            ({"url": "sftp://hatir@example.com/liste.csv"}, "own field"),
            ({"url": "sftp://example.com/klasor/"}, "pattern"),
            ({"private_key": "PuTTY-User-Key-File-3: ssh-ed25519"}, "PuTTY"),
        ],
    )
    def test_says_what_is_wrong(self, cast: Cast, house: SftpHouse, more: dict[str, str], told: str) -> None:
        house.put("liste-1.csv", ALI, 100)

        with pytest.raises(FeedRefused, match=told), sftp.signed_in(place(house, **more)):
            """Never reached."""

    def test_refuses_inner_addresses_unless_they_are_allowed(
        self, cast: Cast, house: SftpHouse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sftp, "inner_addresses_allowed", lambda: False)

        with pytest.raises(FeedRefused, match=r"127\.0\.0\.1"):
            taking.try_place(place(house), {}, actor=cast.admin.actor)

        assert house.sign_ins == 0

    def test_leaves_a_file_that_is_still_written(self, cast: Cast, house: SftpHouse) -> None:
        house.put("liste-1.csv", ALI, 100)

        with sftp.signed_in(place(house)) as server:
            [file] = server.files()
            house.put("liste-1.csv", ALI + "x", 100)
            with pytest.raises(FeedRefused, match="still being written"):
                list(server.chunks(file))

    @pytest.mark.parametrize(
        ("url", "found"),
        [
            ("sftp://host/a/b/*.csv", ("/a/b", "*.csv")),
            ("sftp://host/liste.csv", ("/", "liste.csv")),
            ("sftp://host/~/gelen/*.csv", ("./gelen", "*.csv")),
            ("sftp://host/~/a.csv", (".", "a.csv")),
        ],
    )
    def test_finds_folder_and_pattern_in_the_address(self, url: str, found: tuple[str, str]) -> None:
        assert sftp.folder_of(url) == found


class TestNewest:
    def test_is_imported_once(self, cast: Cast, house: SftpHouse) -> None:
        house.put("liste-1.csv", ALI, 100)
        house.put("liste-2.csv", VELI, 200)
        feed = due(made(cast, house))
        assert (feed.last_result, feed.last_note, cities()) == ("imported", "", ["Van", "Bursa"])
        first = feed.last_run_id

        due(feed)

        assert (feed.last_result, feed.last_run_id, house.fetched) == ("unchanged", first, ["/liste-2.csv"])

    def test_with_the_same_content_is_not_imported_again(self, cast: Cast, house: SftpHouse) -> None:
        house.put("liste-1.csv", MOVED, 100)
        feed = due(made(cast, house))
        house.put("liste-2.csv", MOVED, 200)
        files = StoredFile.objects.count()

        due(feed)

        assert (feed.last_result, StoredFile.objects.count(), len(house.fetched)) == ("unchanged", files, 2)

    def test_is_taken_again_after_an_import_that_failed(self, cast: Cast, house: SftpHouse) -> None:
        house.put("liste-1.csv", MOVED, 100)
        feed = due(made(cast, house))
        ImportRun.objects.update(state="failed")

        due(feed)

        assert (feed.last_result, TakenFile.objects.count()) == ("imported", 1)

    def test_keeps_secrets_sealed(self, cast: Cast, house: SftpHouse) -> None:
        feed = made(cast, house)

        assert PASSWORD not in feed.sealed_password
        other = said(house, url="sftp://127.0.0.1:1/liste.csv", password="")
        with pytest.raises(FeedRefused):
            actions.change_feed(feed.pk, replace(other, host_key=""), actor=cast.admin.actor)
        changed = actions.change_feed(feed.pk, other, actor=cast.admin.actor)
        assert (changed.sealed_password, changed.sealed_key) == ("", "")


class TestEveryNewFile:
    def test_is_imported_by_an_import_of_its_own_oldest_first(self, cast: Cast, house: SftpHouse) -> None:
        house.put("liste-b.csv", ALI, 100)
        house.put("liste-a.csv", MOVED, 200)
        house.put("liste-c.csv", VELI, 300)

        feed = due(made(cast, house, take="all"))

        assert house.fetched == ["/liste-b.csv", "/liste-a.csv", "/liste-c.csv"]
        assert (cities(), ImportRun.objects.count()) == (["Kars", "Bursa"], 4)
        assert feed.last_run is not None
        assert feed.last_run.file.name == "liste-c.csv"

    def test_does_not_wait_behind_one_that_cannot_be_imported(self, cast: Cast, house: SftpHouse) -> None:
        house.put("liste-1.csv", "Ad Soyad;Şehir\nAli Er;Van\n", 100)
        house.put("liste-2.csv", VELI, 200)

        feed = due(made(cast, house, take="all"))

        assert (feed.last_result, cities()) == ("imported", ["Van", "Bursa"])
        assert feed.last_note.startswith("liste-1.csv: ")
        assert Notification.objects.filter(url="/import/schedules/", detail=feed.last_note).count() == 1
        due(feed)
        assert (feed.last_result, len(house.fetched)) == ("unchanged", 2)

    def test_is_taken_over_from_a_process_that_was_killed(self, cast: Cast, house: SftpHouse) -> None:
        house.put("liste-1.csv", MOVED, 100)
        feed = made(cast, house, take="all")
        claim = {"name": "liste-1.csv", "size": len(MOVED.encode()), "modified": 100}
        TakenFile.objects.create(feed=feed, taken_at=timezone.now(), **claim)

        assert due(feed).last_result == "unchanged"
        TakenFile.objects.update(taken_at=timezone.now() - timedelta(hours=1))

        assert due(feed).last_result == "imported"


class TestForm:
    def test_shows_the_key_and_keeps_it_once_it_is_accepted(self, cast: Cast, house: SftpHouse, client: Client) -> None:
        house.put("liste-1.csv", ALI, 100)
        client.force_login(cast.admin.user, backend="django.contrib.auth.backends.ModelBackend")
        form = f"/import/schedules/new/?run={done_run(cast).public_id}"
        sent = {"name": "Her gece", "url": house.url, "rhythm": "daily", "at": "06:30", "take": "all",
                "user_name": USER, "password": PASSWORD}  # fmt: skip

        asked = client.post(form, sent)
        assert (asked.status_code, Feed.objects.count(), house.sign_ins) == (422, 0, 0)
        assert sftp.fingerprint(house.shown_key) in asked.content.decode()
        assert PASSWORD not in asked.content.decode()
        sealed = asked.context["carried"]
        tried = client.post(form, {**sent, "password": "", "carried": sealed, "accept": house.shown_key})
        assert tried.status_code == 200
        assert "liste-1.csv" in tried.content.decode()
        kept = {**sent, "password": "", "carried": tried.context["carried"], "host_key": house.shown_key}
        assert client.post(form, kept).status_code == 302

        feed = Feed.objects.get()
        assert (feed.host_key, feed.take, taking.place_of_feed(feed).password) == (house.shown_key, "all", PASSWORD)
