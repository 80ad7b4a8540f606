"""The web interface as a Django application: generic screens, components, static files."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebApp(AppConfig):
    name = "hatir.interface.web"
    label = "web"
    verbose_name = _("Web")
