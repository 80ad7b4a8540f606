"""The Django application of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.apps import RoomApp


class PlanningApp(RoomApp):
    name = "hatir.domains.planning"
    label = "planning"
    verbose_name = _("Planning")
