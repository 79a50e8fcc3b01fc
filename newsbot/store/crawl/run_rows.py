"""Rows of `runs`: one for every start of a spider or a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from newsbot.masking import masked
from newsbot.store.schema.models import Run


def start_run(
    session: Session,
    *,
    spider: str,
    arguments: Mapping[str, Any],
    version: str,
    now: datetime,
    process: str | None = None,
) -> int:
    """Insert the row of a run that has started and return its id.

    `process` is that of `sharing.dead_runs.run_process`; `now` is aware and in UTC. Passwords in the
    arguments are masked."""
    said = {name: masked(value) if isinstance(value, str) else value for name, value in arguments.items()}
    run = Run(spider=spider, arguments=said, version=version, process=process, started_at=now, counts={})
    session.add(run)
    session.flush()
    return run.id


def finish_run(
    session: Session, run_id: int, *, finish_reason: str, counts: Mapping[str, Any], now: datetime
) -> None:
    """Store when and why a run has ended, and its counts."""
    values = {"finish_reason": finish_reason, "counts": dict(counts), "finished_at": now}
    session.execute(update(Run).where(Run.id == run_id).values(values))
