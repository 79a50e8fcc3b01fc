"""`newsbot sources show`: everything that is known of sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from newsbot.cli.options import SourceKey, common_options, read_session
from newsbot.cli.output import print_json, print_wrapped, printable, say
from newsbot.cli.sources.known import unknown_source
from newsbot.errors import DatabaseError
from newsbot.items import utc_text

if TYPE_CHECKING:
    from newsbot.sources.model import Source
    from newsbot.store.queries import PolledFeed, SourceDetail


def plain(value: Any) -> Any:
    """Return a value for JSON: dataclasses as objects, times as ISO 8601 in UTC with "Z"."""
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, re.Pattern):
        return value.pattern
    if isinstance(value, ZoneInfo):
        return value.key
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


@click.command()
@click.argument("keys", metavar="KEY...", nargs=-1, required=True, type=SourceKey())
@common_options
def show(keys: tuple[str, ...], as_json: bool, database: str | None) -> None:
    """Show everything that is known of sources.

    The definition, feeds, hosts, frontier, articles and flags.

    \b
    Examples:
      newsbot sources show bbc
      newsbot sources show bbc guardian --json
    """
    from newsbot.settings import configuration
    from newsbot.sources.catalog import load_sources

    known = load_sources(configuration().sources)
    details = _details(keys, known, database)
    for key in keys:
        if key not in known and key not in details:
            raise unknown_source(key, known)
    for number, key in enumerate(keys):
        if as_json:
            print_json(_source_json(key, known.get(key), details.get(key)))
            continue
        if number:
            click.echo()
        _print(key, known.get(key), details.get(key))


def _details(
    keys: tuple[str, ...], known: dict[str, Source], database: str | None
) -> dict[str, SourceDetail]:
    """Return key -> what the database has of a source; nothing without a database, if the definitions are known."""
    from newsbot.store.queries import source_detail

    try:
        with read_session(database) as session:
            found = {key: source_detail(session, key, now=datetime.now(UTC)) for key in keys}
    except DatabaseError as error:
        if known.keys() & set(keys):
            say(str(error))
        return {}
    return {key: detail for key, detail in found.items() if detail is not None}


def _print(key: str, source: Source | None, detail: SourceDetail | None) -> None:
    for line in _definition(key, source):
        print_wrapped(printable(line))
    if detail is None or not detail.health.was_polled:
        click.echo("\nIt has never been polled.")
    for title, lines in (_sections(detail) if detail else {}).items():
        click.secho(f"\n{title}", bold=True)
        for line in lines:
            print_wrapped(printable(line), indent=2)


def _source_json(key: str, source: Source | None, detail: SourceDetail | None) -> dict[str, Any]:
    found: dict[str, Any] = {"key": key, "definition": plain(source), "was_polled": False}
    if detail is not None:
        state = plain(detail)
        state = state.pop("health") | state
        state["was_polled"] = detail.health.was_polled
        for name, days in (("days", detail.days), ("seen_days", detail.seen_days)):
            state[name] = {day.isoformat(): count for day, count in days}
        state["rejects"] = dict(detail.rejects)
        found |= state
    return found


def _definition(key: str, source: Source | None) -> Iterator[str]:
    """Yield the lines of the definition of a source; values that are not set are left out."""
    if source is None:
        yield f"key: {key}"
        yield "definition: none in the catalog; its pages were fetched or taken in one by one"
        return
    for name, value in plain(source).items():
        if name == "selectors":
            yield from (f"extract.{part}: {_words(given)}" for part, given in value.items() if given)
        elif value not in (None, []):
            yield f"{name}: {_words(value)}"


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _sections(detail: SourceDetail) -> dict[str, list[str]]:
    """Return title -> lines of the sections about a source; sections without lines are left out."""
    from newsbot.sources.reach import held_hosts

    health = detail.health
    more = detail.feed_count - len(detail.feeds)
    sections = {
        "Flags": [f"{flag.kind}: {flag.detail}" for flag in health.flags],
        "Articles": [
            f"articles: {detail.article_count}, {health.articles_today} today, {health.articles_a_day:.1f} a day",
            f"stubs: {detail.stub_count}, {health.stubs_today} today, {health.stubs_a_day:.1f} a day",
            f"last article: {utc_text(health.last_article_at) or 'never'}",
            f"first crawled: {utc_text(detail.first_seen_at)}",
        ],
        "Feeds": [line for feed in detail.feeds for line in _feed(feed)]
        + ([f"and {more} more"] if more else []),
        "Hosts that are held": held_hosts(detail.holds),
        "Pages in the frontier": [
            f"{count.state}: {count.pages}"
            + (f", the first is due {utc_text(count.next_due_at)}" if count.next_due_at else "")
            for count in detail.frontier
        ],
        "Fields its articles have": [f"{name}: {share:.0%}" for name, share in detail.coverage.items()],
        "Boilerplate": [
            f"learnt lines: {detail.learnt_block_count}",
            f"removed paragraphs: {detail.removed_paragraph_count}, from {detail.touched_article_count} articles",
        ],
        "Pages that were not stored": [f"{reason}: {number}" for reason, number in detail.rejects],
        "Newest articles": [
            f"{utc_text(article.dated_at)} {article.kind} {article.id}: {article.title or 'no title'}"
            for article in detail.newest
        ],
    }
    return {title: lines for title, lines in sections.items() if lines}


def _feed(feed: PolledFeed) -> Iterator[str]:
    """Yield the lines about a feed: its state, then its times."""
    yield f"{feed.kind} {feed.url}: {feed_state(feed)}"
    times = {
        "next poll": "never" if feed.gone_at else utc_text(feed.next_poll_at) or "at once",
        "last poll": utc_text(feed.last_polled_at) or "never",
        "last success": utc_text(feed.last_success_at) or "never",
        "last new article": utc_text(feed.last_new_at) or "never",
    }
    yield "  " + ", ".join(f"{name} {moment}" for name, moment in times.items())
    if feed.found_in:
        yield f"  found in {feed.found_in}"
    if feed.note:
        yield f"  note: {feed.note}"


def feed_state(feed: PolledFeed) -> str:
    """Return the state of a feed in words: whether it answers, fails, has moved or has ended."""
    if feed.gone_at:
        state = f"ended (410) at {utc_text(feed.gone_at)}"
    elif feed.failure_count:
        times = "once" if feed.failure_count == 1 else f"{feed.failure_count} times in a row"
        state = f"failed {times}: {feed.last_error or feed.last_status or 'no answer'}"
    elif feed.last_error:
        state = feed.last_error
    else:
        state = "answers" if feed.last_success_at else "not polled yet"
    return state + (f"; moved to {feed.moved_to}, since {utc_text(feed.moved_at)}" if feed.moved_to else "")
