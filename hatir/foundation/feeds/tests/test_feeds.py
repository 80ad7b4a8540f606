"""A file at a local address, fetched and imported as by the clock."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from datetime import time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.foundation.feeds import actions, fetching, taking
from hatir.foundation.feeds.actions import SetUp
from hatir.foundation.feeds.errors import FeedRefused
from hatir.foundation.feeds.models import Feed
from hatir.foundation.feeds.places import Place
from hatir.foundation.files.actions import store
from hatir.foundation.files.models import StoredFile
from hatir.foundation.jobs.running import run_due
from hatir.foundation.notifications.models import Notification
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions as transfer
from hatir.foundation.transfer.models import ImportRun
from tests.world.cast import Cast, make_cast

Customer: Any = record_type("customers.customer").model
FIRST = "Ad Soyad;E-posta;Şehir\nAli Er;ali@ornek.test;Van\n"
SECOND = "Şehir;Ad Soyad;E-posta\nKars;Ali Er;ali@ornek.test\nBursa;Veli Ak;veli@ornek.test\n"


class House:
    """A file server: what it holds, and what it was asked."""

    def __init__(self) -> None:
        self.text, self.etag, self.status, self.login = FIRST, "", 200, ""
        self.asked: list[dict[str, str]] = []
        self.url = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(dict(handler.headers.items()))
        status = self.status
        if self.login and handler.headers.get("Authorization") != self.login:
            status = 401
        elif self.etag and handler.headers.get("If-None-Match") == self.etag:
            status = 304
        body = self.text.encode() if status == 200 else b""
        handler.send_response(status)
        if self.etag:
            handler.send_header("ETag", self.etag)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def house() -> Iterator[House]:
    found = House()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.answer(self)

        def log_message(self, *_said: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}/liste.csv"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(fetching, "inner_addresses_allowed", lambda: True)
    return make_cast()


def done_run(cast: Cast) -> ImportRun:
    actor = cast.admin.actor
    run = transfer.begin_import(store([FIRST.encode()], name="liste.csv", actor=actor), "customers.person", actor=actor)
    transfer.start_import(run.pk, actor=actor)
    run_due()
    run.refresh_from_db()
    assert run.state == "done"
    return run


def said(house: House, **more: Any) -> SetUp:
    return SetUp(**{"name": "Her gece", "url": house.url, "rhythm": "daily", "at": time(6, 0), **more})


def made(cast: Cast, house: House, **more: Any) -> Feed:
    return actions.make_feed(done_run(cast).pk, said(house, **more), actor=cast.admin.actor)


def due(feed: Feed) -> Feed:
    """Let the clock come to the feed's time, and everything run that follows."""
    assert actions.start_due(feed.next_at + timedelta(seconds=1)) == 1
    run_due()
    feed.refresh_from_db()
    return feed


class TestFeed:
    def test_imports_a_changed_file_by_the_names_of_its_columns(self, cast: Cast, house: House) -> None:
        feed = made(cast, house)
        house.text = SECOND

        due(feed)

        assert (feed.last_result, feed.last_note) == ("imported", "")
        run = feed.last_run
        assert run is not None
        assert (run.state, run.counts["new"], run.counts["updated"]) == ("done", 1, 1)
        assert list(Customer.objects.filter(email__endswith="ornek.test").order_by("email").values_list("city")) == [
            ("Kars",), ("Bursa",),
        ]  # fmt: skip
        assert feed.next_at > timezone.now()

    def test_asks_for_a_file_only_if_it_changed(self, cast: Cast, house: House) -> None:
        house.etag = '"bir"'
        feed = due(made(cast, house))
        first = feed.last_run_id

        due(feed)

        assert (feed.last_result, feed.last_run_id) == ("unchanged", first)
        assert house.asked[1]["If-None-Match"] == '"bir"'

    def test_knows_the_same_file_by_its_hash(self, cast: Cast, house: House) -> None:
        feed = due(made(cast, house))
        files = StoredFile.objects.count()

        due(feed)

        assert feed.last_result == "unchanged"
        assert StoredFile.objects.count() == files
        assert ImportRun.objects.count() == 2

    def test_is_started_once_for_each_time(self, cast: Cast, house: House) -> None:
        feed = made(cast, house)
        moment = feed.next_at + timedelta(seconds=1)

        assert [actions.start_due(moment), actions.start_due(moment)] == [1, 0]

    def test_tells_once_that_it_failed_and_why(self, cast: Cast, house: House) -> None:
        feed = made(cast, house)
        house.status = 404

        due(due(feed))

        assert (feed.last_result, feed.last_run) == ("failed", None)
        told = Notification.objects.filter(user=cast.admin.user, url="/import/schedules/")
        assert [item.detail for item in told] == [feed.last_note]

    def test_refuses_a_file_that_lacks_a_column_and_looks_again(self, cast: Cast, house: House) -> None:
        feed = made(cast, house)
        house.text, house.etag = "Ad Soyad;Şehir\nAli Er;Van\n", '"iki"'

        due(feed)

        assert feed.last_result == "failed"
        assert "E-posta" in feed.last_note
        assert (feed.etag, ImportRun.objects.count(), StoredFile.objects.count()) == ("", 1, 1)

    def test_does_nothing_for_somebody_who_left(self, cast: Cast, house: House) -> None:
        feed = made(cast, house)
        cast.admin.user.is_active = False
        cast.admin.user.save()

        due(feed)

        assert (feed.last_result, house.asked) == ("failed", [])

    def test_signs_in_with_a_sealed_password(self, cast: Cast, house: House) -> None:
        house.login = "Basic " + base64.b64encode(b"hatir:boncuk").decode()
        feed = made(cast, house, user_name="hatir", password="boncuk")

        due(feed)

        assert feed.last_result == "imported"
        assert "boncuk" not in feed.sealed_password

    def test_forgets_the_password_with_another_address(self, cast: Cast, house: House) -> None:
        feed = made(cast, house, user_name="hatir", password="boncuk")

        same = actions.change_feed(feed.pk, said(house, user_name="hatir"), actor=cast.admin.actor)
        assert same.sealed_password == feed.sealed_password
        other = actions.change_feed(feed.pk, said(house, url=f"{house.url}?x"), actor=cast.admin.actor)

        assert other.sealed_password == ""

    def test_is_not_shown_to_others(self, cast: Cast, house: House) -> None:
        feed = made(cast, house)

        with pytest.raises(NotFoundHere):
            actions.delete_feed(feed.pk, actor=cast.ayse.actor)

        assert Feed.objects.count() == 1


