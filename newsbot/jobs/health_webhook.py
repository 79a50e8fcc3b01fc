"""Post the flags of sources to a webhook."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from urllib.request import Request, urlopen

from newsbot.errors import InputError, UsageError
from newsbot.sources.health import Flag
from newsbot.urls import is_fetchable

TIMEOUT_S = 30


def post_flags(url: str, flags: Iterable[Flag]) -> None:
    """Post what is flagged as JSON: `{"flags": [{"source", "kind", "detail"}]}`; `source` is null if it is all of them.

    Raises UsageError if `url` is not an HTTP URL, InputError if the request fails."""
    if not is_fetchable(url):
        raise UsageError(f"--webhook is {url!r}; accepted: an http:// or https:// URL")
    body = json.dumps({"flags": [asdict(flag) for flag in flags]}).encode()
    request = Request(url, data=body, headers={"Content-Type": "application/json"}, method="POST")  # noqa: S310
    try:
        with urlopen(request, timeout=TIMEOUT_S):  # noqa: S310 - the scheme is checked above
            pass
    except OSError as error:
        raise InputError(f"--webhook {url}: {error}", url=url) from error
