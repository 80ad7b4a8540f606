"""Every test begins in Turkish, whatever language the one before it left behind."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import translation

from tests.world.migrated import keep_migrated

keep_migrated()


@pytest.fixture(autouse=True)
def turkish() -> None:
    """Speak the source language of people."""
    translation.activate(settings.LANGUAGE_CODE)
