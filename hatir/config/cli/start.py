"""Starts Django for a command that needs it."""

from __future__ import annotations

import os

from hatir.config.env import Environment, read_environment


def start_django() -> Environment:
    """Load settings and rooms; raises ConfigError when a setting cannot be used."""
    environment = read_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
    import django

    django.setup()
    from django.utils import translation

    from hatir.config.env import operator_language

    translation.activate(operator_language())
    return environment
