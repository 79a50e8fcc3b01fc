"""Signatures of webhooks, as Standard Webhooks defines them, so that a receiver can use any of its libraries.

The text that is signed is `ID.TIMESTAMP.BODY`, by HMAC-SHA256. Source: https://www.standardwebhooks.com, specification 1.0."""

from __future__ import annotations

import base64
import hashlib
import hmac
from binascii import Error

PREFIX = "whsec_"
MIN_KEY_BYTES = 24
"""Keys of fewer bytes than this can be guessed (specification 1.0: 24 to 64 bytes)."""
ACCEPTED = f"{PREFIX} and {MIN_KEY_BYTES} or more random bytes in Base64"


def read_key(secret: str) -> bytes:
    """Return the key of a secret. Raises ValueError if it is none, or a short one."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except Error:
        key = b""
    if not secret.startswith(PREFIX) or len(key) < MIN_KEY_BYTES:
        raise ValueError(f"is no key; accepted: {ACCEPTED}")
    return key


def signed_headers(body: bytes, *, message_id: str, timestamp_s: int, key: bytes | None) -> dict[str, str]:
    """Return the headers of a webhook; without a key, those that name the message alone."""
    headers = {"webhook-id": message_id, "webhook-timestamp": str(timestamp_s)}
    if key is None:
        return headers
    digest = hmac.digest(key, f"{message_id}.{timestamp_s}.".encode() + body, hashlib.sha256)
    return headers | {"webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}
