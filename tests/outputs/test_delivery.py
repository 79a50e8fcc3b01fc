"""Delivery of the log of changes: in order, at least once, from where it stopped; what is refused is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from newsbot.outputs.delivery import BusyError
from newsbot.outputs.output_protocol import RefusedError, UndeliveredError
from newsbot.store.database import Database
from newsbot.store.queries import LoggedChange, cursors, dead_letters
from newsbot.store.sending.letters import revive_letters
from newsbot.store.sending.log_cursors import LEASE, advance, lease, register, reset
from tests.outputs.collected import Collected, delivery
from tests.outputs.receiver import Received, receiving
from tests.store.changes.follower import numbers
from tests.store.samples import LATER, NOW, article, save, save_all

ROOT = Path(__file__).parents[2]


def fill(database: Database, count: int = 7) -> list[int]:
    """Store articles; return the numbers of their changes."""
    save_all(database, [article(number) for number in range(1, count + 1)])
    return numbers(database)


def reached(database: Database, name: str = "copy") -> int:
    with database.read() as session:
        return cursors(session, [name])[name].number


def test_every_change_is_delivered_once_in_order_with_its_article(database: Database) -> None:
    logged = fill(database)
    output = Collected()
    assert delivery(database, output).run().changes == len(logged)
    assert output.numbers == logged
    assert all(change.article and change.article["body"] for change in output.changes)
    assert delivery(database, output).run().changes == 0
    save(database, article(1, title="Harbour opened after all"), now=LATER)
    delivery(database, output).run()
    assert output.numbers == numbers(database)
    assert output.changes[-1].change == "revised"


@pytest.mark.parametrize(
    ("table", "titles"),
    [
        pytest.param(
            {"query": '"part 2" OR "part 5"'},
            ["Harbour opened, part 2", "Harbour opened, part 5"],
            id="query",
        ),
        pytest.param({"source": "other.example"}, ["Harbour opened, part 9"], id="source"),
        pytest.param({"language": "de"}, ["Harbour opened, part 8"], id="language"),
        pytest.param({"query": "part", "changes": ["revised"]}, [], id="kind of change"),
        pytest.param(
            {"entity": "Ada Kovac", "exclude_source": "news.example"}, ["Harbour opened, part 9"], id="entity"
        ),
    ],
)
def test_filters_choose_what_is_delivered(
    database: Database, table: dict[str, object], titles: list[str]
) -> None:
    fill(database)
    save(database, article(8, language="de"))
    save(database, article(9, source="other.example", url="https://other.example/9"))
    output = Collected()
    delivery(database, output, **table).run()
    assert [change.article and change.article["title"] for change in output.changes] == titles
    assert reached(database) == numbers(database)[-1]


def test_what_cannot_be_delivered_is_delivered_by_the_next_run(database: Database) -> None:
    logged = fill(database)

    def fail(batch: Sequence[LoggedChange]) -> None:
        if batch[0].number > logged[2]:
            raise UndeliveredError("no connection")

    output = Collected(fail)
    with pytest.raises(UndeliveredError):
        delivery(database, output).run()
    assert len(output.batches) == 1 + 3  # the second batch was tried three times
    assert reached(database) == logged[2]
    with database.read() as session:
        assert cursors(session, ["copy"])["copy"].error == "no connection"
    output.failing = lambda _: None
    delivery(database, output).run()
    assert output.numbers == logged
    with database.read() as session:
        assert cursors(session, ["copy"])["copy"].error is None


def test_refused_change_becomes_a_letter_and_all_others_arrive(database: Database) -> None:
    logged = fill(database)

    def refuse(batch: Sequence[LoggedChange]) -> None:
        if any(change.number == logged[4] for change in batch):
            raise RefusedError("HTTP 422: no such language")

    output = Collected(refuse)
    done = delivery(database, output).run()
    assert (done.changes, done.refused) == (6, 1)
    assert output.numbers == [number for number in logged if number != logged[4]]
    with database.read() as session:
        [letter] = dead_letters(session, ["copy"])
    assert (letter.body, letter.error) == ({"numbers": [logged[4]]}, "HTTP 422: no such language")

    delivery(database, output).run()  # it is not tried again by itself
    assert logged[4] not in output.numbers
    output.failing = lambda _: None
    database.transact(partial(revive_letters, ids=[letter.id]))
    assert delivery(database, output).run().changes == 1
    assert output.numbers[-1] == logged[4]
    with database.read() as session:
        assert dead_letters(session, ["copy"]) == []


def test_receiver_that_names_what_it_refuses_gets_no_batch_twice(database: Database) -> None:
    logged = fill(database, 3)
    output = Collected()

    def refuse(batch: Sequence[LoggedChange]) -> None:
        raise RefusedError("one of them", {logged[1]: "too long"})

    output.failing = refuse
    assert delivery(database, output).run().refused == 1
    assert output.batches == [logged]


def test_receiver_that_refuses_everything_skips_nothing(database: Database) -> None:
    fill(database, 12)

    def refuse(_batch: Sequence[LoggedChange]) -> None:
        raise RefusedError("HTTP 400: what is this?")

    with pytest.raises(UndeliveredError, match="all 12 changes are refused: HTTP 400: what is this"):
        delivery(database, Collected(refuse), batch=20).run()
    assert reached(database) == 0
    with database.read() as session:
        assert dead_letters(session, ["copy"]) == []


# ------------------------------------------------------------------ leases


def test_second_process_delivers_nothing_meanwhile(database: Database) -> None:
    fill(database)
    second = Collected()
    refusals: list[str] = []

    def deliver_too(_batch: Sequence[LoggedChange]) -> None:
        try:
            delivery(database, second).run()
        except BusyError as error:
            refusals.append(str(error))

    delivery(database, Collected(deliver_too)).run()
    assert second.batches == []
    assert len(refusals) == 3


def test_process_whose_lease_has_passed_on_moves_no_cursor(database: Database) -> None:
    with database.write() as session:
        register(session, "copy", 0)
        assert lease(session, "copy", "elsewhere:1#a", NOW)
        assert not lease(session, "copy", "elsewhere:2#b", NOW + LEASE - timedelta(seconds=1))
        assert lease(session, "copy", "elsewhere:2#b", NOW + LEASE)
        assert not advance(session, "copy", "elsewhere:1#a", 9, now=NOW, is_delivery=True)
        assert advance(session, "copy", "elsewhere:2#b", 5, now=NOW, is_delivery=True)
    assert reached(database) == 5


def test_reset_delivers_again(database: Database) -> None:
    logged = fill(database, 3)
    output = Collected()
    delivery(database, output).run()
    database.transact(partial(reset, name="copy", number=logged[0]))
    delivery(database, output).run()
    assert output.numbers == [*logged, *logged[1:]]


def test_many_processes_at_once_deliver_each_change_once(database: Database) -> None:
    logged = fill(database, 12)
    output = Collected()

    def run() -> None:
        while reached_or_none(database) != logged[-1]:
            try:
                delivery(database, output, batch=1).run()
            except BusyError:
                continue

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert output.numbers == logged


def reached_or_none(database: Database) -> int | None:
    with database.read() as session:
        found = cursors(session, ["copy"])
    return found["copy"].number if "copy" in found else None


# ------------------------------------------------------------------ kills


@pytest.mark.slow_on_postgresql
def test_process_killed_while_the_receiver_answers_loses_nothing(database_url: str) -> None:
    database = Database(database_url).open()
    logged = fill(database, 6)
    with receiving() as receiver:
        processes: list[subprocess.Popen[bytes]] = []

        def kill_at_the_second(request: Received) -> tuple[int, bytes]:
            if len(receiver.requests) == 2:  # it has taken the batch, and nobody learns of it
                os.kill(processes[-1].pid, signal.SIGKILL)
                processes[-1].wait()
            return 200, b""

        receiver.answer = kill_at_the_second
        statuses = []
        for _ in range(2):
            command = [
                sys.executable,
                "-m",
                "tests.outputs.sender_process",
                database_url,
                "output",
                receiver.url,
            ]
            processes.append(subprocess.Popen(command, cwd=ROOT))
            statuses.append(processes[-1].wait())
    assert statuses == [-signal.SIGKILL, 0]
    batches = [[change["number"] for change in request.value["changes"]] for request in receiver.requests]
    assert batches[1] == batches[2]
    ids = [request.headers["webhook-id"] for request in receiver.requests]
    assert ids[1] == ids[2]
    once = {
        request.headers["webhook-id"]: batch
        for request, batch in zip(receiver.requests, batches, strict=True)
    }
    assert [number for batch in once.values() for number in batch] == logged
    database.close()
