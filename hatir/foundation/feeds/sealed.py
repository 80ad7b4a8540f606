"""Passwords of feeds, sealed at rest with the house's key."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.translation import gettext as _

from hatir.foundation.feeds.errors import FeedRefused


def sealed(password: str) -> str:
    """Seal a password; none stays none."""
    return _box().encrypt(password.encode()).decode() if password else ""


def opened(kept: str) -> str:
    """Open a sealed password. Raises FeedRefused when the house's key is another by now."""
    try:
        return _box().decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        raise FeedRefused(_("The password can no longer be read. Enter it again.")) from None


def _box() -> Fernet:
    derived = hashlib.sha256(b"hatir feed passwords" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(derived))
