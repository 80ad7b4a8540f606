"""The Django application of the generic screens."""

from __future__ import annotations

from django.apps import AppConfig


class WebApp(AppConfig):
    name = "hatir.interface.web"
    label = "web"
