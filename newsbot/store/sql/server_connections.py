"""How long PostgreSQL and newsbot wait for each other while the network between them is cut.

Left alone, a system sends a statement again and again for a quarter of an hour, and looks after two hours whether an idle
connection is alive. So a worker that was cut off would hang long after its network is back, and on the server its transactions
would hold locks that all others wait for. Both sides give up after `SILENT_S` seconds instead.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL

CONNECT_TIMEOUT_S = 10
SILENT_S = 30
"""Seconds without any answer of the other side's system, however busy its programs are, after which a connection is lost."""
PROBES = 4
_IDLE_S = SILENT_S // 3
_INTERVAL_S = (SILENT_S - _IDLE_S) // PROBES
MAX_PAUSE_S = 60
"""Seconds after which the server ends a transaction that writes and has sent nothing: its process may have been frozen, whose
system answers as before. It is run again when the process goes on."""

SERVER_SIDE = (
    f"SELECT set_config('tcp_user_timeout', '{1000 * SILENT_S}', false),"
    f" set_config('tcp_keepalives_idle', '{_IDLE_S}', false),"
    f" set_config('tcp_keepalives_interval', '{_INTERVAL_S}', false),"
    f" set_config('tcp_keepalives_count', '{PROBES}', false)"
)
"""Statement that has the server give up this connection. On a connection that is not TCP it changes nothing."""


def connect_arguments(url: URL) -> dict[str, int]:
    """Return arguments with which psycopg connects; those that the URL has are left to it."""
    given: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "tcp_user_timeout": 1000 * SILENT_S,
        "keepalives_idle": _IDLE_S,
        "keepalives_interval": _INTERVAL_S,
        "keepalives_count": PROBES,
    }
    return {name: value for name, value in given.items() if name not in url.query}
