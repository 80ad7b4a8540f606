"""What the room does by the clock and in the background: reminders, mails to guests."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hatir.domains.planning.actions import invitation_of, note_reminded
from hatir.domains.planning.queries import booking_of, due_reminders
from hatir.domains.planning.rules import zone_named
from hatir.foundation.jobs.declaration import task
from hatir.foundation.notifications.actions import Item, notify
from hatir.foundation.notifications.wording import speaking_to
from hatir.foundation.records.refs import RecordRef


@task(key="planning.remind", label=gettext_lazy("Reminders of tasks"))
def remind() -> None:
    """Tell owners of what is coming; each reminder once, and again after the task was moved."""
    at = timezone.now()
    due = due_reminders(at)
    items = []
    for each in due:
        assert each.owner is not None
        with speaking_to(each.owner):
            when = date_format(localtime(each.due_at), "d.m.Y H:i") if each.due_at else ""
            detail = " · ".join(part for part in (when, str(each.customer or ""), each.place) if part)
            ref = RecordRef("planning.task", each.pk)
            items.append(
                Item(each.owner.pk, "reminder", each.title, level="task", detail=detail, action=_("Open"), ref=ref)
            )
    notify(items, at=at)
    note_reminded(due, at=at)


WORDS = {
    "booked": gettext_lazy("Your time is booked"),
    "moved": gettext_lazy("Your booking was moved"),
    "cancelled": gettext_lazy("The booking was called off"),
}


@task(key="planning.mail_booking", label=gettext_lazy("Mail to a guest"))
def mail_booking(booking_id: int, token: str, what: str) -> None:
    """Mail a guest what was booked, with the file for their calendar, and tell the owner."""
    booking = booking_of(token)
    if booking is None or booking.pk != booking_id or what not in WORDS:
        return
    page, due = booking.page, booking.task.due_at
    with translation.override(booking.language or "tr"):
        zone = zone_named(booking.guest_zone, timezone.get_current_timezone())
        when = f"{due.astimezone(zone):%d.%m.%Y %H:%M} ({zone})" if due else ""
        host = page.owner.name if page.owner else ""
        lines = [str(WORDS[what]), "", f"{page.title}, {host}", when, booking.task.place, ""]
        lines.append(f"{settings.HATIR_BASE_URL}/booking/{token}/")
        mail = EmailMessage(f"{page.title}: {WORDS[what]}", "\n".join(lines), None, [booking.guest_email])
        mail.attach("hatir.ics", invitation_of(booking), "text/calendar")
    mail.send()
    if page.owner is not None and what != "booked":
        with speaking_to(page.owner):
            ref = RecordRef("planning.task", booking.task_id)
            text = _("%(title)s: moved by the guest") if what == "moved" else _("%(title)s: called off by the guest")
            told = text % {"title": booking.task.title}
            notify([Item(page.owner.pk, "reminder", told, level="task", detail=when, action=_("Open"), ref=ref)])
