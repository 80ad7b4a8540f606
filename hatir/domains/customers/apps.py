"""The Django application of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.apps import RoomApp


class CustomersApp(RoomApp):
    name = "hatir.domains.customers"
    label = "customers"
    verbose_name = _("Customers")
