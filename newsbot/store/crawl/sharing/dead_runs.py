"""Runs that have died: by their process, if it was one of this machine, or because they have said nothing for minutes."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsbot.store.crawl.sharing.host_claims import LEASE, free_claims
from newsbot.store.schema.models import FrontierRow, Run

SILENT_FOR = timedelta(minutes=3)
"""Time after which a crawl that has not said that it is alive counts as dead. It says so every few seconds."""
_OF_KERNEL = ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid")
"""What differs between the containers and the starts of a machine, in which the same process ids come again."""


def run_process() -> str:
    """Return `host:pid` of this process, where Linux says it with the container: `host/container:pid`."""
    return f"{_place()}:{os.getpid()}"


@cache
def _place() -> str:
    boot, namespace = map(Path, _OF_KERNEL)
    try:
        identity = boot.read_text() + str(namespace.readlink())
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()}/{blake2b(identity.encode(), digest_size=4).hexdigest()}"


def has_ended(process: str | None) -> bool:
    """Return whether a process (`run_process`) is known to have ended; of another machine or container it never is."""
    pid = (process or "").rpartition(":")[2]
    if not _is_here(process) or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # somebody else's
    return False


def _is_here(process: str | None) -> bool:
    """Return whether a process is, or was, of this machine and this container."""
    return (process or "").rpartition(":")[0] in {_place(), socket.gethostname()}


def _is_dead(row: Any, now: datetime) -> bool:
    silent = None if row.seen_at is None else now - row.seen_at
    if silent is not None and silent > SILENT_FOR:
        return True
    if (row.process or "").endswith(f":{os.getpid()}") and not has_ended(row.process):
        # The number of a process may come again, but not within seconds: this one may have another run.
        return _is_here(row.process) and (silent is None or silent > LEASE)
    return has_ended(row.process)


def say_alive(session: Session, *, run_id: int, now: datetime) -> None:
    """Store that a run is alive at `now`, by the clock of the database; one that was taken for dead runs again."""
    was_silent = update(Run).where(Run.id == run_id, Run.finish_reason == "killed")
    session.execute(was_silent.values(finished_at=None, finish_reason=None))
    session.execute(update(Run).where(Run.id == run_id).values(seen_at=now))


def take_over(session: Session, *, run_id: int | None, now: datetime) -> int:
    """Release the URLs that dead runs have leased, and the hosts that they have claimed; return the number of URLs.

    `now` is the time of the clock of the database."""
    rows = session.execute(
        select(Run.id, Run.process, Run.seen_at).where(Run.finished_at.is_(None), Run.id != run_id)
    )
    dead = [row.id for row in rows if _is_dead(row, now)]
    if not dead:
        return 0
    freed = session.execute(
        update(FrontierRow)
        .where(FrontierRow.state == "leased", FrontierRow.lease_run_id.in_(dead))
        .values(state="pending", next_try_at=None)
    )
    session.execute(update(Run).where(Run.id.in_(dead)).values(finished_at=now, finish_reason="killed"))
    free_claims(session, dead, now=now)
    return int(freed.rowcount)  # type: ignore[attr-defined]
