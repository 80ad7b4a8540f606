"""Which static files are served: what set-up built, not what it was built of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder

SOURCES = ("css/", "js/", "django_htmx/")
"""Bundled into vendor/ by set-up; compressing them again would take most of the first start."""


class BuiltFilesFinder(AppDirectoriesFinder):
    """Lists the files of all applications, except the sources of bundles."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        for path, storage in super().list(ignore_patterns):
            if not path.startswith(SOURCES):
                yield path, storage
