"""The declaration of booking pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.domains.planning import actions
from hatir.domains.planning.models import BookingPage
from hatir.foundation.records.actor import name_part
from hatir.foundation.records.declaration import RecordType, Scope
from hatir.foundation.records.fields import Kind
from hatir.foundation.records.registry import register

KINDS: dict[str, Kind] = {"link": "url"}
name_part("booking", _("Booking page"))
BOOKING_PAGE = register(
    RecordType(
        key="planning.booking_page",
        model=BookingPage,
        title="title",
        path="booking-pages",
        icon="calendar",
        area="today",
        create=actions.create_booking_pages,
        update=actions.update_booking_pages,
        list_columns=("title", "kind", "minutes", "hours", "weekdays", "link", "is_active", "owner"),
        quick_fields=("title", "minutes", "hours", "weekdays", "place"),
        search={"title": "A"},
        match_on=("title",),
        scope=Scope(owner="owner", team="team"),
        kinds=KINDS,
        hidden={"token"},
    )
)
