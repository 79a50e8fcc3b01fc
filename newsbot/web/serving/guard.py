"""Checks before every request and headers after it: access, request limits, browser policies, other sites, ETags."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsbot.web.serving.problems import FOR_PROGRAMS, problem_response

MAX_TARGET_BYTES = 12_288
"""Maximum length of a request's path and query. 500 characters of a query take up to 6,000 when they are encoded."""
WRITTEN = "/watches"
"""The only path that may be written to, and only on a site that asks for a token. The form has a key of its own."""
MAX_FORM_BYTES = 20_000
MAX_HELD_BYTES = 1_000_000
"""Size up to which an answer that is made in parts is held to compute its ETag."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may read the site."""

    token: str = ""
    """Token that every request must contain, as a Bearer token or as the password of any user; empty: none."""
    hosts: Collection[str] = ()
    """Host names that requests may use; empty: any. A site without a token that listens on a reader's own machine must
    know its names; otherwise any page that the reader visits could reach it under a name of its own (DNS rebinding)."""
    prefix: str = ""
    """Path below which the site is reached, as in `/news`. A proxy in front may pass it on or remove it."""

    @property
    def form_key(self) -> str:
        """The hidden value of forms, which pages of other sites cannot know; empty: nothing can be written."""
        if not self.token:
            return ""
        return hmac.new(self.token.encode(), b"newsbot forms", hashlib.sha256).hexdigest()


