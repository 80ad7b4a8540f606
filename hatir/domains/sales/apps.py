"""The Django application of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.apps import RoomApp


class SalesApp(RoomApp):
    name = "hatir.domains.sales"
    label = "sales"
    verbose_name = _("Sales")
