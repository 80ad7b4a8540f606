"""Booking pages as guests see them: found by their token, with the times that are free."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from hatir.domains.planning.models import Booking, BookingPage
from hatir.domains.planning.queries.calendar import busy_of
from hatir.domains.planning.queries.objects import hash_of
from hatir.domains.planning.rules import Offer, free_times, zone_named

MOST_TIMES = 2000


def booking_page(token: str) -> BookingPage | None:
    """Find an open booking page by the token of its link; None when it is closed or its owner is gone."""
    rows = BookingPage.objects.select_related("owner").filter(
        token=token, is_active=True, archived_at=None, owner__is_active=True
    )
    return rows.first()


def booking_of(token: str) -> Booking | None:
    """Find what a guest booked, by the token of the guest's own link."""
    return Booking.objects.select_related("page__owner", "task").filter(token_hash=hash_of(token)).first()


def offer_of(page: BookingPage) -> Offer:
    """Give what a page offers."""
    zone = zone_named(page.zone, timezone.get_current_timezone())
    return Offer(
        page.minutes, page.buffer_minutes, page.hours, page.weekdays, zone, page.notice_hours, min(page.days_ahead, 120)
    )


def times_of(page: BookingPage, at: datetime, *, without_task: int | None = None) -> list[datetime]:
    """List when a guest may begin; one statement. `without_task` leaves out what the guest is about to move."""
    if page.owner_id is None:
        return []
    offer = offer_of(page)
    end = at + timedelta(days=offer.days_ahead + 2)
    busy = [
        (slot.starts_at, slot.ends_at)
        for slot in busy_of([page.owner_id], at - timedelta(days=1), end, without_task=without_task)
    ]
    return free_times(offer, busy, at=at)[:MOST_TIMES]


def open_bookings_of(page: BookingPage, email: str, at: datetime) -> int:
    """Count what a guest has booked on a page and is still to come."""
    rows = Booking.objects.filter(page=page, guest_email=email, cancelled_at=None, task__due_at__gt=at)
    return rows.count()