class Guard:
    """ASGI middleware around the application.

    Pages of the sites in `cors` ("https://news.example"; "*": any) may read the API and the feeds; see the CORS protocol of
    the Fetch standard. It holds answers of up to `MAX_HELD_BYTES` in memory to compute their ETag, and sends longer ones as they are made."""

    def __init__(
        self, app: ASGIApp, access: Access, *, images: bool = False, cors: Sequence[str] = ()
    ) -> None:
        self._app = app
        self._access = access
        self._cors = frozenset(cors)
        self._headers = {
            "content-security-policy": _POLICY.format(images="'self' https: http:" if images else "'self'"),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = self._below_prefix(scope)
        refusal = self._refusal(scope)
        answer = _Answer(scope, send, self._headers | self._for_other_sites(scope))
        if refusal is not None:
            await refusal(scope, receive, answer.send)
        else:
            method = "POST" if scope["method"] == "POST" else "GET"  # HEAD is answered like GET
            await self._app({**scope, "method": method}, receive, answer.send)

    def _below_prefix(self, scope: Scope) -> Scope:
        """Return the request with the prefix in its path, as ASGI demands, whether the proxy has removed it or not."""
        prefix, path = self._access.prefix, scope["path"]
        below = path.removeprefix(prefix) or "/" if f"{path}/".startswith(f"{prefix}/") else path
        return {**scope, "root_path": prefix, "path": prefix + below}

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if self._access.hosts and _host(headers.get("host", "")) not in self._access.hosts:
            return problem_response(421, "The site is not known by this name.")
        if scope["method"] == "OPTIONS" and self._is_shared(scope):
            return self._preflight(headers.get("origin", ""))  # browsers send it without the token
        if self._access.token and not _has_token(headers.get("authorization", ""), self._access.token):
            return problem_response(
                401,
                "The token is missing or wrong.",
                {"WWW-Authenticate": 'Basic realm="newsbot", charset="UTF-8"'},
            )
        if scope["method"] == "POST" and self._may_write(scope):
            length = headers.get("content-length", "")
            return None if _is_short(length) else problem_response(413, "The form is too long.")
        if scope["method"] not in {"GET", "HEAD"}:
            return problem_response(405, "This site is only read.", {"Allow": "GET, HEAD"})
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > MAX_TARGET_BYTES:
            return problem_response(414, f"The address is longer than {MAX_TARGET_BYTES} bytes.")
        return None

    def _may_write(self, scope: Scope) -> bool:
        """Return whether what is at this path may be written by somebody who has shown the token."""
        return bool(self._access.token) and scope["path"].removeprefix(scope["root_path"]) == WRITTEN

    def _is_shared(self, scope: Scope) -> bool:
        """Return whether pages of other sites may be allowed to read what is at this path."""
        path = scope["path"].removeprefix(scope["root_path"])
        return bool(self._cors) and path.startswith(FOR_PROGRAMS)

    def _for_other_sites(self, scope: Scope) -> dict[str, str]:
        """Return the headers by which a browser lets a page of another site read the answer."""
        if not self._is_shared(scope):
            return {}
        origin = Headers(scope=scope).get("origin", "")
        headers = {"cross-origin-resource-policy": "cross-origin", "access-control-expose-headers": "ETag"}
        if "*" in self._cors:
            return headers | {"access-control-allow-origin": "*"}
        headers["vary"] = "Origin"
        return headers | ({"access-control-allow-origin": origin} if origin in self._cors else {})

    def _preflight(self, origin: str) -> Response:
        """Answer what a browser asks before a request of another site that has a header of its own."""
        if not self._cors & {origin, "*"}:
            return problem_response(403, "Pages of this origin may not read this site; see NEWSBOT_WEB_CORS.")
        allowed = {
            "Access-Control-Allow-Methods": "GET, HEAD",
            "Access-Control-Allow-Headers": "Authorization, If-None-Match",
            "Access-Control-Max-Age": "86400",
        }
        return Response(status_code=204, headers=allowed)


class _Answer:
    """The answer of the application on its way to the client: with the headers of every answer, and an ETag if it is short."""

    def __init__(self, scope: Scope, send: Send, headers: Mapping[str, str]) -> None:
        self._scope, self._send, self._headers = scope, send, headers
        self._start: Message = {}
        self._held: list[bytes] = []
        self._is_streamed = False

    async def send(self, message: Message) -> None:
        """Take a message of the application."""
        if message["type"] == "http.response.start":
            self._start = {**message, "headers": list(message["headers"])}
            headers = MutableHeaders(raw=self._start["headers"])
            for name, value in self._headers.items():
                headers[name] = value
            return
        self._held.append(message.get("body", b""))
        is_last = not message.get("more_body", False)
        if is_last and not self._is_streamed:
            await self._send_whole()
        elif self._is_streamed or sum(map(len, self._held)) > MAX_HELD_BYTES:
            await self._send_held(is_last=is_last)

    async def _send_whole(self) -> None:
        answer = Response(b"".join(self._held), self._start["status"])
        answer.raw_headers = self._start["headers"]
        MutableHeaders(raw=answer.raw_headers)["content-length"] = str(len(answer.body))
        if answer.status_code == 200:
            answer = _with_etag(answer, Headers(scope=self._scope).get("if-none-match", ""))
        if self._scope["method"] == "HEAD":
            answer.body = b""
        await answer(self._scope, _nothing, self._send)

    async def _send_held(self, *, is_last: bool) -> None:
        if not self._is_streamed:
            self._is_streamed = True
            await self._send(self._start)
        body = b"" if self._scope["method"] == "HEAD" else b"".join(self._held)
        self._held.clear()
        await self._send({"type": "http.response.body", "body": body, "more_body": not is_last})


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _with_etag(answer: Response, if_none_match: str) -> Response:
    """Return the answer with an ETag, or 304 without a body if the client has it (RFC 9110, 13.1.2)."""
    tag = f'"{hashlib.blake2b(bytes(answer.body), digest_size=12).hexdigest()}"'
    headers = MutableHeaders(raw=answer.raw_headers)
    headers["etag"] = tag
    headers.setdefault("cache-control", "private, no-cache")
    client_tags = {tag_text.strip().removeprefix("W/") for tag_text in if_none_match.split(",")}
    if not client_tags & {tag, "*"}:
        return answer
    del headers["content-length"]
    unchanged = Response(status_code=304)
    unchanged.raw_headers = answer.raw_headers
    return unchanged


def _is_short(length: str) -> bool:
    return length.isascii() and length.isdecimal() and len(length) < 9 and int(length) <= MAX_FORM_BYTES


def _host(header: str) -> str:
    """Return the host name of a Host header, without the port."""
    name, _, port = header.rpartition(":")
    return (name if name and port.isdecimal() else header).strip("[]").lower()


def _has_token(authorization: str, token: str) -> bool:
    """Return whether an Authorization header contains the token, in UTF-8."""
    scheme, _, value = authorization.partition(" ")
    shown = value.encode("latin-1")  # the bytes that were sent
    if scheme.lower() == "basic":
        try:
            shown = base64.b64decode(shown, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(shown, token.encode())
