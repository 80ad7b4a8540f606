"""CalDAV, tried with the library of somebody else's calendar programs against a server that listens."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import caldav
import pytest
from caldav.lib.error import AuthorizationError
from django.test import Client
from django.utils import timezone

from hatir.domains.planning import actions
from hatir.domains.planning.models import CalendarObject, Task
from hatir.foundation.access.keys import create_api_key
from hatir.foundation.records.refs import RecordRef
from tests.world.cast import Cast, Member, make_cast
from tests.world.instants import archived_by_audit

pytestmark = pytest.mark.django_db(transaction=True)
SCOPES = tuple(f"{verb}:planning.task" for verb in ("view", "create", "edit", "archive"))
TODAY = datetime(2030, 5, 6, 9, 0, tzinfo=UTC)
MEETING = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
BEGIN:VEVENT
UID:telefon-1
DTSTAMP:20300501T080000Z
DTSTART;TZID=Europe/Istanbul:20300507T140000
DTEND;TZID=Europe/Istanbul:20300507T150000
SUMMARY:Keşif\\, Karşıyaka
LOCATION:İzmir
ATTENDEE;CN=Işıl:mailto:isil@ornek.com.tr
X-MOZ-GENERATION:3
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT30M
DESCRIPTION:Hatırlatma
END:VALARM
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def calendar(cast: Cast, live_server: Any) -> Iterator[Any]:
    with opened(cast.ayse, live_server) as client:
        [found] = client.principal().calendars()
        yield found


def opened(member: Member, live_server: Any) -> Any:
    plain = create_api_key(member.user, "Telefon", SCOPES, actor=member.actor).plain
    return caldav.DAVClient(url=f"{live_server.url}/dav/", username=member.user.email, password=plain)


def names(calendar: Any) -> list[str]:
    return sorted(str(event.icalendar_component["SUMMARY"]) for event in calendar.events())


class TestACalendarProgram:
    def test_finds_the_calendar_and_reads_what_is_planned(self, cast: Cast, calendar: Any) -> None:
        about = RecordRef("customers.customer", cast.elif_kaya.pk)
        actions.plan("Ziyaret", actor=cast.ayse.actor, about=about, kind="visit", due_at=TODAY)
        actions.plan("Teklifi gönder", actor=cast.ayse.actor, due_at=TODAY)
        actions.plan("Başkasının", actor=cast.zeynep.actor, kind="meeting", due_at=TODAY)

        [event] = calendar.events()
        [todo] = calendar.todos()

        assert event.icalendar_component["SUMMARY"] == "Ziyaret"
        assert event.icalendar_component["DTSTART"].dt == TODAY
        assert todo.icalendar_component["DUE"].dt == TODAY

    def test_stores_an_event_and_gets_back_what_it_sent(self, cast: Cast, calendar: Any) -> None:
        calendar.save_event(MEETING)

        task = Task.objects.get()
        assert (task.title, task.kind, task.place, task.owner_id) == (
            "Keşif, Karşıyaka", "meeting", "İzmir", cast.ayse.user.pk,
        )  # fmt: skip
        assert (task.due_at, task.ends_at) == (
            datetime(2030, 5, 7, 11, 0, tzinfo=UTC), datetime(2030, 5, 7, 12, 0, tzinfo=UTC),
        )  # fmt: skip
        assert task.remind_at == datetime(2030, 5, 7, 10, 30, tzinfo=UTC)
        [event] = calendar.events()
        assert "ATTENDEE;CN=Işıl:mailto:isil@ornek.com.tr" in event.data.replace("\r\n ", "")

    def test_changes_and_deletes(self, cast: Cast, calendar: Any) -> None:
        event = calendar.save_event(MEETING)
        event.icalendar_component["SUMMARY"] = "Keşif ertelendi"
        event.save()
        changed = Task.objects.get()
        event.delete()

        assert (changed.title, changed.version) == ("Keşif ertelendi", 2)
        assert calendar.events() == []
        task = Task.objects.get()
        assert task.archived_at == archived_by_audit(task)

    def test_sees_what_was_moved_here_and_keeps_its_own_extras(self, cast: Cast, calendar: Any) -> None:
        calendar.save_event(MEETING)
        task = Task.objects.get()
        actions.postpone(task.pk, due_at=task.due_at + timedelta(days=1), actor=cast.ayse.actor)

        [event] = calendar.events()

        part = event.icalendar_component
        assert (part["UID"], part["DTSTART"].dt) == ("telefon-1", datetime(2030, 5, 8, 11, 0, tzinfo=UTC))
        assert part["ATTENDEE"] == "mailto:isil@ornek.com.tr"

    def test_completes_a_to_do(self, cast: Cast, calendar: Any) -> None:
        task = actions.plan("Teklifi gönder", actor=cast.ayse.actor, due_at=timezone.now() + timedelta(days=1))
        [todo] = calendar.todos()

        todo.complete()

        assert Task.objects.get(pk=task.pk).status == "done"

    def test_notices_by_the_tag_that_something_changed(self, cast: Cast, calendar: Any) -> None:
        tag = "{http://calendarserver.org/ns/}getctag"
        before = read_tag(calendar, tag)
        calendar.save_event(MEETING)
        after = read_tag(calendar, tag)
        assert before != after
        assert after == read_tag(calendar, tag)

    def test_moves_one_of_a_series_by_itself(self, cast: Cast, calendar: Any) -> None:
        series = MEETING.replace("UID:telefon-1\n", "UID:telefon-1\nRRULE:FREQ=WEEKLY\n")
        override = MEETING[MEETING.index("BEGIN:VEVENT") : MEETING.index("END:VCALENDAR")]
        override = override.replace(
            "UID:telefon-1\n", "UID:telefon-1\nRECURRENCE-ID;TZID=Europe/Istanbul:20300514T140000\n"
        ).replace("20300507", "20300515")
        calendar.save_event(series.replace("END:VCALENDAR", f"{override}END:VCALENDAR"))

        assert sorted(Task.objects.values_list("due_at", "repeat_rule")) == [
            (datetime(2030, 5, 7, 11, 0, tzinfo=UTC), "FREQ=WEEKLY"),
            (datetime(2030, 5, 15, 11, 0, tzinfo=UTC), ""),
        ]
        found = calendar.search(
            start=datetime(2030, 5, 13, tzinfo=UTC), end=datetime(2030, 5, 18, tzinfo=UTC), event=True, expand=True
        )
        assert [event.icalendar_component["DTSTART"].dt.astimezone(UTC) for event in found] == [
            datetime(2030, 5, 15, 11, 0, tzinfo=UTC)
        ]


def read_tag(calendar: Any, tag: str) -> str:
    spaces = 'xmlns:d="DAV:" xmlns:cs="http://calendarserver.org/ns/"'
    body = f"<d:propfind {spaces}><d:prop><cs:getctag/></d:prop></d:propfind>"
    answer = calendar.client.propfind(str(calendar.url), body, 0)
    found: str = answer.tree.find(f".//{tag}").text
    return found


class TestStrangers:
    def test_are_not_let_in(self, cast: Cast, live_server: Any) -> None:
        with (
            caldav.DAVClient(url=f"{live_server.url}/dav/", username=cast.ayse.user.email, password="yanlis") as client,
            pytest.raises(AuthorizationError),
        ):
            client.principal()

    def test_an_app_password_opens_only_its_own_address_and_only_tasks(self, cast: Cast) -> None:
        plain = create_api_key(cast.ayse.user, "Telefon", SCOPES, actor=cast.ayse.actor).plain
        client = Client()

        def asked(email: str) -> int:
            basic = base64.b64encode(f"{email}:{plain}".encode()).decode()
            return client.generic("PROPFIND", "/dav/me/", headers={"Authorization": f"Basic {basic}"}).status_code

        assert (asked(cast.ayse.user.email), asked(cast.zeynep.user.email)) == (207, 401)
        assert client.get("/api/v1/customers", headers={"Authorization": f"Bearer {plain}"}).status_code == 404

    def test_another_persons_object_is_not_there(self, cast: Cast) -> None:
        task = actions.plan("Gizli", actor=cast.zeynep.actor, kind="meeting", due_at=TODAY)
        plain = create_api_key(cast.mehmet.user, "Telefon", SCOPES, actor=cast.mehmet.actor).plain
        basic = base64.b64encode(f"{cast.mehmet.user.email}:{plain}".encode()).decode()
        headers, url = {"Authorization": f"Basic {basic}"}, f"/dav/calendars/tasks/{task.public_id}.ics"
        client = Client()

        codes = [client.get(url, headers=headers).status_code, client.delete(url, headers=headers).status_code]

        assert codes == [404, 404]
        assert Task.objects.get().archived_at is None

    def test_broken_bodies_are_refused(self, cast: Cast) -> None:
        plain = create_api_key(cast.ayse.user, "Telefon", SCOPES, actor=cast.ayse.actor).plain
        basic = base64.b64encode(f"{cast.ayse.user.email}:{plain}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        client, bomb = Client(), '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
        sent = {"content_type": "text/plain", "headers": headers}

        codes = [
            client.generic("PROPFIND", "/dav/", bomb, **sent).status_code,
            client.generic("PROPFIND", "/dav/", "<a", **sent).status_code,
            client.generic("PUT", "/dav/calendars/tasks/x.ics", "saçma", **sent).status_code,
            client.generic("PUT", "/dav/calendars/tasks/x.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR", **sent).status_code,
        ]

        assert codes == [400, 400, 422, 422]
        assert (Task.objects.count(), CalendarObject.objects.count()) == (0, 0)
