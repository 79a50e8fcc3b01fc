"""The queue of the processes that write to one SQLite file."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event, Thread

import pytest

from newsbot.store.database import Database
from newsbot.store.write_queue import SUFFIX, WriteQueue

TURNS = 10


def test_one_that_writes_without_a_break_lets_others_write(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    busy, other = Database(url).open(), Database(url).open()
    has_begun, is_over, count = Event(), Event(), 0

    def write_always() -> None:
        nonlocal count
        while not is_over.is_set():
            with busy.write():
                has_begun.set()
                count += 1
                time.sleep(0.01)

    thread = Thread(target=write_always)
    thread.start()
    assert has_begun.wait(30)
    before = count
    for _ in range(TURNS):
        with other.write():
            pass
    between = count - before
    is_over.set()
    thread.join()
    busy.close()
    other.close()
    assert between <= 2 * TURNS, "each of the two has its turn"


def _enters(queue: WriteQueue) -> bool:
    """Return whether a queue lets this thread in, without a wait for another one."""
    waits: list[object] = []
    queue._wait_for_others = lambda: waits.append(None)  # type: ignore[method-assign]
    with queue:
        return not waits


def _enters_soon(queue: WriteQueue) -> bool:
    """Return whether a queue lets this thread in: who left the queue has its turn for a moment yet."""
    for _ in range(1000):
        if _enters(queue):
            return True
        time.sleep(0.01)
    return False


def test_who_waits_too_long_goes_on_and_leaves_the_queue(tmp_path: Path) -> None:
    first, second, third = (WriteQueue(tmp_path / "news.db", limit_s=limit_s) for limit_s in (60, 0.01, 60))
    with first:
        assert not _enters(third)
        with second:
            pass
    assert _enters_soon(third)
    for queue in (first, second, third):
        queue.close()


def test_who_is_interrupted_leaves_the_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = WriteQueue(tmp_path / "news.db", limit_s=60), WriteQueue(tmp_path / "news.db", limit_s=60)

    def interrupt(_thread: Thread, _limit_s: float | None = None) -> None:
        raise KeyboardInterrupt

    with first, monkeypatch.context() as patched:
        patched.setattr(Thread, "join", interrupt)
        with pytest.raises(KeyboardInterrupt):
            second.__enter__()
    assert _enters_soon(second)
    assert _enters_soon(first)
    for queue in (first, second):
        queue.close()


def test_without_a_file_writers_have_no_order(tmp_path: Path) -> None:
    lost, found = (
        WriteQueue(tmp_path / "missing" / "news.db", limit_s=60),
        WriteQueue(tmp_path / "news.db", limit_s=60),
    )
    with lost, found:
        assert not lost.path.exists()
        assert (tmp_path / f"news.db{SUFFIX}").read_bytes() == b""
    found.close()
