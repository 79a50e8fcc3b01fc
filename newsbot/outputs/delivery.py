"""Deliver the log of changes to one output: in order, at least once, from where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from sqlalchemy.orm import Session

from newsbot.errors import NewsbotError
from newsbot.outputs.output_protocol import Output, RefusedError, UndeliveredError
from newsbot.outputs.output_table import OutputTable
from newsbot.store.database import Database
from newsbot.store.queries import (
    ChangeFilters,
    ChangePage,
    Letter,
    LogCursor,
    LoggedChange,
    find_change,
    list_changes,
    matching_articles,
    with_texts,
)
from newsbot.store.sending.letters import add_letter, due_letters, note_attempt, remove_letters
from newsbot.store.sending.log_cursors import advance, lease, new_owner, note_failure, register, release

WHOLE = 10
"""Number of changes from which a batch that is refused as a whole is taken for a mistake in the address or the receiver:
nothing of it is skipped."""
PAUSES_S = (1.0, 5.0)
"""Pauses between the attempts to deliver one batch; after the last attempt, the run ends."""


class BusyError(NewsbotError):
    """Another process delivers for this output."""


@dataclass(slots=True)
class Delivered:
    """What a run has done."""

    changes: int = 0
    """Number of changes that have arrived."""
    refused: int = 0
    """Number of changes that became letters, because the receiver refused them."""


@dataclass(slots=True, kw_only=True)
class Delivery:
    """Delivers to one output. `now` and `sleep` are the clock of the machine, or that of a test."""

    database: Database
    table: OutputTable
    output: Output
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    sleep: Callable[[float], object] = time.sleep

    def run(self) -> Delivered:
        """Deliver everything up to the end of the log.

        Raises BusyError if another process does so, UndeliveredError if the receiver cannot be reached; what has been
        delivered until then is not delivered again."""
        done, owner = Delivered(), new_owner()
        with self._leased(owner) as cursor:
            self._send_letters(owner, done)
            after, has_more = cursor.number, True
            while has_more:
                page = self.database.ask(partial(self._page, after=after))
                refused = self._deliver(page.changes, owner)
                if WHOLE <= len(page.changes) == len(refused):
                    raise UndeliveredError(
                        f"all {len(refused)} changes are refused: {next(iter(refused.values()))}"
                    )
                self._store(page.after, owner, refused, is_delivery=bool(page.changes))
                done.changes += len(page.changes) - len(refused)
                done.refused += len(refused)
                after, has_more = page.after, page.has_more
        return done

    @contextmanager
    def _leased(self, owner: str) -> Iterator[LogCursor]:
        name = self.table.name

        def take(session: Session) -> LogCursor | None:
            register(session, name, 0)
            return lease(session, name, owner, self.now())

        cursor = self.database.transact(take)
        if cursor is None:
            raise BusyError(f"output {name!r}: another process delivers its changes now")
        try:
            yield cursor
        except UndeliveredError as error:
            self.database.transact(partial(note_failure, name=name, owner=owner, error=str(error)))
            raise
        finally:
            self.database.transact(partial(release, name=name, owner=owner))

    def _page(self, session: Session, *, after: int) -> ChangePage:
        """Return the next changes that the output wants, with their articles."""
        kinds = ChangeFilters(kinds=self.table.changes)
        page = list_changes(session, after=after, limit=self.table.batch, filters=kinds)
        return ChangePage(
            changes=with_texts(session, self._wanted(session, page.changes)),
            after=page.after,
            cursor=page.cursor,
            has_more=page.has_more,
        )

    def _wanted(self, session: Session, changes: Sequence[LoggedChange]) -> list[LoggedChange]:
        """Return the changes of articles that the table asks for, and of those that are deleted by now."""
        ids = {change.article_id for change in changes if change.article is not None}
        matching = (
            matching_articles(session, ids, self.table.query, self.table.filters(self.now())) if ids else ids
        )
        return [change for change in changes if change.article is None or change.article_id in matching]

    # -------------------------------------------------------------- delivering

    def _deliver(self, changes: Sequence[LoggedChange], owner: str) -> dict[int, str]:
        """Deliver changes; return number -> reason for those that are refused for good."""
        if not changes:
            return {}
        try:
            self._attempt(changes)
        except RefusedError as error:
            if error.reasons is not None:
                return dict(error.reasons)
            if len(changes) == 1:
                return {changes[0].number: str(error)}
            half = len(changes) // 2
            first = self._deliver(changes[:half], owner)
            self._hold(owner)
            return first | self._deliver(changes[half:], owner)
        return {}

    def _attempt(self, changes: Sequence[LoggedChange]) -> None:
        for pause_s in PAUSES_S:
            try:
                self.output.deliver(changes)
            except UndeliveredError:
                self.sleep(pause_s)
            else:
                return
        self.output.deliver(changes)

    def _hold(self, owner: str) -> None:
        """Renew the lease. Raises BusyError if another process has taken it meanwhile."""
        is_held = self.database.transact(
            lambda session: lease(session, self.table.name, owner, self.now()) is not None
        )
        if not is_held:
            raise self._lost()

    def _lost(self) -> BusyError:
        return BusyError(f"output {self.table.name!r}: another process has taken over")

    def _store(self, number: int, owner: str, refused: Mapping[int, str], *, is_delivery: bool) -> None:
        """Store how far the output is, and what was refused, in one transaction."""
        now, name = self.now(), self.table.name

        def store(session: Session) -> bool:
            is_held = advance(session, name, owner, number, now=now, is_delivery=is_delivery)
            for refused_number, reason in refused.items() if is_held else ():
                body = {"numbers": [refused_number]}
                add_letter(session, name, body, message_id=uuid4().hex, now=now, refused=reason)
            return is_held

        if not self.database.transact(store):
            raise self._lost()

    # -------------------------------------------------------------- letters that are tried again

    def _send_letters(self, owner: str, done: Delivered) -> None:
        """Deliver again what a person has asked for (`newsbot outputs retry`)."""
        due = partial(due_letters, output=self.table.name, now=self.now())
        for letter in self.database.ask(due):
            changes = self.database.ask(partial(_changes_of, letter=letter))
            refused = self._deliver(changes, owner)
            self.database.transact(partial(self._finish, letter=letter, refused=refused))
            done.changes += len(changes) - len(refused)
            done.refused += len(refused)
            self._hold(owner)

    def _finish(self, session: Session, letter: Letter, refused: Mapping[int, str]) -> None:
        if refused:
            reason = next(iter(refused.values()))
            note_attempt(session, letter, reason, retry_at=None, dead_at=self.now())
        else:
            remove_letters(session, [letter.id])


def _changes_of(session: Session, letter: Letter) -> list[LoggedChange]:
    found = [find_change(session, number) for number in letter.body["numbers"]]
    return with_texts(session, [change for change in found if change is not None])
