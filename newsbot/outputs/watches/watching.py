"""Run a watch: look through what has changed, make a message when it is time, and send what is due.

Each article is found once a watch, for all time, since it is stored with the cursor in one transaction. It is in one message,
which has an id. A message is sent to an address again only if it is not certain that it has arrived: the process was killed
between the answer of the receiver and the commit. Its id is the same then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy.orm import Session

from newsbot.errors import UsageError
from newsbot.outputs.delivery import BusyError
from newsbot.outputs.output_protocol import RefusedError, UndeliveredError
from newsbot.outputs.watches.messages import Message, make_message
from newsbot.outputs.watches.recipients import Address
from newsbot.outputs.watches.watch_table import WatchTable
from newsbot.store.changes.cursors import last_number
from newsbot.store.database import Database
from newsbot.store.queries import Filters, Letter, WatchHit, find_articles
from newsbot.store.sending.letters import due_letters, note_attempt, remove_letters
from newsbot.store.sending.log_cursors import (
    LogCursor,
    lease,
    new_owner,
    note_delivery,
    note_failure,
    register,
    release,
    renew,
)
from newsbot.store.sending.watch_hits import (
    count_waiting,
    described,
    find_hits,
    prefix,
    waiting_articles,
    write_message,
)

MAX_ARTICLES = 100
"""Number of articles that a message names."""
MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
"""Pause after the first attempt that fails; it doubles: the last attempt is two hours after the first."""
SAMPLE = 3
"""Number of articles in a test message."""


@dataclass(slots=True)
class Watched:
    """What a run of a watch has done."""

    found: int = 0
    """Number of articles found."""
    sent: int = 0
    """Number of letters that have arrived."""
    failed: int = 0
    """Number of letters that have not."""
    waiting: int = 0
    """Number of articles that wait for the next message."""


@dataclass(slots=True, kw_only=True)
class Watching:
    """Runs one watch. `now` is the clock of the machine, or that of a test."""

    database: Database
    watch: WatchTable
    addresses: Sequence[Address]
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def run(self) -> Watched:
        """Find, write and send. Raises BusyError if another process runs this watch, UsageError for what it asks for."""
        done, owner = Watched(), new_owner()
        with self._leased(owner) as cursor:
            done.found = self._find(owner)
            if self._is_time(cursor):
                self._write(owner)
            self._send(owner, done)
            done.waiting = self.database.ask(partial(count_waiting, watch=self.watch.name))
        return done

    @contextmanager
    def _leased(self, owner: str) -> Iterator[LogCursor]:
        name = prefix(self.watch.name)

        def take(session: Session) -> LogCursor | None:
            register(session, name, last_number(session))
            return lease(session, name, owner, self.now())

        cursor = self.database.transact(take)
        if cursor is None:
            raise BusyError(f"watch {self.watch.name!r}: another process runs it now")
        try:
            yield cursor
        except UsageError as error:  # a source or a tag that is no longer known
            self.database.transact(partial(note_failure, name=name, owner=owner, error=str(error)))
            raise
        finally:
            self.database.transact(partial(release, name=name, owner=owner))

    def _find(self, owner: str) -> int:
        count, has_more = 0, True
        while has_more:
            now = self.now()
            filters = self.watch.filters(now)
            found = self.database.transact(
                partial(
                    find_hits,
                    watch=self.watch.name,
                    owner=owner,
                    query=self.watch.query,
                    filters=filters,
                    now=now,
                )
            )
            if found is None:
                raise BusyError(f"watch {self.watch.name!r}: another process has taken over")
            new, has_more = found
            count += new
        return count

    # -------------------------------------------------------------- writing

    def _is_time(self, cursor: LogCursor) -> bool:
        now, quiet = self.now(), self.watch.quiet_hours
        is_due = cursor.delivered_at is None or cursor.delivered_at + self.watch.period <= now
        return is_due and not (quiet and quiet.holds(now))

    def _write(self, owner: str) -> None:
        """Make messages of all articles that wait; they are sent afterwards, also by another process."""
        name, addresses = self.watch.name, [address.key for address in self.addresses]

        def write(session: Session) -> bool:
            waiting = waiting_articles(session, name, MAX_ARTICLES)
            if not waiting or not note_delivery(session, prefix(name), owner, self.now()):
                return False
            write_message(session, name, waiting, addresses, message_id=uuid4().hex, now=self.now())
            return len(waiting) == MAX_ARTICLES

        while self.database.transact(write):
            pass

    # -------------------------------------------------------------- sending

    def _send(self, owner: str, done: Watched) -> None:
        by_key = {address.key: address for address in self.addresses}
        quiet = self.watch.quiet_hours
        if quiet and quiet.holds(self.now()):
            return
        due = partial(due_letters, output=prefix(self.watch.name), now=self.now())
        for letter in self.database.ask(due):
            if not self.database.transact(
                partial(renew, name=prefix(self.watch.name), owner=owner, now=self.now())
            ):
                raise BusyError(f"watch {self.watch.name!r}: another process has taken over")
            error, is_final = self._try(letter, by_key)
            if error is None:
                self.database.transact(partial(remove_letters, ids=[letter.id]))
                done.sent += 1
            else:
                self._note(letter, error, is_final=is_final)
                done.failed += 1

    def _try(self, letter: Letter, by_key: Mapping[str, Address]) -> tuple[str | None, bool]:
        """Send a letter; return why it has not arrived, and whether trying again would not help."""
        address = by_key.get(letter.address or "") or _successor(letter, by_key)
        if address is None:
            return "the watch has no such address any more", True
        message = self._message(letter.body["articles"], letter.message_id)
        try:
            address.send(message, letter.message_id)
        except RefusedError as error:
            return str(error), True
        except UndeliveredError as error:
            return str(error), False
        return None, False

    def _message(self, ids: Sequence[int], message_id: str) -> Message:
        hits = self.database.ask(partial(described, watch=self.watch.name, ids=ids, query=self.watch.query))
        return make_message(self.watch, hits, message_id=message_id, is_sample=False)

    def _note(self, letter: Letter, error: str, *, is_final: bool) -> None:
        now, attempts = self.now(), letter.attempts + 1
        is_dead = is_final or attempts >= MAX_ATTEMPTS
        retry_at = None if is_dead else now + FIRST_PAUSE * 2 ** (attempts - 1)
        dead_at = now if is_dead else None
        self.database.transact(
            partial(note_attempt, letter=letter, error=error, retry_at=retry_at, dead_at=dead_at)
        )

    # -------------------------------------------------------------- testing

    def test(self) -> dict[str, str | None]:
        """Send a sample to every address; return address -> why it has not arrived, None if it has.

        The sample is the newest articles that the watch would find, or a made-up one. Nothing is stored."""
        message_id = f"test-{uuid4().hex}"
        hits = self.database.ask(self._sample) or [_MADE_UP]
        message = make_message(self.watch, hits, message_id=message_id, is_sample=True)
        outcome: dict[str, str | None] = {}
        for address in self.addresses:
            try:
                address.send(message, message_id)
            except (RefusedError, UndeliveredError) as error:
                outcome[address.key] = str(error)
            else:
                outcome[address.key] = None
        return outcome

    def _sample(self, session: Session) -> list[WatchHit]:
        filters: Filters = self.watch.filters(self.now())
        found = find_articles(session, self.watch.query, filters, after=None, limit=SAMPLE)
        ids = [hit.article.id for hit in found.listing.articles]
        return described(session, self.watch.name, ids, self.watch.query)


_MADE_UP = WatchHit(
    id=0,
    title="An example: nothing in the database matches yet",
    url="https://news.example/",
    source="news.example",
    language="en",
    dated_at=datetime(2026, 1, 1, tzinfo=UTC),
    snippet="This is how an article would be shown.",
    found_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def _successor(letter: Letter, by_key: Mapping[str, Address]) -> Address | None:
    """Return the address that has taken the place of a letter's own one, which was corrected; None if none has.

    The addresses that the watch had when the letter was made, and has no more, are paired with the new ones, in their order:
    nobody gets a message twice."""
    had = letter.body.get("addresses", [])
    gone, new = [key for key in had if key not in by_key], [key for key in by_key if key not in had]
    found = dict(zip(gone, new, strict=False)).get(letter.address)
    return by_key[found] if found else None
