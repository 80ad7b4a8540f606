"""The company's time zone as the zone of every request, job and reaction."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError

from hatir.foundation.preferences.queries import value_of


def company_zone() -> ZoneInfo:
    """Give the zone that the company chose; that of the settings where the database cannot be asked."""
    try:
        return ZoneInfo(str(value_of("company.zone")))
    except DatabaseError:  # a page that says what is wrong still shows its times
        return ZoneInfo(settings.TIME_ZONE)


class CompanyZone(tzinfo):
    """The company's zone, looked up when a time is first shown: work that shows none asks for nothing."""

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return company_zone().utcoffset(dt)

    def dst(self, dt: datetime | None) -> timedelta | None:
        return company_zone().dst(dt)

    def tzname(self, dt: datetime | None) -> str | None:
        return company_zone().tzname(dt) if dt is not None else company_zone().key

    def fromutc(self, dt: datetime) -> datetime:
        zone = company_zone()
        return zone.fromutc(dt.replace(tzinfo=zone))

    def __str__(self) -> str:
        return company_zone().key
