"""`FeedPolls`: what the answers to polls of feeds, sitemaps, sections and homepages lead to."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from scrapy import Request
from scrapy.http import Response
from scrapy.utils.asyncio import run_in_thread
from twisted.python.failure import Failure

from newsbot.discovery.polls import PollResult, read_poll
from newsbot.ingest import record
from newsbot.session import SLOT
from newsbot.sources.ownership import sort_links
from newsbot.spiders.news_work.feed_guesses import FeedGuesses
from newsbot.spiders.news_work.news_run import NewsRun
from newsbot.spiders.news_work.poll_queue import PollQueue
from newsbot.spiders.page_spider import asked_url, fetched, header
from newsbot.spiders.poll_answers import (
    NOT_MODIFIED,
    answer_of,
    asks_to_wait,
    has_ended,
    is_temporary,
    poll_problem,
    request_of,
    status_of,
)
from newsbot.store.crawl import polling
from newsbot.store.crawl.polling import DueFeed, PollAnswer, body_hash
from newsbot.urls import authority_of


class FeedPolls:
    """Polls feeds, stores what they list, and when to poll them again."""

    def __init__(self, run: NewsRun) -> None:
        self.run = run
        self.queue = PollQueue(run, parse=self.parse, fail=self.failed)
        self.guesses = FeedGuesses(run, self.queue)

    async def parse(self, response: Response, feed: DueFeed, page: int) -> None:
        """Store the links of a feed in the frontier, and queue what it leads to."""
        request = response.request
        assert request is not None
        with self.run.slots.releasing(request.meta.get(SLOT)):
            now = datetime.now(UTC)
            if answer := fetched(response):
                await self.run.session.write(
                    record.record_poll, answer, source=feed.source, run_id=self.run.id, now=now
                )
            found = await self._found(response, feed, now)
            if found.problem:
                problem = found.problem
                if response.url != feed.address:
                    problem += f"; it redirects to {response.url}"
                await self._save_failed(request, feed, problem, response.status, now)
                await self._settle(feed)
            else:
                await self._save(request, feed, found, answer_of(response), page, now)

    async def _found(self, response: Response, feed: DueFeed, now: datetime) -> PollResult:
        """Return the links of a response to a poll; none if its content is that of the last poll."""
        if response.status == NOT_MODIFIED or body_hash(response.body) == feed.content_hash:
            self.run.count("feeds/unchanged")
            return PollResult()
        return await run_in_thread(
            read_poll,
            feed.kind,
            response.body,
            response.url,
            self.run.sources.sources[feed.source],
            now=now,
            content_type=header(response, "Content-Type"),
        )

    async def _save(
        self,
        request: Request,
        feed: DueFeed,
        found: PollResult,
        answer: PollAnswer,
        page: int,
        now: datetime,
    ) -> None:
        """Store the links of a successful poll; queue the next page of a list with new links, and the feeds it names."""
        source = self.run.sources.sources[feed.source]
        listed = sort_links([link.url for link in found.links], source, self.run.sources)
        if listed.strangers:
            strangers = set(listed.strangers)
            links = tuple(link for link in found.links if link.url not in strangers)
            found = replace(found, links=links, note=_with_strangers(found.note, listed.strangers))
            self.run.count("links/offsite", len(strangers))
        offsite = set(listed.other)
        if page > 1:
            save = polling.save_list_page
            new = await self.run.write_poll(request, save, feed, found, page, now=now, offsite=offsite)
        else:
            new = await self.run.write_poll(
                request, polling.save_poll, feed, found, answer, now=now, chance=_chance(), offsite=offsite
            )
        if new is None:
            return
        self.run.count("feeds/polled")
        self.run.count("links/new", new)
        self.run.turns.note_new({authority_of(link.url) for link in found.links} if new else ())
        if new and found.next_url and page < polling.MAX_LIST_PAGES:
            self.queue.add(feed, found.next_url, page + 1)
        elif page == 1 and feed.next_page_url and feed.next_page:  # an earlier run was ended before it
            self.queue.add(feed, feed.next_page_url, feed.next_page)
        await self._settle(feed)
        if feed.kind == "homepage" and await self.run.session.read(polling.needs_guesses, feed, now=now):
            self.guesses.add(feed)

    async def _settle(self, feed: DueFeed) -> None:
        """Note that the poll of a feed is over, and queue those that were found in it."""
        self.queue.settled.add(feed.id)
        if feed.kind in ("sitemap", "homepage"):
            self.run.turns.may_be_more = True  # some may be of other hosts
            await self.queue.add_due([feed.host or ""])

    async def failed(self, failure: Failure) -> None:
        """Store that a feed could not be fetched, and when to poll it again.

        If its host is held for a short time, poll it again in this run. A hold is no failure of the feed."""
        request = request_of(failure)
        feed: DueFeed = request.cb_kwargs["feed"]
        page: int = request.cb_kwargs["page"]
        with self.run.slots.releasing(request.meta.get(SLOT)):
            hold = self.run.politeness.hold_behind(request, failure.value)
            if hold is not None and self.run.waits_for(
                hold, feed.host or "", (feed, asked_url(request), page)
            ):
                return  # it is polled again when the hold ends
            if page > 1:
                if not is_temporary(failure):  # else a later run asks for it
                    await self.run.write_poll(request, polling.forget_next_page, feed)
                return
            if hold is not None and asks_to_wait(failure):
                await self.run.write_poll(request, polling.postpone_poll, feed, until=hold.held_until)
            else:
                await self._save_failed(
                    request,
                    feed,
                    poll_problem(failure),
                    status_of(failure),
                    datetime.now(UTC),
                    not_before=hold.held_until if hold else None,
                    has_ended=has_ended(failure),
                )
            await self._settle(feed)

    async def _save_failed(
        self,
        request: Request,
        feed: DueFeed,
        error: str,
        status: int | None,
        now: datetime,
        *,
        not_before: datetime | None = None,
        has_ended: bool = False,
    ) -> None:
        self.run.count("feeds/gone" if has_ended else "feeds/failed")
        await self.run.write_poll(
            request,
            polling.save_failed_poll,
            feed,
            now=now,
            error=error,
            status=status,
            chance=_chance(),
            not_before=not_before,
            has_ended=has_ended,
        )


def _with_strangers(note: str | None, urls: Collection[str]) -> str:
    """Return the note of a poll with the links to other sites that were left out."""
    hosts = ", ".join(sorted(set(map(authority_of, urls)))[:5])
    left_out = f"{len(set(urls))} links to other sites are left out ({hosts})"
    return f"{note}; {left_out}" if note else left_out


def _chance() -> float:
    """Return a random number from 0 to 1, for jitter."""
    return random.random()  # noqa: S311
