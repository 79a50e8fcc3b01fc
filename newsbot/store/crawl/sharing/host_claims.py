"""Claims of hosts: a host is asked by one run at a time, whichever process or machine the run is on.

    due_hosts -> claim -> (renew ...) -> give_back

A claim ends `LEASE` after it was made or renewed, if its run does not give it back before: then the run is dead, or cut off
from the database. Such a run stops by itself, because it looks at its own clock before every request. What it writes later
about feeds is refused (`fenced`): every claim of a host has a greater `fence` than the one before. The time of the next
request goes from one claim to the next, so that the host keeps its delay.

Times are those of the clock of the database (`clock`), so that the clocks of machines may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from newsbot.errors import NewsbotError
from newsbot.store.schema.models import HostClaim
from newsbot.store.schema.types import BEGINNING_OF_TIME
from newsbot.store.sql import dialect

P = ParamSpec("P")
T = TypeVar("T")

LEASE = timedelta(seconds=60)
"""Time for which a host is claimed, unless the claim is renewed."""

_CLAIMS = HostClaim.metadata.tables["host_claims"]
_SET_DELAY = (
    update(_CLAIMS)
    .where(_CLAIMS.c.host == bindparam("of_host"), _CLAIMS.c.run_id == bindparam("of_run"))
    .values(delay_s=bindparam("seconds"))
)
_GIVE_BACK = (
    update(_CLAIMS)
    .where(
        _CLAIMS.c.host == bindparam("of_host"),
        _CLAIMS.c.run_id == bindparam("of_run"),
        _CLAIMS.c.fence == bindparam("of_fence"),
    )
    .values(run_id=None, leased_until=None, next_request_at=bindparam("at"))
)


class LostClaimError(NewsbotError):
    """Raised for a write of a run that has lost the claim of the host: another run asks it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right of a run to ask a host."""

    host: str
    """Host, as `urls.authority_of` returns it."""
    run_id: int
    fence: int
    """Number of the claim among those of the host."""
    wait_s: float = 0.0
    """Seconds to wait before the first request: what is left of the delay after the last one of another run."""


def clock(session: Session) -> datetime:
    """Return the time of the database server; of this machine if the database is a file."""
    if session.connection().dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now


def is_free(now: datetime) -> ColumnElement[bool]:
    """Return the condition that no run has a claim: none was made, or it has ended, or its end was set by a wrong clock."""
    return or_(_CLAIMS.c.run_id.is_(None), ~_is_live(now))


def is_taken(host: ColumnElement[str], run_id: int | None, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a run other than `run_id` has the claim of a host."""
    others = _CLAIMS.c.run_id != run_id if run_id is not None else _CLAIMS.c.run_id.is_not(None)
    return select(_CLAIMS.c.host).where(_CLAIMS.c.host == host, others, _is_live(now)).exists()


def taken_hosts(run_id: int | None, now: datetime) -> Select[tuple[str]]:
    """Return the query for the hosts of which a run other than `run_id` has the claim."""
    is_claimed = _CLAIMS.c.run_id > 0  # the index finds these: they are few among all hosts
    is_others = () if run_id is None else (_CLAIMS.c.run_id != run_id,)
    return select(_CLAIMS.c.host).where(is_claimed, *is_others, _is_live(now))


def any_taken(session: Session, run_id: int, now: datetime) -> bool:
    """Return whether a run other than `run_id` has any claim."""
    query = select(_CLAIMS.c.host).where(_CLAIMS.c.run_id != run_id, _is_live(now)).limit(1)
    return session.scalar(query) is not None


