"""Where a watch sends its messages: services that Apprise knows (e-mail, chats, telephones), and a webhook.

Letters name an address by a key that holds no secret; the address itself is in newsbot.toml alone."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from newsbot.errors import UsageError
from newsbot.masking import masked
from newsbot.outputs.http_post import PostError, post
from newsbot.outputs.output_protocol import UndeliveredError
from newsbot.outputs.receivers.webhooks import check
from newsbot.outputs.signatures import read_key, signed_headers
from newsbot.outputs.watches.messages import Message
from newsbot.outputs.watches.watch_table import HEADING, WatchTable
from newsbot.settings import Network
from newsbot.text import one_line

INSTALL = "pip install 'newsbot[alerts]'"


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """The webhook of a watch."""

    url: str
    secret: str | None
    networks: Sequence[Network]

    @property
    def key(self) -> str:
        """A name without secrets."""
        return _key("webhook", self.url)

    def send(self, message: Message, message_id: str) -> None:
        """Post a message. Raises UndeliveredError, or RefusedError."""
        key = None if self.secret is None else read_key(self.secret)
        body = message.payload
        headers = signed_headers(body, message_id=message_id, timestamp_s=int(time.time()), key=key)
        try:
            answer = post(
                self.url, body, {"Content-Type": "application/json", **headers}, networks=self.networks
            )
        except PostError as error:
            raise UndeliveredError(str(error)) from error
        check(answer)


@dataclass(frozen=True, slots=True)
class AppriseAddress:
    """An address of Apprise. Its servers may be private: whoever runs newsbot has named them."""

    url: str
    service: Any

    @property
    def key(self) -> str:
        """A name without secrets."""
        return _key(self.url.partition(":")[0].lower(), self.url)

    def send(self, message: Message, message_id: str) -> None:
        """Send a message, as HTML where the service takes that. Raises UndeliveredError."""
        import apprise

        takes_html = apprise.NotifyFormat.HTML in _formats(self.service.notify_format)
        body, form = (message.html, "html") if takes_html else (message.text, "text")
        sender = apprise.Apprise()
        sender.add(self.service)
        captured = apprise.LogCapture(level=logging.WARNING, name="apprise")  # type: ignore[no-untyped-call]
        with captured as said:
            has_arrived = sender.notify(body=body, title=message.subject, body_format=form)
            reason = one_line(masked(said.getvalue()))
        if not has_arrived:
            raise UndeliveredError(reason or f"{self.key}: the service has not taken it")


Address = WebhookAddress | AppriseAddress


def addresses_of_watch(watch: WatchTable, networks: Sequence[Network]) -> list[Address]:
    """Return the addresses of a watch. Raises UsageError for one that Apprise cannot read, or without Apprise."""
    found: list[Address] = [AppriseAddress(url, _service(watch, url)) for url in watch.notify]
    if watch.webhook is not None:
        found.append(WebhookAddress(watch.webhook, watch.secret, networks))
    return found


def _service(watch: WatchTable, url: str) -> Any:
    try:
        import apprise
    except ModuleNotFoundError as error:
        raise UsageError(f"{HEADING} {watch.name!r}: notify needs the package apprise: {INSTALL}") from error
    service = apprise.Apprise.instantiate(url)
    scheme = url.partition(":")[0]
    if service is None:
        raise UsageError(
            f"{HEADING} {watch.name!r}: notify has an address of the kind {scheme!r} that cannot be read; accepted: "
            "addresses of Apprise, see https://github.com/caronc/apprise/wiki"
        )
    service.overflow_mode = apprise.OverflowMode.SPLIT
    return service


def _formats(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, tuple | list | set | frozenset) else (given,)


def _key(scheme: str, url: str) -> str:
    return f"{scheme} {blake2b(url.encode(), digest_size=4).hexdigest()}"
