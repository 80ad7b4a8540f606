"""The Django application of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.apps import RoomApp


class LeadsApp(RoomApp):
    name = "hatir.domains.leads"
    label = "leads"
    verbose_name = _("Leads")
