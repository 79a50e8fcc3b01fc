"""Changes in NATS JetStream, RabbitMQ and Kafka.

NATS and RabbitMQ are real servers. Kafka is the mock broker of librdkafka: it speaks the protocol of Kafka over TCP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import uuid4

import nats
import pika
import pytest
from confluent_kafka import Consumer, Producer

from newsbot.outputs.output_protocol import Output, RefusedError, UndeliveredError
from newsbot.outputs.output_table import make_output, read_output_tables
from tests.outputs.changed import changed
from tests.outputs.configured import settings
from tests.outputs.services import AMQP, NATS, require

T = TypeVar("T")

BATCH = [changed(1), changed(2), changed(3, is_deleted=True)]


def output(**table: object) -> Output:
    [found] = read_output_tables([{"name": "copy", **table}]).values()
    return make_output(found, settings())


# ------------------------------------------------------------------ NATS


def apart(work: Callable[[], T]) -> T:
    """Return `work()`, called in a thread: the one of the tests has an event loop that runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def awaited(coroutine: Coroutine[Any, Any, T]) -> T:
    return apart(lambda: asyncio.run(coroutine))


@pytest.fixture
def stream() -> Iterator[str]:
    """The name of a stream, which is deleted afterwards."""
    require(NATS)
    name = f"newsbot-test-{uuid4().hex[:8]}"
    yield name

    async def delete() -> None:
        client = await nats.connect(NATS)
        await client.jetstream().delete_stream(name)
        await client.close()

    awaited(delete())


async def _stored(stream: str, count: int) -> list[tuple[str, str | None, int]]:
    """Return subject, message id and number of the messages of a stream."""
    client = await nats.connect(NATS)
    jetstream = client.jetstream()
    subscription = await jetstream.pull_subscribe(f"{stream}.*", stream=stream)
    found = await subscription.fetch(count, timeout=5)
    total = (await jetstream.stream_info(stream)).state.messages
    await client.close()
    assert total == count
    return [
        (message.subject, (message.headers or {}).get("Nats-Msg-Id"), json.loads(message.data)["number"])
        for message in found
    ]


def test_nats_stores_each_change_once_though_it_is_delivered_twice(stream: str) -> None:
    def deliver() -> None:
        nats_output = output(kind="nats", url=NATS, stream=stream, subject=stream)
        nats_output.deliver(BATCH[:2])
        nats_output.deliver(BATCH)
        nats_output.close()

    for _ in range(2):
        apart(deliver)
    assert awaited(_stored(stream, 3)) == [
        (f"{stream}.new", "copy-1", 1),
        (f"{stream}.new", "copy-2", 2),
        (f"{stream}.deleted", "copy-3", 3),
    ]


def test_nats_refuses_what_is_too_large_and_takes_the_rest(stream: str) -> None:
    def deliver() -> None:
        nats_output = output(kind="nats", url=NATS, stream=stream, subject=stream)
        try:
            nats_output.deliver([changed(1), changed(2, body="x" * 9_000_000), changed(3)])
        finally:
            nats_output.close()

    with pytest.raises(RefusedError) as caught:
        apart(deliver)
    assert list(caught.value.reasons or ()) == [2]
    assert [number for *_, number in awaited(_stored(stream, 2))] == [1, 3]


# ------------------------------------------------------------------ RabbitMQ


@pytest.fixture
def channel() -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    connection = pika.BlockingConnection(pika.URLParameters(require(AMQP)))
    yield connection.channel()
    connection.close()


def test_rabbitmq_confirms_and_keeps_each_change(
    channel: pika.adapters.blocking_connection.BlockingChannel,
) -> None:
    name = f"newsbot-test-{uuid4().hex[:8]}"
    amqp_output = output(kind="amqp", url=AMQP, exchange=name, queue=name)
    try:
        amqp_output.deliver(BATCH)
        amqp_output.close()
        amqp_output.deliver([changed(4)])  # it connects again
        amqp_output.close()
        got = [channel.basic_get(name, auto_ack=True) for _ in range(5)]
    finally:
        channel.queue_delete(name)
        channel.exchange_delete(name)
    assert got[-1] == (None, None, None)
    found = [(method.routing_key, properties.message_id) for method, properties, _ in got[:-1]]
    assert found == [("new", "1"), ("new", "2"), ("deleted", "3"), ("new", "4")]
    assert {properties.delivery_mode for _, properties, _ in got[:-1]} == {2}
    assert json.loads(got[0][2])["article"]["body"] == "Ünïcode"


# ------------------------------------------------------------------ Kafka


@pytest.fixture
def broker() -> Iterator[str]:
    """The address of a mock broker of librdkafka."""
    host = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "mock"})
    [found] = host.list_topics(timeout=10).brokers.values()
    yield f"{found.host}:{found.port}"
    host.flush(1)


def test_kafka_has_each_change_under_the_key_of_its_article(broker: str) -> None:
    kafka = output(kind="kafka", servers=broker, topic="news")
    kafka.deliver(BATCH[:1])
    kafka.deliver(BATCH[1:])
    kafka.close()
    consumer = Consumer({"bootstrap.servers": broker, "group.id": "test", "auto.offset.reset": "earliest"})
    consumer.subscribe(["news"])
    messages = [message for _ in range(3) if (message := consumer.poll(10)) is not None]
    consumer.close()
    assert sorted(json.loads(message.value() or b"")["number"] for message in messages) == [1, 2, 3]
    assert sorted(message.key() or b"" for message in messages) == [b"1", b"2", b"3"]


def test_kafka_refuses_what_is_too_large(broker: str) -> None:
    kafka = output(kind="kafka", servers=broker, topic="news")
    with pytest.raises(RefusedError) as caught:
        kafka.deliver([changed(1), changed(2, body="x" * 2_000_000)])
    kafka.close()
    assert list(caught.value.reasons or ()) == [2]


@pytest.mark.parametrize(
    "table",
    [
        {"kind": "nats", "url": "nats://127.0.0.1:1"},
        {"kind": "amqp", "url": "amqp://guest:guest@127.0.0.1:1/"},
        {
            "kind": "kafka",
            "servers": "127.0.0.1:1",
            "options": {"message.timeout.ms": "300", "log_level": "0"},
        },
    ],
    ids=lambda table: str(table["kind"]),
)
def test_broker_that_is_away_is_tried_again_later(table: dict[str, object]) -> None:
    away = output(**table)
    with pytest.raises(UndeliveredError, match=f"^{table['kind']}: "):
        apart(lambda: away.deliver(BATCH))
