"""Watches: each article once, nothing lost; digests, quiet hours, retries, and what is given up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from newsbot.errors import UsageError
from newsbot.outputs.delivery import BusyError
from newsbot.outputs.watches.watch_list import register_watches, run_watches, watching
from newsbot.outputs.watches.watch_table import WatchTable, read_watch_tables
from newsbot.outputs.watches.watching import MAX_ATTEMPTS, Watched, Watching
from newsbot.store.articles.presence import mark_gone, mark_seen
from newsbot.store.database import Database
from newsbot.store.queries import count_hits, dead_letters, waiting_letters
from tests.outputs.configured import settings
from tests.outputs.receiver import Received, Receiver, receiving
from tests.store.samples import NOW, article, save, save_all

ROOT = Path(__file__).parents[3]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def watch(receiver: Receiver, **keys: Any) -> WatchTable:
    table = {"name": "harbour", "query": "harbour", "webhook": receiver.url} | keys
    return read_watch_tables([table], {})["harbour"]


def ready(database: Database, table: WatchTable, clock: Clock | None = None) -> Watching:
    """Return a watch that begins now."""
    found = watching(database, settings(), table)
    found.now = clock or Clock()
    found.run()
    return found


def sent(receiver: Receiver) -> list[int]:
    """Return the articles of all messages that were received, in their order."""
    return [found["id"] for request in receiver.requests for found in request.value["articles"]]


def test_new_watch_finds_what_is_stored_from_then_on(database: Database, receiver: Receiver) -> None:
    save(database, article(1))
    running = ready(database, watch(receiver, query="harbour -5"))
    later = [save(database, article(number)).article_id for number in (2, 3)]
    save(database, article(4, title="Bridge", body="A bridge was closed for a day because of the wind."))
    assert running.run() == Watched(found=2, sent=1)
    assert sent(receiver) == later
    assert running.run() == Watched()


def test_article_is_sent_once_whatever_happens_to_it(database: Database, receiver: Receiver) -> None:
    running = ready(database, watch(receiver))
    found = save(database, article(1)).article_id
    running.run()
    save(database, article(1, title="Harbour opened at last"))
    running.run()
    with database.write() as session:
        mark_gone(session, found, now=NOW)
    running.run()
    with database.write() as session:
        mark_seen(session, found, now=NOW)
    running.run()
    assert sent(receiver) == [found]


def test_article_is_found_when_an_edit_brings_the_words(database: Database, receiver: Receiver) -> None:
    running = ready(database, watch(receiver, query="pirates"))
    found = save(database, article(1)).article_id
    assert running.run() == Watched()
    save(database, article(1, title="Pirates in the harbour"))
    assert running.run().found == 1
    assert sent(receiver) == [found]


@pytest.mark.parametrize(
    ("keys", "is_found"),
    [
        ({"source": "news.example"}, True),
        ({"source": ["other.example"]}, False),
        ({"language": "en"}, True),
        ({"language": "de, fr"}, False),
        ({"since": "2d"}, False),
        ({"entity": "Ada Kovac"}, True),
        ({"kind": "live_blog"}, False),
    ],
    ids=str,
)
def test_filters_narrow_a_watch(
    database: Database, receiver: Receiver, keys: dict[str, Any], is_found: bool
) -> None:
    save(database, article(20, source="other.example", url="https://other.example/"))
    running = ready(database, watch(receiver, **keys))
    save(database, article(5))  # five days old
    assert running.run().found == is_found


def test_message_is_signed_json(database: Database, receiver: Receiver) -> None:
    from standardwebhooks import Webhook

    running = ready(database, watch(receiver, secret=SECRET))
    running.now = lambda: datetime.now(UTC)
    save(database, article(1))
    running.run()
    [request] = receiver.requests
    verified = Webhook(SECRET).verify(request.body, request.headers)
    assert verified == request.value
    assert verified["watch"] == "harbour"
    assert verified["id"] == request.headers["webhook-id"]
    [found] = verified["articles"]
    assert found["title"] == "Harbour opened, part 1"
    assert "harbour" in found["snippet"]


# ------------------------------------------------------------------ when


def test_digest_waits_for_its_time_and_has_everything(database: Database, receiver: Receiver) -> None:
    clock = Clock()
    running = ready(database, watch(receiver, every="1h"), clock)
    save(database, article(1))
    assert running.run().sent == 1
    for number in (2, 3):
        clock.now += timedelta(minutes=20)
        save(database, article(number))
        assert running.run() == Watched(found=1, waiting=number - 1)
    clock.now += timedelta(minutes=20)
    assert running.run().sent == 1
    assert [len(request.value["articles"]) for request in receiver.requests] == [1, 2]


def test_nothing_is_sent_in_quiet_hours(database: Database, receiver: Receiver) -> None:
    clock = Clock()  # noon in UTC, which is 13:00 in Berlin
    running = ready(database, watch(receiver, quiet="12:30-14:00 Europe/Berlin"), clock)
    save(database, article(1))
    assert running.run() == Watched(found=1, waiting=1)
    clock.now += timedelta(minutes=59)
    assert running.run().sent == 0
    clock.now += timedelta(minutes=1)
    assert running.run() == Watched(sent=1)


# ------------------------------------------------------------------ failures


def test_letter_is_tried_again_at_growing_intervals_and_then_given_up(
    database: Database, receiver: Receiver
) -> None:
    clock = Clock()
    receiver.answer = lambda _: (503, b"later")
    running = ready(database, watch(receiver), clock)
    save(database, article(1))
    for attempt in range(MAX_ATTEMPTS):
        assert running.run().failed == 1, attempt
        assert running.run().failed == 0, attempt  # not yet
        clock.now += timedelta(minutes=2**attempt)
    assert running.run() == Watched()
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert len(receiver.requests) == MAX_ATTEMPTS
    with database.read() as session:
        [letter] = dead_letters(session, ["watch:harbour"])
    assert letter.error == "HTTP 503: later"
    assert letter.address is not None
    assert letter.address.startswith("webhook ")


def test_refused_letter_is_given_up_at_once_and_the_next_one_is_sent(
    database: Database, receiver: Receiver
) -> None:
    receiver.answer = lambda request: (422, b"") if "part 1" in request.body.decode() else (200, b"")
    running = ready(database, watch(receiver))
    save(database, article(1))
    assert running.run().failed == 1
    save(database, article(2))
    assert running.run().sent == 1
    with database.read() as session:
        assert len(dead_letters(session, ["watch:harbour"])) == 1
        assert waiting_letters(session, ["watch:harbour"]) == []


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # of Apprise, on Python 3.11 and 3.12
def test_letter_goes_to_the_address_that_was_corrected_and_to_no_other(
    database: Database, receiver: Receiver
) -> None:
    receiver.answer = lambda request: (500 if request.path.endswith("/wrong") else 200, b"")
    other = [f"{receiver.url}/other".replace("http:", "json:")]
    running = ready(database, watch(receiver, webhook=f"{receiver.url}/wrong", notify=other))
    save(database, article(1))
    assert running.run() == Watched(found=1, sent=1, failed=1)
    clock = Clock()
    clock.now += timedelta(hours=1)
    table = watch(receiver, webhook=f"{receiver.url}/right", notify=other)
    corrected = watching(database, settings(), table)
    corrected.now = clock
    assert corrected.run() == Watched(sent=1)
    paths = [request.path.rstrip("/").rpartition("/")[2] for request in receiver.requests]
    assert (sorted(paths[:2]), paths[2:]) == (["other", "wrong"], ["right"])


def test_watch_whose_source_is_unknown_fails_alone_and_loses_nothing(
    database: Database, receiver: Receiver
) -> None:
    tables = [
        {"name": "harbour", "query": "harbour", "webhook": receiver.url},
        {"name": "lost", "source": "gone.example", "webhook": receiver.url},
    ]
    configured = settings(watch=tables)
    database.transact(lambda session: register_watches(session, configured))
    save(database, article(1))
    well, ill = run_watches(database, configured)
    assert well.done is not None
    assert well.done.sent == 1
    assert ill.failure is not None
    assert "gone.example" in ill.failure
    save(database, article(2, source="gone.example", url="https://gone.example/2"))
    assert run_watches(database, configured, ["lost"])[0].done == Watched(found=1, sent=1)


def test_unknown_name_of_a_watch_is_an_error(database: Database) -> None:
    with pytest.raises(UsageError, match="no watch 'x'; accepted: none; make one"):
        run_watches(database, settings(), ["x"])


# ------------------------------------------------------------------ several processes, and kills


def test_two_runs_at_once_send_each_article_once(database: Database, receiver: Receiver) -> None:
    table = watch(receiver)
    ready(database, table)
    stored = [article(number) for number in range(1, 13)]
    outcomes: list[Watched] = []

    def run() -> None:
        for _ in range(20):
            try:
                outcomes.append(watching(database, settings(), table).run())
            except BusyError:
                continue

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for start in range(0, 12, 3):
        save_all(database, stored[start : start + 3])
    for thread in threads:
        thread.join()
    watching(database, settings(), table).run()
    assert sorted(sent(receiver)) == sorted(set(sent(receiver)))
    assert len(sent(receiver)) == 12
    with database.read() as session:
        assert count_hits(session, "harbour") == 12


@pytest.mark.slow_on_postgresql
def test_killed_run_loses_nothing_and_repeats_under_the_same_id(
    database_url: str, receiver: Receiver
) -> None:
    database = Database(database_url).open()
    table = watch(receiver, query="")
    ready(database, table)
    ids = [save(database, article(number)).article_id for number in (1, 2)]
    processes: list[subprocess.Popen[bytes]] = []

    def kill_at_the_first(_request: Received) -> tuple[int, bytes]:
        if len(receiver.requests) == 1:
            os.kill(processes[-1].pid, signal.SIGKILL)
            processes[-1].wait()
        return 200, b""

    receiver.answer = kill_at_the_first
    for _ in range(2):
        command = [sys.executable, "-m", "tests.outputs.sender_process", database_url, "watch", receiver.url]
        processes.append(subprocess.Popen(command, cwd=ROOT))
        processes[-1].wait()
    assert [process.returncode for process in processes] == [-signal.SIGKILL, 0]
    by_id = {request.headers["webhook-id"]: request.value["articles"] for request in receiver.requests}
    assert len(receiver.requests) == 2
    assert Counter(found["id"] for message in by_id.values() for found in message) == Counter(ids)
    database.close()


def test_sample_is_sent_and_nothing_is_stored(database: Database, receiver: Receiver) -> None:
    save(database, article(1))
    running = watching(database, settings(), watch(receiver))
    [(address, error)] = running.test().items()
    assert (address.partition(" ")[0], error) == ("webhook", None)
    receiver.answer = lambda _: (500, b"<b>broken</b>")
    assert list(running.test().values()) == ["HTTP 500: <b>broken</b>"]
    assert json.loads(receiver.requests[0].body)["is_test"] is True
    with database.read() as session:
        assert count_hits(session, "harbour") == 0
