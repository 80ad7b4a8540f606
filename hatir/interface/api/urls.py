"""Addresses of the REST corridor: one door for all of them, since types come and go at run time."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from hatir.interface.api import door

urlpatterns: list[URLPattern | URLResolver] = [
    path("", door.versions, name="api_versions"),
    re_path(r"^v1(?:/(?P<rest>[\s\S]*))?\Z", door.answer, name="api"),
    re_path(r"^(?P<rest>[\s\S]*)\Z", door.nothing_here),
]
