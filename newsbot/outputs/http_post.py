"""POST over HTTP: no redirects, a time limit, bounded answers, and no private addresses unless they are allowed.

The address is checked that the connection is made to, after DNS: a name may resolve to any address, and to another one a
moment later."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from newsbot.errors import NewsbotError
from newsbot.public_addresses import is_allowed, refusal
from newsbot.settings import Network

TIMEOUT_S = 30.0
MAX_ANSWER_BYTES = 5_000_000
"""Number of bytes of an answer that are read."""
_REFUSING = frozenset({400, 406, 411, 413, 414, 415, 422, 431, 451})
"""Statuses by which a receiver refuses what was sent, and will refuse it again. Others (401, 404, 410) are about the
address, or pass (408, 429, 5xx), so that what was sent has to be kept."""


class PostError(NewsbotError):
    """A request that failed: no connection, or no answer in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server has answered."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the server has taken what was sent."""
        return 200 <= self.status < 300

    @property
    def is_refusal(self) -> bool:
        """Whether the server refuses what was sent for good."""
        return self.status in _REFUSING

    @property
    def reason(self) -> str:
        """The status and the beginning of the body, in one line."""
        said = " ".join(self.body[:300].decode(errors="replace").split())
        return f"HTTP {self.status}" + (f": {said[:200]}" if said else "")


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    networks: Sequence[Network] | None,
    timeout_s: float = TIMEOUT_S,
) -> Answer:
    """Return the answer of a server; `user:password@` in the URL is sent as HTTP basic authentication.

    `networks` are the private networks that may be connected to; None: any address. Raises PostError."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    given = {**_credentials(parts.username, parts.password), **headers}
    connection = connection_to(parts.scheme, parts.hostname or "", parts.port, networks, timeout_s)
    try:
        connection.request("POST", path, body, given)
        response = connection.getresponse()
        return Answer(status=response.status, body=response.read(MAX_ANSWER_BYTES))
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        reason = str(error) or type(error).__name__
        raise PostError(f"{parts.scheme}://{parts.hostname}: {reason}") from error
    finally:
        connection.close()


def _credentials(user: str | None, password: str | None) -> dict[str, str]:
    if user is None:
        return {}
    said = f"{unquote(user)}:{unquote(password or '')}".encode()
    return {"Authorization": f"Basic {base64.b64encode(said).decode()}"}


def connection_to(
    scheme: str, host: str, port: int | None, networks: Sequence[Network] | None, timeout_s: float
) -> http.client.HTTPConnection:
    """Return a connection, not yet made, to an address of a host that may be connected to."""
    # With a port: without one, http.client takes the end of an IPv6 address for it.
    port = port or (http.client.HTTPS_PORT if scheme == "https" else http.client.HTTP_PORT)
    if scheme == "https":
        secure = _GuardedHttps(host, port, timeout=timeout_s, context=ssl.create_default_context())
        secure.networks = networks
        return secure
    plain = _GuardedHttp(host, port, timeout=timeout_s)
    plain.networks = networks
    return plain


class _GuardedHttp(http.client.HTTPConnection):
    """A connection to an address that may be connected to."""

    networks: Sequence[Network] | None = ()

    def connect(self) -> None:
        """Connect to the first address of the host that answers. Raises OSError."""
        self.sock = _connected(self.host, self.port, self.timeout, self.networks)


class _GuardedHttps(http.client.HTTPSConnection, _GuardedHttp):
    """The same with TLS: `HTTPSConnection.connect` calls that of the class above, and verifies the certificate."""


def _connected(
    host: str, port: int, timeout_s: float | None, networks: Sequence[Network] | None
) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = [place for place in found if networks is None or is_allowed(str(place[4][0]), networks)]
    if not allowed:
        raise PermissionError(refusal(host))
    failure = OSError(f"{host} has no address")
    for *_, address in allowed:
        try:
            return socket.create_connection((str(address[0]), port), timeout_s)
        except OSError as error:
            failure = error
    raise failure
