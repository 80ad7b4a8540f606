"""Guests book a time: only free ones, in their own time zone, never two at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from hatir.domains.customers.models import Customer
from hatir.domains.planning import actions, rules
from hatir.domains.planning.models import Booking, BookingPage, Task
from hatir.domains.planning.queries import times_of
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.errors import Invalid
from tests.world.cast import Cast, make_cast

ISTANBUL, BERLIN, NEW_YORK = ZoneInfo("Europe/Istanbul"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
GUEST = actions.Guest("Işıl Akın", "isil@ornek.com.tr", zone="America/New_York")


def offer(zone: ZoneInfo, **values: Any) -> rules.Offer:
    given: dict[str, Any] = {
        "minutes": 60, "buffer_minutes": 0, "hours": "09:00-12:00", "weekdays": "all", "zone": zone,
        "notice_hours": 0, "days_ahead": 1, **values,
    }  # fmt: skip
    return rules.Offer(**given)


def clock(times: list[datetime], zone: ZoneInfo) -> list[str]:
    return [f"{at.astimezone(zone):%d %H:%M}" for at in times]


class TestFreeTimes:
    def test_lie_within_the_hours_of_the_owner(self) -> None:
        at = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # Monday, 08:00 in İstanbul

        assert clock(rules.free_times(offer(ISTANBUL), [], at=at), ISTANBUL) == ["23 09:00", "23 10:00", "23 11:00"]

    def test_keep_the_buffer_free_on_both_sides(self) -> None:
        at = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
        busy = [(datetime(2026, 11, 23, 7, 0, tzinfo=UTC), datetime(2026, 11, 23, 7, 30, tzinfo=UTC))]  # 10:00–10:30

        assert clock(rules.free_times(offer(ISTANBUL), busy, at=at), ISTANBUL) == ["23 09:00", "23 11:00"]
        with_buffer = offer(ISTANBUL, buffer_minutes=15, hours="09:00-13:00")
        assert clock(rules.free_times(with_buffer, busy, at=at), ISTANBUL) == ["23 11:00", "23 12:00"]

    def test_leave_out_the_hour_that_spring_takes(self) -> None:
        at = datetime(2027, 3, 27, 23, 30, tzinfo=UTC)  # Sunday 28 March, 02:00 → 03:00 in Berlin
        night = offer(BERLIN, hours="00:00-05:00", days_ahead=1)

        found = [text for text in clock(rules.free_times(night, [], at=at), BERLIN) if text.startswith("28")]

        assert found == ["28 01:00", "28 03:00", "28 04:00"]

    def test_offer_the_hour_that_autumn_gives_twice_only_once(self) -> None:
        at = datetime(2026, 10, 24, 21, 0, tzinfo=UTC)  # Sunday 25 October, 03:00 → 02:00 in Berlin
        night = offer(BERLIN, hours="01:00-05:00", days_ahead=1)

        found = [at for at in rules.free_times(night, [], at=at) if at.astimezone(BERLIN).day == 25]

        assert clock(found, BERLIN) == ["25 01:00", "25 02:00", "25 03:00", "25 04:00"]
        assert len(set(found)) == 4

    def test_mean_one_instant_to_host_and_guest_whichever_clock_changes(self) -> None:
        # Between 8 and 29 March 2026 New York has changed its clock already, Berlin not: five hours apart, not six.
        at = datetime(2026, 3, 16, 5, 0, tzinfo=UTC)

        [first, *_rest] = rules.free_times(offer(BERLIN), [], at=at)

        assert (clock([first], BERLIN), clock([first], NEW_YORK)) == (["16 09:00"], ["16 04:00"])

    def test_need_notice_and_working_days(self) -> None:
        at = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)  # Friday, 09:30
        found = rules.free_times(offer(ISTANBUL, weekdays="work", notice_hours=1, days_ahead=4), [], at=at)

        assert clock(found, ISTANBUL)[:2] == ["20 11:00", "23 09:00"]

    @pytest.mark.parametrize("text", ["", "9-18", "18:00-09:00", "25:00-26:00"])
    def test_need_hours_that_can_be_read(self, text: str) -> None:
        with pytest.raises(rules.NoSuchHours):
            rules.read_hours(text)


def page_of(cast: Cast, **values: Any) -> BookingPage:
    row = {"title": "Tanışma", "owner": cast.ayse.user.pk, "weekdays": "all", "notice_hours": 0, **values}
    return actions.create_booking_pages([row], actor=cast.ayse.actor)[0]


@pytest.mark.django_db
class TestBooking:
    def test_stands_in_the_calendar_and_makes_a_lead(self) -> None:
        cast = make_cast()
        page = page_of(cast)
        start = times_of(page, timezone.now())[0]

        booked = actions.book(page, start, GUEST)

        task = booked.booking.task
        assert (task.owner_id, task.due_at, task.ends_at) == (cast.ayse.user.pk, start, start + timedelta(minutes=30))
        made = Customer.objects.get(pk=task.customer_id or 0)
        assert (made.name, made.email, made.owner_id, made.stage) == (
            "Işıl Akın", "isil@ornek.com.tr", cast.ayse.user.pk, "lead",
        )  # fmt: skip
        assert start not in times_of(page, timezone.now())

    def test_knows_a_customer_by_the_address(self) -> None:
        cast = make_cast()
        page = page_of(cast)
        start = times_of(page, timezone.now())[0]

        booked = actions.book(page, start, actions.Guest("Lale", "Bilgi@LaleMarket.com.tr"))

        assert booked.booking.task.customer_id == cast.lale_market.pk

    def test_refuses_what_is_taken_by_any_task_and_what_is_not_offered(self) -> None:
        cast = make_cast()
        page = page_of(cast)
        first, second, *_rest = times_of(page, timezone.now())
        actions.plan("Meşgul", actor=cast.ayse.actor, kind="meeting", due_at=first)

        for start in (first, second + timedelta(minutes=7), timezone.now() - timedelta(days=1)):
            with pytest.raises(actions.TimeTaken):
                actions.book(page, start, GUEST)

        assert Booking.objects.count() == 0

    def test_one_address_holds_three_times_at_most(self) -> None:
        page = page_of(make_cast())
        for _number in range(3):
            actions.book(page, times_of(page, timezone.now())[0], GUEST)

        with pytest.raises(Invalid):
            actions.book(page, times_of(page, timezone.now())[0], GUEST)

        assert Booking.objects.count() == 3

    def test_page_shows_the_guests_zone_books_mails_moves_and_calls_off(self) -> None:
        cast, client = make_cast(), Client()
        page = page_of(cast)
        url = f"/book/{page.token}/"
        shown = client.get(url, {"zone": "America/New_York"}).context["days"][0]["times"][0]
        start = datetime.fromisoformat(shown["value"])
        assert shown["label"] == f"{start.astimezone(NEW_YORK):%H:%M}"

        wrong = client.post(url, {"at": shown["value"], "name": "", "email": "x"})
        sent = {"at": shown["value"], "name": "Işıl", "email": "isil@ornek.com.tr", "zone": "America/New_York"}
        taken = client.post(url, sent)
        run_due()
        own = taken.headers["Location"]
        free = client.get(own).context["days"][0]["times"]
        client.post(own, {"at": free[-1]["value"]})
        moved = Task.objects.get().due_at
        file = client.get(f"{own}hatir.ics").content.decode()
        client.post(own, {"cancel": "1"})

        assert (wrong.status_code, taken.status_code) == (422, 302)
        assert list(wrong.context["errors"]) == ["name", "email"]
        assert mail.outbox[0].to == ["isil@ornek.com.tr"]
        assert "America/New_York" in mail.outbox[0].body
        assert [name for name, _body, _kind in mail.outbox[0].attachments] == ["hatir.ics"]
        assert moved == datetime.fromisoformat(free[-1]["value"])
        assert f"DTSTART:{moved:%Y%m%dT%H%M%SZ}" in file
        assert Task.objects.get().status == "cancelled"
        assert client.get(own).context["is_cancelled"] is True

    def test_closed_pages_and_wrong_links_do_not_exist(self) -> None:
        page, client = page_of(make_cast(), is_active=False), Client()

        codes = [client.get(f"/book/{page.token}/").status_code, client.get("/book/x/").status_code]
        codes += [client.get("/booking/x/").status_code, client.get("/booking/x/hatir.ics").status_code]

        assert codes == [404] * 4

    def test_page_needs_hours_that_can_be_read(self) -> None:
        with pytest.raises(Invalid) as refused:
            page_of(make_cast(), hours="sabah", minutes=1, zone="Ay/Karanlık")

        assert sorted(refused.value.errors) == ["hours", "minutes", "zone"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="threads of a test share the memory of SQLite")
class TestTwoGuestsAtOnce:
    def test_do_not_get_the_same_time(self) -> None:
        page = page_of(make_cast())
        start = times_of(page, timezone.now())[0]
        told: list[str] = []
        ready = threading.Barrier(2)

        def guest(number: int) -> None:
            try:
                ready.wait()
                actions.book(page, start, actions.Guest(f"Konuk {number}", f"konuk{number}@ornek.com.tr"))
                told.append("booked")
            except actions.TimeTaken:
                told.append("taken")
            finally:
                connections.close_all()

        threads = [threading.Thread(target=guest, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(told) == ["booked", "taken"]
        assert Task.objects.filter(due_at=start, status="open").count() == 1
