"""Runs that have died: what they have leased and claimed is free again, what others have is left to them."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from newsbot.discovery.links import Link
from newsbot.store.crawl import discovered, frontier
from newsbot.store.crawl.run_rows import start_run
from newsbot.store.crawl.sharing.dead_runs import SILENT_FOR, run_process, say_alive, take_over
from newsbot.store.crawl.sharing.host_claims import claim
from newsbot.store.crawl.sharing.wanted_work import Wanted
from newsbot.store.database import Database
from newsbot.store.schema.models import FrontierRow, Run

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOST = "news.example"


def run(session: Session, process: str = "elsewhere.example:1") -> int:
    """Start a run of a process and return its id."""
    return start_run(session, spider="news", arguments={}, version="1", process=process, now=NOW)


def lease(session: Session, run_id: int) -> None:
    """Claim a host, and lease its one page."""
    discovered.add_links(session, [Link(url=f"https://{HOST}/1")], source="one", feed_id=None, now=NOW)
    claim(session, [HOST], run_id=run_id, now=NOW)
    frontier.lease(session, {HOST: 1}, Wanted(began=NOW, sources=("one",)), run_id=run_id, now=NOW)


def state(session: Session) -> str:
    session.expire_all()
    return session.query(FrontierRow).one().state


def dead_process() -> str:
    """Return the name of a process of this machine that has ended."""
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)
    return f"{run_process().rpartition(':')[0]}:{pid}"


def test_what_a_killed_process_had_is_free_and_its_run_is_closed(database: Database) -> None:
    with database.write() as session:
        killed, other = run(session, dead_process()), run(session)
        lease(session, killed)
        assert take_over(session, run_id=other, now=NOW) == 1
        assert state(session) == "pending"
        assert session.get_one(Run, killed).finish_reason == "killed"
        assert [held.host for held in claim(session, [HOST], run_id=other, now=NOW)] == [HOST]


@pytest.mark.parametrize(
    "process",
    [f"{socket.gethostname()}:{os.getppid()}", "elsewhere.example:1", f"{socket.gethostname()}/0f0f0f0f:1"],
    ids=["alive", "another machine", "another container"],
)
def test_what_a_process_has_that_may_be_alive_is_left_to_it(database: Database, process: str) -> None:
    with database.write() as session:
        other = run(session, process)
        lease(session, other)
        assert take_over(session, run_id=run(session), now=NOW) == 0
        assert state(session) == "leased"
        assert session.get_one(Run, other).finish_reason is None


def test_a_run_that_says_nothing_for_minutes_is_dead_wherever_it_is(database: Database) -> None:
    with database.write() as session:
        silent, mine = run(session), run(session)
        say_alive(session, run_id=silent, now=NOW)
        lease(session, silent)
        assert take_over(session, run_id=mine, now=NOW + SILENT_FOR) == 0
        assert take_over(session, run_id=mine, now=NOW + SILENT_FOR + SECOND) == 1
        assert session.get_one(Run, silent).finish_reason == "killed"
        say_alive(session, run_id=silent, now=NOW + 2 * SILENT_FOR)  # it was frozen
        session.expire_all()
        assert session.get_one(Run, silent).finish_reason is None


def test_another_run_of_this_process_is_alive_as_long_as_it_says_so(database: Database) -> None:
    with database.write() as session:
        other = run(session, run_process())
        say_alive(session, run_id=other, now=NOW)
        lease(session, other)
        assert take_over(session, run_id=run(session), now=NOW + 30 * SECOND) == 0
        assert take_over(session, run_id=run(session), now=NOW + 90 * SECOND) == 1
