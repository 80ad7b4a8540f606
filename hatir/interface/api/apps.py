"""The Django application of the REST corridor."""

from __future__ import annotations

from django.apps import AppConfig


class ApiApp(AppConfig):
    name = "hatir.interface.api"
    label = "api"