def _is_live(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a claim has not ended. One that ends later than any can was set by a wrong clock."""
    until = func.coalesce(_CLAIMS.c.leased_until, BEGINNING_OF_TIME)
    return and_(until > now, until <= now + 2 * LEASE)


def claim(
    session: Session,
    hosts: Collection[str],
    *,
    run_id: int,
    now: datetime,
    delays: Mapping[str, float] | None = None,
    lease: timedelta = LEASE,
) -> list[Claim]:
    """Claim those of the hosts that are free, and return the claims. It waits for nobody.

    A host that the run has already is not claimed again. `now` is the time of `clock`; `delays` are the seconds between two
    requests that are known of hosts."""
    if not hosts:
        return []
    wanted = sorted(set(hosts))
    connection = session.connection()
    dialect.insert_missing(connection, HostClaim, [{"host": host, "fence": 0} for host in wanted])
    free = select(_CLAIMS).where(_CLAIMS.c.host.in_(wanted), is_free(now)).order_by(_CLAIMS.c.host)
    rows = connection.execute(free.with_for_update(skip_locked=True)).all()
    taken = [row.host for row in rows]
    values = {
        "run_id": run_id,
        "fence": _CLAIMS.c.fence + 1,
        "leased_until": now + lease,
        "next_request_at": None,
    }
    if taken:
        connection.execute(update(_CLAIMS).where(_CLAIMS.c.host.in_(taken)).values(values))
        _set_delays(connection, run_id, {host: (delays or {}).get(host, 0.0) for host in taken})
    return [
        Claim(host=row.host, run_id=run_id, fence=row.fence + 1, wait_s=_wait_s(row, now)) for row in rows
    ]


def _wait_s(row: Any, now: datetime) -> float:
    """Return the seconds until a host may be asked. A run that has died may have asked it to the end of its lease."""
    delay = timedelta(seconds=row.delay_s)
    allowed = [row.next_request_at, row.leased_until and row.leased_until + delay]
    at = max((moment for moment in allowed if moment and moment <= now + 2 * LEASE + delay), default=now)
    return max((at - now).total_seconds(), 0.0)


def renew(
    session: Session,
    *,
    run_id: int,
    now: datetime,
    delays: Mapping[str, float] | None = None,
    lease: timedelta = LEASE,
) -> dict[str, int]:
    """Renew all claims of a run; return host -> fence of those that it still has. The others are lost.

    `delays` are the seconds between two requests of hosts whose delay has changed."""
    connection = session.connection()
    kept = connection.execute(
        update(_CLAIMS)
        .where(_CLAIMS.c.run_id == run_id)
        .values(leased_until=now + lease)
        .returning(_CLAIMS.c.host, _CLAIMS.c.fence)
    )
    found = {row.host: row.fence for row in kept}
    _set_delays(connection, run_id, {host: delay for host, delay in (delays or {}).items() if host in found})
    return found


def _set_delays(connection: Connection, run_id: int, delays: Mapping[str, float]) -> None:
    rows = [
        {"of_host": host, "of_run": run_id, "seconds": seconds} for host, seconds in sorted(delays.items())
    ]
    if rows:
        connection.execute(_SET_DELAY, rows)


def give_back(
    session: Session, claims: Collection[Claim], *, now: datetime, rests_s: Mapping[str, float] | None = None
) -> None:
    """End claims. `rests_s` are the seconds for which nobody asks a host from now on; none for hosts without a value.

    Claims that are lost change nothing."""
    rests = rests_s or {}
    rows = [
        {
            "of_host": held.host,
            "of_run": held.run_id,
            "of_fence": held.fence,
            "at": now + timedelta(seconds=rests.get(held.host, 0.0)),
        }
        for held in sorted(claims, key=lambda held: held.host)
    ]
    if rows:
        session.connection().execute(_GIVE_BACK, rows)


def free_claims(session: Session, run_ids: Collection[int], *, now: datetime) -> None:
    """End all claims of runs that are dead. Their last requests may have been a moment ago, so that the delay begins now."""
    query = select(_CLAIMS.c.host, _CLAIMS.c.run_id, _CLAIMS.c.fence, _CLAIMS.c.delay_s)
    rows = session.connection().execute(query.where(_CLAIMS.c.run_id.in_(run_ids))).all()
    claims = [Claim(host=row.host, run_id=row.run_id, fence=row.fence) for row in rows]
    give_back(session, claims, now=now, rests_s={row.host: row.delay_s for row in rows})


def holder_until(session: Session, host: str, *, now: datetime) -> datetime | None:
    """Return until when a run has the claim of a host; None if it is free."""
    query = select(_CLAIMS.c.leased_until).where(_CLAIMS.c.host == host, ~is_free(now))
    return session.scalar(query)


def holds(session: Session, held: Claim) -> bool:
    """Return whether a claim is not lost; if so, nobody else can claim the host before the transaction ends."""
    query = select(_CLAIMS.c.host).where(
        _CLAIMS.c.host == held.host, _CLAIMS.c.run_id == held.run_id, _CLAIMS.c.fence == held.fence
    )
    return session.scalar(query.with_for_update(read=True)) is not None


def fenced(
    session: Session,
    held: Claim,
    work: Callable[Concatenate[Session, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Return `work(session, ...)`. Raises LostClaimError if the claim is lost; then nothing is written."""
    if not holds(session, held):
        raise LostClaimError(f"{held.host}: another run asks it now; what this one read is not stored")
    return work(session, *args, **kwargs)
