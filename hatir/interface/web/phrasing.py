"""Sentences with names in them, as safe HTML."""

from __future__ import annotations

from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe


def phrase(words: str, **values: Any) -> SafeString:
    """Fill %(name)s of a translated sentence with escaped values; safe values stay as they are."""
    escaped = {name: conditional_escape(value) for name, value in values.items()}
    return mark_safe(conditional_escape(words) % escaped)  # noqa: S308 — words and values are escaped


def strong(text: Any) -> SafeString:
    """Show a name in bold."""
    return format_html("<b>{}</b>", text)
