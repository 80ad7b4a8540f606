"""Rows are stored below the ORM as Django would store them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from hatir.foundation.records import bulk
from hatir.foundation.staff.models import Department, User

pytestmark = pytest.mark.django_db


class AskingZone(tzinfo):
    """A zone that asks the database for its offset, as the company's does when its setting is not remembered."""

    def utcoffset(self, when: datetime | None) -> timedelta:
        Department.objects.exists()
        return timedelta(hours=3)

    def tzname(self, when: datetime | None) -> str:
        return "asking"

    def dst(self, when: datetime | None) -> timedelta:
        return timedelta(0)


class TestInstants:
    def test_of_a_zone_that_asks_the_database_are_stored_without_waiting_for_oneself(self) -> None:
        at = datetime(2026, 3, 1, 12, 0, tzinfo=AskingZone())
        user = User(email="ayse@example.com", name="Ayşe", created_at=at, updated_at=at)

        bulk.insert([user])

        assert User.objects.get().created_at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def test_of_a_change_too(self) -> None:
        at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        user = User(email="ayse@example.com", name="Ayşe", created_at=at, updated_at=at)
        bulk.insert([user])

        bulk.update_rows(User, ["updated_at"], [(datetime(2026, 4, 1, 1, 0, tzinfo=AskingZone()), user.pk)])

        assert User.objects.get().updated_at == datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
