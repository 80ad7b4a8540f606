"""Secrets of endpoints, sealed at rest with the house's key."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from django.conf import settings

from hatir.foundation.webhooks.signing import new_secret

OLD_SECRET_LASTS = timedelta(hours=24)


def first_secret() -> str:
    """Make the sealed secrets of a new endpoint."""
    return _seal([{"secret": new_secret(), "until": None}])


def replaced(sealed: str, at: datetime) -> str:
    """Put a new secret in front; the present one still signs for a day, so that the receiver can change over."""
    kept = [one for one in _open(sealed) if one["until"] is None]
    old = [{**one, "until": (at + OLD_SECRET_LASTS).isoformat()} for one in kept]
    return _seal([{"secret": new_secret(), "until": None}, *old])


def valid_secrets(sealed: str, at: datetime) -> list[str]:
    """List the secrets that sign now, the newest first."""
    return [
        str(one["secret"])
        for one in _open(sealed)
        if one["until"] is None or datetime.fromisoformat(str(one["until"])) > at
    ]


def _box() -> Fernet:
    derived = hashlib.sha256(b"hatir webhook secrets" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(derived))


def _seal(kept: list[dict[str, str | None]]) -> str:
    return _box().encrypt(json.dumps(kept).encode()).decode()


def _open(sealed: str) -> list[dict[str, str | None]]:
    found: list[dict[str, str | None]] = json.loads(_box().decrypt(sealed.encode()))
    return found
