"""The bank of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from hatir.integrations.tcmb import feed
from hatir.integrations.tcmb.tests.bank import Bank


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    """Open a bank on this machine, and let the house call it."""
    found = Bank()
    monkeypatch.setattr(feed, "ADDRESS", found.url)
    monkeypatch.setattr(feed, "inner_addresses_allowed", lambda: True)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Let refusals speak English, so that tests may read them."""
    with translation.override("en"):
        yield
