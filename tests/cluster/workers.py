"""Worker processes for tests, with shorter times than those of `newsbot.cluster.queues`."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

T = TypeVar("T")

PROGRAM = """
import sys
from newsbot.cluster import queues
queues.HEARTBEAT_S, queues.STALLED_S, queues.POLL_S, queues.TEND_S, queues.GRACE_S = 0.5, 4.0, 0.2, 1, 6.0
from newsbot.cli import main
main(sys.argv[1:])
"""
"""The `newsbot` command, whose workers are given up as dead after four seconds."""
AS_IT_IS = "import sys; from newsbot.cli import main; main(sys.argv[1:])"
"""The `newsbot` command with the times of its own."""


class Worker:
    """A worker process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """Kill it, and whatever processes it has started with it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def ended(self, within_s: float = 60) -> tuple[int, str]:
        """Wait for its end; return its exit status and what it has written."""
        output, _ = self.process.communicate(timeout=within_s)
        return self.process.returncode, output


@contextmanager
def running(
    *arguments: str,
    database: str,
    queue: str,
    folder: Path,
    program: str = PROGRAM,
    inside: Sequence[str] = (),
    **settings: Any,
) -> Iterator[Worker]:
    """Run `newsbot ARGUMENTS` in a process group of its own, and kill it at the end of the block.

    `program` is the command in Python, `inside` the beginning of a command that runs it elsewhere."""
    environment = os.environ | {
        "NEWSBOT_DATABASE_URL": database,
        "NEWSBOT_QUEUE_URL": queue,
        "NEWSBOT_ARCHIVE_DIR": "",
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "NEWSBOT_WORKERS": "0",
        **{name: str(value) for name, value in settings.items()},
    }
    if (catalog := folder / "sources.toml").exists():
        environment["NEWSBOT_SOURCES"] = str(catalog)
    process = subprocess.Popen(
        [*inside, sys.executable, "-c", program, *arguments],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    worker = Worker(process)
    try:
        yield worker
    finally:
        worker.kill()


def in_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine, run in an event loop of its own: that of the tests' thread is Twisted's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _limited(coroutine)).result()


async def _limited(coroutine: Coroutine[Any, Any, T]) -> T:
    return await asyncio.wait_for(coroutine, 60)


def until(is_so: Callable[[], object], *workers: Worker, within_s: float = 120) -> None:
    """Wait until something is so; fail if it is not in time, or if a worker ends meanwhile."""
    end = time.monotonic() + within_s
    while not is_so():
        for worker in workers:
            assert worker.process.poll() is None, worker.ended()
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


@contextmanager
def own_schema(server: URL) -> Iterator[str]:
    """Give the URL of a new schema on a server, and drop it at the end of the block."""
    name = f"newsbot_test_{uuid4().hex}"
    rows(server, f"CREATE SCHEMA {name}")
    options = f"-csearch_path={name} -csynchronous_commit=off -capplication_name={name}"
    yield server.update_query_dict({"options": options}).render_as_string(hide_password=False)
    rows(
        server,
        f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = '{name}'",
    )
    rows(server, f"DROP SCHEMA {name} CASCADE")


def rows(url: URL | str, statement: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []
