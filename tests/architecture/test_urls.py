"""Every address says who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC = Path(__file__).with_name("public_addresses.txt")
OTHERS = ("allauth.", "django.")
"""Packages whose pages guard themselves."""


def addresses(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here)
        elif isinstance(entry, URLPattern):
            yield here, entry.callback


def permission_of(callback: Any) -> str:
    """Read what a screen declares: an attribute `permission` of the function or of the view's class."""
    declared = getattr(callback, "permission", None) or getattr(getattr(callback, "view_class", None), "permission", "")
    return declared if isinstance(declared, str) else ""


def own_addresses() -> list[tuple[str, Any]]:
    return [
        (address, callback)
        for address, callback in addresses(get_resolver())
        if not callback.__module__.startswith(OTHERS)
    ]


class TestAddresses:
    def test_declare_a_permission(self) -> None:
        wrong = [
            f"/{address} → {callback.__module__}"
            for address, callback in own_addresses()
            if not permission_of(callback)
        ]

        assert not wrong, "no `permission`:\n" + "\n".join(wrong)

    def test_that_are_public_are_listed(self) -> None:
        listed = {line for line in PUBLIC.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"}
        public = {f"/{address}" for address, callback in own_addresses() if permission_of(callback) == "public"}

        assert public == listed
