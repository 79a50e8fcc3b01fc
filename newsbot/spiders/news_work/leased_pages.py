"""`LeasedPages`: the pages that a run leases from the frontier, and what their answers lead to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from newsbot.ingest import record
from newsbot.ingest.retry import TRANSIENT_TRIES
from newsbot.items import Reject
from newsbot.middlewares.politeness import HeldError
from newsbot.session import ENTRY, LISTER, SLOT
from newsbot.spiders.news_work.news_run import NewsRun
from newsbot.spiders.page_spider import fetch_of, fetched
from newsbot.spiders.poll_answers import NOT_MODIFIED, asks_to_wait, request_for, request_of
from newsbot.store.crawl import frontier
from newsbot.store.crawl.frontier import Leased


class LeasedPages:
    """Leases pages of the hosts that have their turn."""

    def __init__(self, run: NewsRun, *, parse: Any, fail: Any) -> None:
        self.run = run
        self.parse, self.fail = parse, fail

    async def next(self, polling: Collection[str]) -> list[Request]:
        """Return requests for pages that are leased from the frontier.

        Pages are leased for hosts without a waiting poll (`polling`) that have at most half of their slots in use."""
        slots, turns = self.run.slots, self.run.turns
        capacity = {
            host: slots.free(host)
            for host in turns.turns
            if host not in polling
            and turns.wants_pages(host)
            and slots.in_use(host) <= slots.limit // 2
            and turns.claim_of(host)
        }
        if not capacity:
            return []
        now = datetime.now(UTC)
        lease, wanted = frontier.lease, self.run.wanted
        leased = await self.run.session.write(lease, capacity, wanted, run_id=self.run.id, now=now)
        count = Counter(page.host for page in leased)
        for host, wanted_pages in capacity.items():
            if host in turns.turns and count[host] < wanted_pages:
                turns.turns[host].is_exhausted = True
        return [self._fetch(page) for page in leased]

    def _fetch(self, page: Leased) -> Request:
        is_known = page.article_id is not None
        request = request_for(
            page.url,
            self.parse,
            self.fail,
            etag=page.etag if is_known else None,
            last_modified=page.last_modified if is_known else None,
        )
        request.meta[ENTRY] = page.entry
        if not page.is_offsite:
            request.meta[LISTER] = page.source
        return self.run.send(request.replace(cb_kwargs={"leased": page}), page.host)

    async def is_not_modified(self, response: Response, leased: Leased) -> bool:
        """Return whether a page was not modified; if so, store that its article was seen again."""
        if response.status != NOT_MODIFIED or not leased.article_id:
            return False
        with self.run.slots.releasing(response.meta.get(SLOT)):
            now = datetime.now(UTC)
            not_modified = record.record_not_modified
            await self.run.session.write(not_modified, leased, fetched(response), run_id=self.run.id, now=now)
            self.run.count("store/not-modified")
        return True

    async def is_postponed(self, failure: Failure, leased: Leased) -> bool:
        """Return whether a page is postponed because its host is held, and store that. One that has been tried too often is not."""
        request = request_of(failure)
        hold = self.run.politeness.hold_behind(request, failure.value)
        was_asked = not isinstance(failure.value, HeldError)
        is_given_up = was_asked and (not asks_to_wait(failure) or leased.attempts >= TRANSIENT_TRIES)
        if hold is None or hold.held_until is None or is_given_up:
            return False
        with self.run.slots.releasing(request.meta.get(SLOT)):
            if not leased.is_offsite:  # no run waits for the page of a stranger
                self.run.waits_for(hold, leased.host)
            answer = fetch_of(failure) if was_asked else None
            await self.run.session.write(
                record.record_held,
                leased,
                answer,
                until=hold.held_until,
                run_id=self.run.id,
                now=datetime.now(UTC),
            )
        return True


def reject_of(reject: Reject, leased: Leased) -> Reject:
    """Return the reject of a leased page with the source of the page."""
    return replace(reject, source=None if leased.is_offsite else leased.source)
