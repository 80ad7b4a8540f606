"""Passwords and private keys of feeds, sealed with the house's key: at rest, and on a form between two tries."""

from __future__ import annotations

import base64
import hashlib
import json

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.translation import gettext as _

from hatir.foundation.feeds.errors import FeedRefused

CARRIED_SECONDS = 3600


def sealed(password: str) -> str:
    """Seal a password; none stays none."""
    return _box().encrypt(password.encode()).decode() if password else ""


def opened(kept: str) -> str:
    """Open a sealed password. Raises FeedRefused when the house's key is another by now."""
    try:
        return _box().decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        raise FeedRefused(_("The password can no longer be read. Enter it again.")) from None


def carried(password: str, private_key: str, place: str, user_id: int | None) -> str:
    """Seal what was typed, so that the form of the next step can carry it: for the same person and the same place."""
    return _box().encrypt(json.dumps([password, private_key, place, user_id]).encode()).decode()


def received(token: str, place: str, user_id: int | None) -> tuple[str, str]:
    """Give the password and private key that a form carried; nothing when they are old or not for this place."""
    try:
        password, private_key, *meant = json.loads(_box().decrypt(token.encode(), ttl=CARRIED_SECONDS))
    except (InvalidToken, ValueError):
        return "", ""
    return (password, private_key) if meant == [place, user_id] else ("", "")


def _box() -> Fernet:
    derived = hashlib.sha256(b"hatir feed passwords" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(derived))
