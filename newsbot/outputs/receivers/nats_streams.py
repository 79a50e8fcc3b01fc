"""Changes as messages of a stream of NATS JetStream."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError
from pydantic import Field

from newsbot.outputs.output_protocol import RefusedError, UndeliveredError, change_line
from newsbot.outputs.output_table import OutputTable
from newsbot.settings import Configuration
from newsbot.store.queries import LoggedChange

TIMEOUT_S = 10.0


class NatsTable(OutputTable):
    """An `[[output]]` table of the kind `nats`."""

    url: Annotated[
        str, Field(pattern=r"^(?:nats|tls)://\S+$", description="nats://HOST:PORT or tls://HOST:PORT")
    ]
    stream: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_-]{1,255}$", description="letters, digits, _ and -")
    ] = "newsbot"
    subject: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$", description="words joined by dots")
    ] = "newsbot.changes"


class NatsStream:
    """Publishes to `SUBJECT.KIND_OF_CHANGE`. The stream is made if there is none.

    `Nats-Msg-Id` is the number of the change, by which the server drops what is repeated within its window (two minutes
    unless the stream says otherwise)."""

    Table = NatsTable

    def __init__(self, table: NatsTable, settings: Configuration) -> None:
        del settings
        self._table = table
        self._runner: asyncio.Runner | None = None
        self._client: Client | None = None

    def deliver(self, batch: Sequence[LoggedChange]) -> None:
        """Publish changes, one after the other, each once the server has stored the one before."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        refused: dict[int, str] = {}
        try:
            self._runner.run(self._publish(batch, refused))
        except (NatsError, OSError, TimeoutError) as error:
            self.close()
            raise UndeliveredError(f"nats: {error or type(error).__name__}") from error
        if refused:
            raise RefusedError(f"nats refuses {len(refused)} changes", refused)

    async def _publish(self, batch: Sequence[LoggedChange], refused: dict[int, str]) -> None:
        client = await self._connected()
        stream = client.jetstream(timeout=TIMEOUT_S)
        for change in batch:
            subject = f"{self._table.subject}.{change.change}"
            headers = {"Nats-Msg-Id": f"{self._table.name}-{change.number}"}
            try:
                await stream.publish(subject, change_line(change), headers=headers, stream=self._table.stream)
            except MaxPayloadError as error:
                refused[change.number] = f"{error}: more than {client.max_payload:,} bytes"

    async def _connected(self) -> Client:
        if self._client is None:
            self._client = await nats.connect(
                self._table.url,
                allow_reconnect=False,
                max_reconnect_attempts=1,  # 0: without end
                reconnect_time_wait=0.1,
                connect_timeout=5,
                error_cb=_ignore,
            )
            stream = self._client.jetstream(timeout=TIMEOUT_S)
            await stream.add_stream(name=self._table.stream, subjects=[f"{self._table.subject}.*"])
        return self._client

    def close(self) -> None:
        """Close the connection."""
        if self._runner is not None:
            if self._client is not None:
                self._runner.run(self._client.close())
            self._runner.close()
        self._runner = self._client = None


async def _ignore(_error: Exception) -> None:
    """Leave errors of the connection to the call that fails for them."""
