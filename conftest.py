"""Every test begins in Turkish, whatever language the one before it left behind."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import translation

from tests.world.migrated import keep_migrated

keep_migrated()
ASKS_FOR_A_DATABASE = {"db", "transactional_db", "live_server", "postgres_urls", "postgres_url", "target_url", "served"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what opens no database of the pass: pytest-django would refuse it one, so both passes answer alike."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") is None and not fixtures & ASKS_FOR_A_DATABASE:
            item.add_marker(pytest.mark.any_database)


@pytest.fixture(autouse=True)
def turkish() -> None:
    """Speak the source language of people."""
    translation.activate(settings.LANGUAGE_CODE)