class TestFetching:
    def test_refuses_inner_addresses_unless_they_are_allowed(
        self, cast: Cast, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fetching, "inner_addresses_allowed", lambda: False)

        with pytest.raises(FeedRefused, match=r"127\.0\.0\.1"):
            taking.try_place(Place(house.url), {}, actor=cast.admin.actor)

        assert house.asked == []

    def test_refuses_plain_http_outside(self, cast: Cast) -> None:
        with pytest.raises(FeedRefused, match="https"):
            fetching.judged("http://93.184.215.14/liste.csv")

        assert fetching.judged("https://93.184.215.14/liste.csv").port == 443

    @pytest.mark.parametrize("status", [301, 403, 404, 500])
    def test_refuses_what_is_no_file(self, cast: Cast, house: House, status: int) -> None:
        house.status = status

        with pytest.raises(FeedRefused):
            taking.try_place(Place(house.url), {}, actor=cast.admin.actor)

        assert len(house.asked) == 1

    def test_refuses_a_file_that_is_too_large(self, cast: Cast, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetching, "LARGEST_BYTES", 20)

        with pytest.raises(FeedRefused):
            taking.try_place(Place(house.url), {}, actor=cast.admin.actor)

        assert StoredFile.objects.count() == 0


class TestScreens:
    def test_try_keep_list_pause_and_delete(self, cast: Cast, house: House, client: Client) -> None:
        run = done_run(cast)
        client.force_login(cast.admin.user, backend="django.contrib.auth.backends.ModelBackend")
        form = f"/import/schedules/new/?run={run.public_id}"
        sent = {"name": "Her gece", "url": house.url, "rhythm": "weekly", "at": "06:30", "weekday": "2"}
        assert form in client.get(f"/import/{run.public_id}/result/").content.decode()

        tried = client.post(form, {**sent, "try": "1"})
        assert (tried.status_code, Feed.objects.count()) == (200, 0)
        assert "liste.csv" in tried.content.decode()
        refused = client.post(form, {**sent, "url": f"{house.url}x", "rhythm": "never"})
        assert (refused.status_code, Feed.objects.count()) == (422, 0)
        assert client.post(form, sent).status_code == 302

        feed = Feed.objects.get()
        assert (feed.rhythm, feed.weekday, feed.at, feed.created_by) == ("weekly", 2, time(6, 30), cast.admin.user)
        page = f"/import/schedules/{feed.public_id}/"
        assert "Her gece" in client.get("/import/schedules/").content.decode()
        client.post(f"{page}pause/")
        assert Feed.objects.get().is_active is False
        client.post(f"{page}fetching/")
        run_due()
        assert Feed.objects.get().last_result == "imported"
        assert client.get("/import/schedules/").status_code == 200
        client.post(f"{page}deletion/")
        assert Feed.objects.count() == 0

    def test_are_closed_to_others(self, cast: Cast, house: House, client: Client) -> None:
        feed = made(cast, house)
        client.force_login(cast.can.user, backend="django.contrib.auth.backends.ModelBackend")

        for name in ("", "fetching/", "pause/", "deletion/"):
            assert client.post(f"/import/schedules/{feed.public_id}/{name}").status_code == 404

        assert Feed.objects.get().is_active is True
        assert house.asked == []
