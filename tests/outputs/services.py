"""Servers that tests of outputs need. Without one its tests are skipped, or fail if `NEWSBOT_REQUIRE_SERVICES=1`."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

import pytest

NATS = os.environ.get("NEWSBOT_TEST_NATS", "nats://127.0.0.1:4222")
AMQP = os.environ.get("NEWSBOT_TEST_AMQP", "amqp://guest:guest@127.0.0.1:5672/%2F")


def require(url: str) -> str:
    """Return the URL of a server that can be reached."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5).close()
    except OSError as error:
        reason = f"nothing answers at {parts.scheme}://{parts.hostname}:{parts.port}: {error}"
        if os.environ.get("NEWSBOT_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return url
