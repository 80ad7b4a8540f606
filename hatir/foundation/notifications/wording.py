"""Put what happened into words, each user in their own language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import translation

from hatir.foundation.staff.models import User


@contextmanager
def speaking_to(user: User) -> Iterator[None]:
    """Speak a user's language until the block ends."""
    with translation.override(user.language or "tr"):
        yield
