"""Addresses of the room's own screens."""

from __future__ import annotations

from django.urls import path

from hatir.domains.catalog import screens

urlpatterns = [
    path("settings/exchange-rates/", screens.rate_settings, name="rate_settings"),
    path("settings/exchange-rates/fetch/", screens.fetch_now, name="rates_fetch"),
]
