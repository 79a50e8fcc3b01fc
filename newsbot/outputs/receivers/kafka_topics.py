"""Changes as messages of a topic of Kafka: the key is the id of the article, so that its changes stay in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from confluent_kafka import KafkaError, KafkaException, Producer
from pydantic import Field

from newsbot.outputs.output_protocol import RefusedError, UndeliveredError, change_line
from newsbot.outputs.output_table import OutputTable
from newsbot.settings import Configuration
from newsbot.store.queries import LoggedChange

TIMEOUT_S = 30.0
_REFUSED = {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG, KafkaError.INVALID_RECORD}


class KafkaTable(OutputTable):
    """An `[[output]]` table of the kind `kafka`."""

    servers: Annotated[str, Field(min_length=1, description="HOST:PORT, several separated by commas")]
    topic: Annotated[str, Field(min_length=1, max_length=249, description="the name of a topic")] = (
        "newsbot.changes"
    )
    options: Annotated[
        dict[str, str], Field(description="a table of settings of librdkafka", default_factory=dict)
    ]


class KafkaTopic:
    """Writes with an idempotent producer; a batch has arrived when all replicas in sync have it."""

    Table = KafkaTable

    def __init__(self, table: KafkaTable, settings: Configuration) -> None:
        del settings
        self._table = table
        self._producer: Producer | None = None

    def deliver(self, batch: Sequence[LoggedChange]) -> None:
        """Write changes and wait for their acknowledgements."""
        failures: dict[int, Any] = {}
        try:
            producer = self._connected()
            for change in batch:
                self._produce(producer, change, failures)
            unsent = producer.flush(TIMEOUT_S)
        except (KafkaException, BufferError) as error:
            self.close()
            raise UndeliveredError(f"kafka: {error}") from error
        self._check(failures, unsent)

    def _produce(self, producer: Producer, change: LoggedChange, failures: dict[int, Any]) -> None:
        try:
            producer.produce(
                self._table.topic,
                value=change_line(change),
                key=str(change.article_id).encode(),
                headers={"number": str(change.number), "change": change.change},
                on_delivery=_noting(failures, change.number),
            )
        except KafkaException as error:  # larger than the client may send
            if error.args[0].code() not in _REFUSED:
                raise
            failures[change.number] = error.args[0]

    def _check(self, failures: dict[int, Any], unsent: int) -> None:
        lasting = {number: error for number, error in failures.items() if error.code() not in _REFUSED}
        if unsent or lasting:
            self.close()
            reason = str(next(iter(lasting.values()), "no acknowledgement in time"))
            raise UndeliveredError(f"kafka: {reason}")
        if failures:
            reasons = {number: str(error) for number, error in failures.items()}
            raise RefusedError(f"kafka refuses {len(reasons)} changes", reasons)

    def _connected(self) -> Producer:
        if self._producer is None:
            timeout_ms = str(int(TIMEOUT_S * 1000))
            fixed = {"bootstrap.servers": self._table.servers, "enable.idempotence": "true"}
            self._producer = Producer({"message.timeout.ms": timeout_ms, **self._table.options, **fixed})
        return self._producer

    def close(self) -> None:
        """Forget what was not sent: it is delivered again."""
        if self._producer is not None:
            self._producer.purge()
            self._producer = None


def _noting(failures: dict[int, Any], number: int) -> Any:
    def note(error: Any, _message: Any) -> None:
        if error is not None:
            failures[number] = error

    return note
