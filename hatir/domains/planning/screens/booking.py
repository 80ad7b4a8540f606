"""The pages on which guests book, move and call off a time; they need no account, only their link."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hatir.domains.planning import actions, queries
from hatir.domains.planning.models import Booking, BookingPage
from hatir.domains.planning.rules import zone_named
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.records.errors import Invalid
from hatir.interface.web.permission import public
from hatir.kit.formats_tr import format_full_date

ZONES = (
    "Europe/Istanbul", "Europe/London", "Europe/Berlin", "Europe/Moscow", "Asia/Baku", "Asia/Dubai", "Asia/Riyadh",
    "Asia/Tashkent", "Asia/Almaty", "Asia/Tokyo", "America/New_York", "America/Los_Angeles", "UTC",
)  # fmt: skip
MOST_DAYS = 14


@public()
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, token: str) -> HttpResponse:
    """Show the free times in the guest's time zone, or book one."""
    page = queries.booking_page(token)
    if page is None:
        raise Http404
    if request.method != "POST":
        return _page(request, page)
    sent = request.POST
    if sent.get("website"):  # a field that people do not see and programs fill in
        return HttpResponseRedirect(f"/book/{token}/")
    guest = actions.Guest(
        sent.get("name", ""), sent.get("email", ""), sent.get("phone", ""), sent.get("note", ""), _zone_name(request)
    )
    try:
        booked = actions.book(page, _instant(sent.get("at", "")), guest)
    except Invalid as wrong:
        return _page(request, page, errors=wrong.errors, values=sent.dict(), status=422)
    task_of("planning.mail_booking").enqueue(booking_id=booked.booking.pk, token=booked.token, what="booked")
    return HttpResponseRedirect(f"/booking/{booked.token}/")


@public()
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Give the booked time as a file for the guest's calendar."""
    del request
    booking = _booking(token)
    answer = HttpResponse(actions.invitation_of(booking).encode(), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="hatir.ics"'
    return answer


@public()
@require_http_methods(["GET", "HEAD", "POST"])
def booked(request: HttpRequest, token: str) -> HttpResponse:
    """Show a guest's own booking; move it or call it off."""
    booking = _booking(token)
    if request.method != "POST":
        return _own(request, booking, token)
    what = "moved"
    try:
        if "cancel" in request.POST:
            what = "cancelled"
            actions.cancel_booking(booking)
        else:
            actions.rebook(booking, _instant(request.POST.get("at", "")))
    except Invalid as wrong:
        return _own(request, booking, token, errors=wrong.errors, status=422)
    task_of("planning.mail_booking").enqueue(booking_id=booking.pk, token=token, what=what)
    return HttpResponseRedirect(f"/booking/{token}/")


def _booking(token: str) -> Booking:
    found = queries.booking_of(token)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, page: BookingPage, *, status: int = 200, **more: Any) -> HttpResponse:
    zone = _zone(request)
    times = queries.times_of(page, timezone.now())
    context = {"page_title": page.title, "wide": True, "booking_page": page, "host": page.owner, **_times(times, zone)}
    return render(request, "planning/book.html", {**context, **_zones(request), **more}, status=status)


def _own(request: HttpRequest, booking: Booking, token: str, *, status: int = 200, **more: Any) -> HttpResponse:
    zone = zone_named(request.GET.get("zone", "") or booking.guest_zone, timezone.get_current_timezone())
    task = booking.task
    assert task.due_at is not None
    local = task.due_at.astimezone(zone)
    is_open = booking.cancelled_at is None and task.status == "open" and task.due_at > timezone.now()
    times = queries.times_of(booking.page, timezone.now(), without_task=task.pk) if is_open else []
    context = {
        "page_title": booking.page.title,
        "wide": True,
        "booking_page": booking.page,
        "host": booking.page.owner,
        "when": f"{format_full_date(local.date(), language=get_language() or 'tr')} {local:%H:%M}",
        "zone": str(zone),
        "place": task.place,
        "is_open": is_open,
        "is_cancelled": booking.cancelled_at is not None or task.status == "cancelled",
        "ics_url": f"/booking/{token}/hatir.ics",
        **_times(times, zone),
        **more,
    }
    return render(request, "planning/booked.html", context, status=status)


def _times(times: list[datetime], zone: tzinfo) -> dict[str, Any]:
    """Group the times by the guest's days."""
    days: dict[Any, list[dict[str, str]]] = {}
    for at in times:
        local = at.astimezone(zone)
        days.setdefault(local.date(), []).append({"value": f"{at:%Y-%m-%dT%H:%M:%SZ}", "label": f"{local:%H:%M}"})
    language = get_language() or "tr"
    shown = [{"label": format_full_date(day, language=language), "times": found} for day, found in days.items()]
    return {"days": shown[:MOST_DAYS]}


def _zones(request: HttpRequest) -> dict[str, Any]:
    chosen = str(_zone(request))
    names = ZONES if chosen in ZONES else (chosen, *ZONES)
    return {"zone": chosen, "zones": [(name, name.replace("_", " "), name == chosen) for name in names]}


def _zone_name(request: HttpRequest) -> str:
    return str(request.POST.get("zone") or request.GET.get("zone") or "")


def _zone(request: HttpRequest) -> tzinfo:
    company = zone_named(str(timezone.get_current_timezone()), UTC)
    return zone_named(_zone_name(request), company)


def _instant(text: str) -> datetime:
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid({"at": [_("Please choose a time.")]})
    return moment.astimezone(UTC)
