"""Signals that end a command: it cleans up after itself, and says in one line that it was stopped."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from newsbot.store.schema.models import Run
from tests.crawling import reading


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_job_in_one_line_and_ends_its_run(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    job = subprocess.Popen(
        [sys.executable, "-m", "newsbot", "import", "-", "--database", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert job.stdin
    with job:
        for line in range(17):  # a batch is stored, and more is waited for
            job.stdin.write(
                f'{{"url": "https://news.example/{line}", "title": "Harbour {line}", "body": "{line}"}}\n'
            )
        while not has_begun(tmp_path / "newsbot.db"):
            assert job.poll() is None
            time.sleep(0.05)
        job.send_signal(number)
        shown, said = job.communicate(timeout=30)
    assert (job.returncode, shown) == (status, "")
    assert said.split("\n") == ["", "newsbot: stopped", ""][said[0] != "\n" :]
    assert runs(url) == ["stopped"]


def has_begun(file: Path) -> bool:
    """Return whether a run is stored in a database that another process creates."""
    if not file.exists():
        return False
    with closing(sqlite3.connect(file)) as database:
        has_table = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'runs'").fetchone()[0]
        return bool(has_table and database.execute("SELECT count(*) FROM runs").fetchone()[0])


def runs(url: str) -> list[str | None]:
    with reading(url) as session:
        return list(session.scalars(select(Run.finish_reason)))


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_that_comes_in_a_callback_of_garbage_collection_is_not_lost(
    number: signal.Signals, status: int
) -> None:
    script = f"""
import signal, sys, time, weakref
import click
import newsbot.cli as cli
class Thing: pass
@click.command()
def wait():
    thing = Thing()
    kept = weakref.ref(thing, lambda _: signal.raise_signal({int(number)}))
    del thing
    time.sleep(20)
cli.newsbot.get_command = lambda context, name: wait
cli.main(["wait"])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (status, "newsbot: stopped")
