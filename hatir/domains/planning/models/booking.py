"""Pages on which guests choose a time, and what they chose."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.domains.planning.models.tasks import Task
from hatir.domains.planning.rules import CALL, MEETING, VISIT
from hatir.foundation.records.models import OwnedRecord
from hatir.kit.ids import new_id

WEEKDAYS = (("work", _("Monday to Friday")), ("six", _("Monday to Saturday")), ("all", _("Every day")))
BOOKED_KINDS = ((MEETING, _("Meeting")), (CALL, _("Call")), (VISIT, _("Visit")))


class BookingPage(OwnedRecord):
    """A page with a link on which guests book a time of its owner. `hours` is "09:00-18:00" in `zone`."""

    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("description"), blank=True, default="")
    kind = models.CharField(_("kind"), max_length=8, choices=BOOKED_KINDS, default=MEETING)
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), default=30)
    buffer_minutes = models.PositiveSmallIntegerField(_("free minutes before and after"), default=0)
    hours = models.CharField(_("hours"), max_length=11, default="09:00-18:00", help_text=_("for example 09:00-18:00"))
    weekdays = models.CharField(_("days"), max_length=4, choices=WEEKDAYS, default="work")
    zone = models.CharField(_("time zone"), max_length=64, blank=True, default="", help_text=_("empty: the company's"))
    notice_hours = models.PositiveSmallIntegerField(_("hours of notice"), default=4)
    days_ahead = models.PositiveSmallIntegerField(_("days ahead"), default=30)
    place = models.CharField(_("place"), max_length=200, blank=True, default="")
    is_active = models.BooleanField(_("open for guests"), default=True)
    link = models.CharField(_("link"), max_length=300, blank=True, default="", editable=False)
    token = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("booking page")
        verbose_name_plural = _("booking pages")
        indexes = [models.Index(fields=["owner", "-id"], name="booking_page_owner")]

    def __str__(self) -> str:
        return self.title


class Booking(models.Model):
    """A time that a guest chose; its task stands in the owner's calendar. `token_hash` is of the guest's own link."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    page = models.ForeignKey(BookingPage, on_delete=models.CASCADE, related_name="bookings")
    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="booking")
    token_hash = models.CharField(max_length=64, unique=True)
    guest_email = models.EmailField()
    guest_zone = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=2, blank=True, default="tr")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["page", "guest_email"], name="booking_guest")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.task_id}"
