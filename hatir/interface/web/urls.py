"""Addresses of the generic screens: each screens module brings its own list."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from django.urls import URLPattern, URLResolver

from hatir.interface.web import screens

urlpatterns: list[URLPattern | URLResolver] = []
for found in sorted(iter_modules(screens.__path__), key=lambda module: module.name):
    module = import_module(f"{screens.__name__}.{found.name}")
    urlpatterns += getattr(module, "urlpatterns", [])
