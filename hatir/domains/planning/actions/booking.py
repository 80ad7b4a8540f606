"""Guests book, move and call off; two guests never get the same time."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hatir.domains.customers.actions import create_customers
from hatir.domains.customers.queries import customers_with_email
from hatir.domains.planning import rules
from hatir.domains.planning.actions.tasks import call_off, plan, postpone
from hatir.domains.planning.models import Booking, BookingPage
from hatir.domains.planning.queries.booking import open_bookings_of, times_of
from hatir.domains.planning.queries.ical import invitation_text
from hatir.domains.planning.queries.objects import hash_of
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.foundation.staff.models import User

MOST_OPEN = 3
"""So many times still to come one address may hold on a page."""


@dataclass(frozen=True)
class Guest:
    """Who books: `zone` is the time zone in which the guest reads times."""

    name: str
    email: str
    phone: str = ""
    note: str = ""
    zone: str = ""


@dataclass(frozen=True)
class Booked:
    """A booking just made; `token` opens the guest's own page and is given this one time."""

    booking: Booking
    token: str


class TimeTaken(Invalid):
    """Somebody else was quicker, or the time is no longer offered."""

    def __init__(self) -> None:
        super().__init__({"at": [_("This time has just been taken. Please choose another one.")]})


def create_booking_pages(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[BookingPage]:
    """Make booking pages, each with a link of its own. Raises Invalid with the row's position."""
    rt = type_of_model(BookingPage)
    pages = []
    for row in rows:
        page: BookingPage = blank(rt)
        put_all(rt, page, row)
        page.token = secrets.token_urlsafe(18)
        page.link = f"{settings.HATIR_BASE_URL}/book/{page.token}/"
        pages.append(page)
    _check_pages(pages)
    return writing.save_many(pages, actor=actor)


def update_booking_pages(
    pairs: Sequence[tuple[BookingPage, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[BookingPage]:
    """Change booking pages. See `writing.save_many` for the errors."""
    rt = type_of_model(BookingPage)
    for page, values in pairs:
        put_all(rt, page, values)
    pages = [page for page, _values in pairs]
    _check_pages(pages)
    return writing.save_many(pages, actor=actor, expected_version=expected_version)


def _check_pages(pages: Sequence[BookingPage]) -> None:
    wrong: dict[int, dict[str, list[str]]] = {}
    for at, page in enumerate(pages):
        errors: dict[str, list[str]] = {}
        try:
            rules.read_hours(page.hours)
        except rules.NoSuchHours:
            errors["hours"] = [_("Write from when to when, for example 09:00-18:00.")]
        if not 5 <= page.minutes <= 600:
            errors["minutes"] = [_("Between 5 and 600 minutes.")]
        if page.zone and rules.zone_named(page.zone, _NONE) is _NONE:
            errors["zone"] = [_("There is no such time zone. Write Europe/Istanbul, for example.")]
        if errors:
            wrong[at] = errors
    if wrong:
        raise Invalid(rows=wrong)


_NONE = timezone.get_fixed_timezone(0)


def book(page: BookingPage, start: datetime, guest: Guest) -> Booked:
    """Give a guest a time. Raises TimeTaken, or Invalid for what the guest wrote.

    Guests of one owner come in turn (the owner's row is locked; SQLite has one writer), so a time is given once.
    """
    guest = _checked(guest)
    actor = system_actor("booking")
    with transaction.atomic():
        _take_turn(page)
        now = timezone.now()
        if start not in times_of(page, now):
            raise TimeTaken
        if open_bookings_of(page, guest.email, now) >= MOST_OPEN:
            raise Invalid({"email": [_("This address has booked enough already. Please write to us.")]})
        customer_id = _customer(page, guest, actor)
        task = plan(
            f"{page.title}: {guest.name}",
            actor=actor,
            about=RecordRef("customers.customer", customer_id),
            kind=page.kind,
            due_at=start,
            ends_at=start + timedelta(minutes=page.minutes),
            owner_id=page.owner_id,
            note="\n".join(part for part in (guest.note, guest.email, guest.phone) if part),
            place=page.place,
        )
        token = secrets.token_urlsafe(24)
        booking = Booking.objects.create(
            page=page,
            task=task,
            token_hash=hash_of(token),
            guest_email=guest.email,
            guest_zone=guest.zone,
            language=(get_language() or "tr")[:2],
        )
    return Booked(booking, token)


def rebook(booking: Booking, start: datetime) -> Booking:
    """Move a guest's booking to another free time. Raises TimeTaken."""
    with transaction.atomic():
        _take_turn(booking.page)
        _check_open(booking)
        if start not in times_of(booking.page, timezone.now(), without_task=booking.task_id):
            raise TimeTaken
        booking.task = postpone(booking.task_id, due_at=start, actor=system_actor("booking"))
    return booking


def cancel_booking(booking: Booking) -> Booking:
    """Call a guest's booking off; twice is once."""
    with transaction.atomic():
        _take_turn(booking.page)
        booking.refresh_from_db()
        if booking.cancelled_at is None:
            booking.task = call_off(booking.task_id, actor=system_actor("booking"))
            booking.cancelled_at = timezone.now()
            booking.save(update_fields=["cancelled_at"])
    return booking


def invitation_of(booking: Booking) -> str:
    """Write a booking for the guest's own calendar."""
    host = booking.page.owner.email if booking.page.owner else settings.DEFAULT_FROM_EMAIL
    return invitation_text(
        booking.task,
        uid=f"booking-{booking.pk}@hatir",
        organizer=host,
        guest=booking.guest_email,
        cancelled=booking.cancelled_at is not None,
    )


def _take_turn(page: BookingPage) -> None:
    list(User.objects.select_for_update(of=("self",)).filter(pk=page.owner_id or 0).values_list("pk", flat=True))


def _check_open(booking: Booking) -> None:
    booking.refresh_from_db()
    if booking.cancelled_at is not None or booking.task.status != "open":
        raise Invalid({"": [_("This booking was called off.")]})


def _checked(guest: Guest) -> Guest:
    name, email = " ".join(guest.name.split())[:120], guest.email.strip()[:200]
    errors: dict[str, list[str]] = {}
    if not name:
        errors["name"] = [_("Please write your name.")]
    try:
        validate_email(email)
    except ValidationError:
        errors["email"] = [_("Please write your e-mail address.")]
    if errors:
        raise Invalid(errors)
    address = email.lower()  # ascii-only: an e-mail address
    return Guest(name, address, guest.phone.strip()[:40], guest.note.strip()[:2000], guest.zone[:64])


def _customer(page: BookingPage, guest: Guest, actor: Actor) -> int:
    """Find the customer by the address, or make a lead."""
    found = customers_with_email(actor, guest.email)
    if found:
        return found[0].pk
    row = {"name": guest.name, "email": guest.email, "phone": guest.phone, "owner": page.owner_id, "team": page.team_id}
    return create_customers([{**row, "source": "booking"}], actor=actor)[0].pk
