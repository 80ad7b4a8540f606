"""Signatures as the Standard Webhooks specification wants them: `v1,` and HMAC-SHA256 in base64.

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

MARK = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Make a secret: `whsec_` and 32 random bytes in base64."""
    return MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """Sign id, timestamp (seconds since 1970) and body."""
    key = base64.b64decode(secret.removeprefix(MARK))
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(valid_secrets: Iterable[str], message_id: str, timestamp: int, body: str) -> dict[str, str]:
    """Give the three headers; while a secret is being replaced there is a signature by each."""
    signatures = " ".join(signature(secret, message_id, timestamp, body) for secret in valid_secrets)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}
