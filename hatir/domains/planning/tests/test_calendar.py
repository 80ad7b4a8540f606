from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from icalendar import Calendar

from hatir.domains.planning import actions
from hatir.domains.planning.models import FeedLink, Task
from hatir.domains.planning.queries import busy_of, calendar_of
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db
MONDAY = datetime(2030, 5, 6, 6, 0, tzinfo=UTC)  # 09:00 in İstanbul
FILE = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:a1
DTSTART:20300506T060000Z
DTEND:20300506T070000Z
SUMMARY:Fuar
END:VEVENT
BEGIN:VEVENT
UID:a2
DTSTART;VALUE=DATE:20300507
SUMMARY:Bayram
END:VEVENT
BEGIN:VTODO
UID:a3
DUE:20300508T060000Z
SUMMARY:Rapor
STATUS:COMPLETED
END:VTODO
END:VCALENDAR
"""


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def meet(cast: Cast, title: str, at: datetime, **values: Any) -> Task:
    given = {"actor": cast.ayse.actor, "kind": "meeting", "due_at": at, **values}
    return actions.plan(title, **given)


def week(member: Member, **asked: str) -> Any:
    return signed_in(member).get("/calendar/", {"view": "week", "on": "2030-05-08", **asked}).context


class TestCalendar:
    def test_unfolds_series_and_leaves_out_what_is_excepted(self, cast: Cast) -> None:
        task = meet(cast, "Toplantı", MONDAY, repeat_rule="her gün")
        Task.objects.filter(pk=task.pk).update(repeat_except=[(MONDAY + timedelta(days=1)).isoformat()])

        found = calendar_of(cast.ayse.actor, [cast.ayse.user.pk], MONDAY, MONDAY + timedelta(days=4))

        assert [(slot.starts_at.day, slot.is_repeat) for slot in found] == [(6, False), (8, True), (9, True)]

    def test_shows_the_week_with_hours_of_work_and_more_where_needed(self, cast: Cast) -> None:
        meet(cast, "Kahvaltı", MONDAY - timedelta(hours=3), ends_at=MONDAY - timedelta(hours=1))

        shown = week(cast.ayse)

        [block] = shown["columns"][0]["slots"]
        assert (shown["first_hour"], block["line"], block["span"], block["time"]) == (6, 1, 4, "06:00–08:00")

    @pytest.mark.parametrize("view", ["day", "week", "month", "agenda", "saçma"])
    def test_has_four_views_of_oneself_and_the_team(self, cast: Cast, view: str) -> None:
        meet(cast, "Toplantı", MONDAY)
        client = signed_in(cast.zeynep)

        pages = [client.get("/calendar/", {"view": view, "on": "2030-05-06", "who": who}) for who in ("me", "team")]

        assert [page.status_code for page in pages] == [200, 200]
        assert ["Toplantı" in page.content.decode() for page in pages] == [False, True]

    def test_tells_only_that_a_colleague_is_busy_where_the_rest_may_not_be_seen(self, cast: Cast) -> None:
        meet(cast, "Gizli görüşme", MONDAY, actor=cast.zeynep.actor, owner_id=cast.ayse.user.pk)
        Task.objects.update(owner=cast.mehmet.user, team=cast.service)

        busy = busy_of([cast.mehmet.user.pk], MONDAY, MONDAY + timedelta(hours=2))

        assert [(each.starts_at, each.ends_at) for each in busy] == [(MONDAY, MONDAY + timedelta(hours=1))]
        assert calendar_of(cast.ayse.actor, [cast.mehmet.user.pk], MONDAY, MONDAY + timedelta(days=1)) == []

    def test_moves_what_is_dragged_and_nothing_of_others(self, cast: Cast) -> None:
        task = meet(cast, "Toplantı", MONDAY)
        sent = {"to": "2030-05-07T14:30"}

        codes = [
            signed_in(who).post(f"/tasks/{task.public_id}/move/", sent).status_code for who in (cast.mehmet, cast.ayse)
        ]

        assert codes == [404, 302]
        assert Task.objects.get().due_at == datetime(2030, 5, 7, 11, 30, tzinfo=UTC)


class TestFeed:
    def test_is_read_by_whoever_holds_the_link_until_it_closes(self, cast: Cast) -> None:
        meet(cast, "Toplantı", MONDAY, repeat_rule="her hafta")
        client = signed_in(cast.ayse)
        url = client.post("/calendar/connections/link/").context["feed_url"]
        path = url[url.index("/calendar/") :]

        read = Client().get(path)
        client.post("/calendar/connections/link/close/")

        [event] = Calendar.from_ical(read.content.decode()).walk("VEVENT")
        assert (event["SUMMARY"], event["RRULE"].to_ical().decode()) == ("Toplantı", "FREQ=WEEKLY")
        assert str(event["DTSTART"].dt.tzinfo) == "Europe/Istanbul"
        assert Client().get(path).status_code == 404
        assert path.split("/")[-1].removesuffix(".ics") not in FeedLink.objects.get().token_hash


class TestImport:
    def test_brings_events_in_once(self, cast: Cast) -> None:
        first = actions.import_events(FILE, actor=cast.ayse.actor)
        second = actions.import_events(FILE, actor=cast.ayse.actor)

        assert (first.made, first.problems, second.made, second.changed, second.unchanged) == (3, [], 0, 0, 3)
        assert list(Task.objects.order_by("due_at").values_list("title", "kind", "is_all_day", "status")) == [
            ("Fuar", "meeting", False, "open"), ("Bayram", "meeting", True, "open"), ("Rapor", "todo", False, "done"),
        ]  # fmt: skip

    def test_names_what_cannot_be_read_and_takes_the_rest(self, cast: Cast) -> None:
        broken = FILE.replace("SUMMARY:Bayram", "SUMMARY:Bayram\nRRULE:FREQ=SOMETIMES")
        client = signed_in(cast.ayse)

        answer = client.post("/calendar/connections/import/", {"file": SimpleUploadedFile("a.ics", broken.encode())})
        refused = client.post("/calendar/connections/import/", {"file": SimpleUploadedFile("a.ics", b"merhaba")})

        assert Task.objects.count() == 2
        assert answer.context["problems"][0].startswith("Bayram")
        assert refused.status_code == 422
