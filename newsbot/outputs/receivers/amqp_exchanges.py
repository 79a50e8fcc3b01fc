"""Changes as messages of an exchange of RabbitMQ (AMQP 0-9-1), with publisher confirms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, NackError, UnroutableError
from pydantic import Field

from newsbot.outputs.output_protocol import UndeliveredError, change_line
from newsbot.outputs.output_table import OutputTable
from newsbot.settings import Configuration
from newsbot.store.queries import LoggedChange

TIMEOUT_S = 10.0


class AmqpTable(OutputTable):
    """An `[[output]]` table of the kind `amqp`."""

    url: Annotated[str, Field(pattern=r"^amqps?://\S+$", description="amqp://USER:PASSWORD@HOST:PORT/VHOST")]
    exchange: Annotated[str, Field(min_length=1, max_length=255, description="the name of an exchange")] = (
        "newsbot"
    )
    queue: Annotated[
        str | None, Field(max_length=255, description="the name of a queue that gets everything")
    ] = None


class AmqpExchange:
    """Publishes persistent messages to a durable topic exchange; the routing key is the kind of the change.

    With `queue`, a durable queue is bound to it. Without, what no queue of yours is bound to is dropped by the broker, as
    AMQP has it. `message_id` is the number of the change."""

    Table = AmqpTable

    def __init__(self, table: AmqpTable, settings: Configuration) -> None:
        del settings
        self._table = table
        self._connection: pika.BlockingConnection | None = None
        self._channel: BlockingChannel | None = None

    def deliver(self, batch: Sequence[LoggedChange]) -> None:
        """Publish changes; the broker confirms each one."""
        try:
            channel = self._connected()
            for change in batch:
                properties = pika.BasicProperties(
                    content_type="application/json",
                    delivery_mode=pika.DeliveryMode.Persistent.value,
                    message_id=str(change.number),
                    type=change.change,
                )
                channel.basic_publish(
                    self._table.exchange,
                    change.change,
                    change_line(change),
                    properties,
                    mandatory=self._table.queue is not None,
                )
        except (AMQPError, NackError, UnroutableError, OSError) as error:
            self.close()
            raise UndeliveredError(f"amqp: {error or type(error).__name__}") from error

    def _connected(self) -> BlockingChannel:
        if self._channel is None:
            parameters = pika.URLParameters(self._table.url)
            parameters.socket_timeout = parameters.blocked_connection_timeout = TIMEOUT_S
            self._connection = pika.BlockingConnection(parameters)
            self._channel = self._connection.channel()
            self._channel.confirm_delivery()
            self._channel.exchange_declare(self._table.exchange, "topic", durable=True)
            if self._table.queue is not None:
                self._channel.queue_declare(self._table.queue, durable=True)
                self._channel.queue_bind(self._table.queue, self._table.exchange, "#")
        return self._channel

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None and self._connection.is_open:
            self._connection.close()
        self._connection = self._channel = None
