"""The web interface as a Django application: generic screens, components, static files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.apps import RoomApp


class WebApp(RoomApp):
    name = "hatir.interface.web"
    label = "web"
    verbose_name = _("Web")
