"""The Django application of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.apps import RoomApp


class QuotesApp(RoomApp):
    name = "hatir.domains.quotes"
    label = "quotes"
    verbose_name = _("Quotes")
