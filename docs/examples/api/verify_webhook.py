"""Checks that a webhook came from Hatır (Standard Webhooks). The body must be the bytes as they arrived.

Reads the headers as JSON from WEBHOOK_HEADERS and the body from standard input, so that it can be tried by hand.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time


def is_from_hatir(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Tell whether one of the signatures is right and not older than five minutes."""
    if abs(time.time() - int(headers["webhook-timestamp"])) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, given) for given in headers["webhook-signature"].split(" "))


if __name__ == "__main__":
    received = sys.stdin.buffer.read()
    if not is_from_hatir(os.environ["HATIR_WEBHOOK_SECRET"], json.loads(os.environ["WEBHOOK_HEADERS"]), received):
        sys.exit("wrong signature")
    print(json.loads(received)["type"])
