"""Changes as JSON to a URL, signed as Standard Webhooks defines it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from newsbot.outputs.http_post import Answer, PostError, post
from newsbot.outputs.matching_table import HttpUrl
from newsbot.outputs.output_protocol import RefusedError, UndeliveredError, change_line
from newsbot.outputs.output_table import OutputTable
from newsbot.outputs.signatures import ACCEPTED, read_key, signed_headers
from newsbot.settings import Configuration
from newsbot.store.queries import LoggedChange


def _secret(secret: str | None) -> str | None:
    if secret is not None:
        read_key(secret)
    return secret


Secret = Annotated[str | None, AfterValidator(_secret), Field(description=ACCEPTED)]


class WebhookTable(OutputTable):
    """An `[[output]]` table of the kind `webhook`."""

    url: HttpUrl
    secret: Secret = None
    headers: Annotated[dict[str, str], Field(description="a table of texts", default_factory=dict)]


class Webhook:
    """Posts `{"type": "changes", "changes": [...]}`; each change as `newsbot changes --full` prints it.

    The `webhook-id` of a batch is made of the numbers of its first and last change, so that a receiver notices a repeat.
    Private addresses are refused, except for `NEWSBOT_ALLOWED_NETWORKS`."""

    Table = WebhookTable

    def __init__(self, table: WebhookTable, settings: Configuration) -> None:
        self._table = table
        self._networks = settings.allowed_networks
        self._key = None if table.secret is None else read_key(table.secret)

    def deliver(self, batch: Sequence[LoggedChange]) -> None:
        """Post changes. Any 2xx is a success."""
        body = b'{"type": "changes", "changes": [' + b", ".join(map(change_line, batch)) + b"]}"
        message_id = f"{self._table.name}-{batch[0].number}-{batch[-1].number}"
        check(self._post(body, message_id))

    def _post(self, body: bytes, message_id: str) -> Answer:
        headers = signed_headers(body, message_id=message_id, timestamp_s=int(time.time()), key=self._key)
        given = {"Content-Type": "application/json", **self._table.headers, **headers}
        try:
            return post(self._table.url, body, given, networks=self._networks)
        except PostError as error:
            raise UndeliveredError(str(error)) from error

    def close(self) -> None:
        """Do nothing: every batch has a connection of its own."""


def check(answer: Answer) -> None:
    """Raise RefusedError or UndeliveredError if a server has not taken what was posted."""
    if answer.is_refusal:
        raise RefusedError(answer.reason)
    if not answer.is_success:
        raise UndeliveredError(answer.reason)
