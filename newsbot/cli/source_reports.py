"""`newsbot sources health` and `newsbot sources show`: how the sources are doing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

import click

from newsbot.cli.options import database_option, json_option, read_session
from newsbot.cli.output import print_json, print_table, printable
from newsbot.errors import DatabaseError, UsageError
from newsbot.items import utc_text
from newsbot.jobs.health_webhook import post_flags
from newsbot.settings import configuration
from newsbot.sources.catalog import load_sources
from newsbot.sources.health import Flag, cut, outage, without_outage
from newsbot.sources.model import Source
from newsbot.sources.reach import held_hosts
from newsbot.store.queries import (
    BoilerplateCount,
    PolledFeed,
    SourceDetail,
    SourceHealth,
    boilerplate_counts,
    source_detail,
    source_health,
)

FLAGGED = 3
"""Exit status of `health --check` if anything is flagged."""
MAX_NAMED = 10
"""Maximum number of sources that were never polled that are named."""


@click.command()
@click.option("--check", "is_check", is_flag=True, help="Exit with status 3 if anything is flagged.")
@click.option("--webhook", metavar="URL", help="Post what is flagged there, as JSON.")
@json_option
@database_option
def health(is_check: bool, webhook: str | None, as_json: bool, database: str | None) -> int:
    """Show how each source is doing, and flag what a person should look at.

    Flags: silence, lost fields (coverage drop), bot walls, pages that robots.txt forbids, hosts that are held, feeds
    that fail, have moved or have ended, and sources of which nothing can be reached. Disabled sources are left out.
    Sources whose certificates are not verified (tls_verify, NEWSBOT_TLS_VERIFY) are named.
    """
    settings = configuration()
    known = load_sources(settings.sources)
    enabled = [key for key, source in known.items() if source.enabled]
    unverified = [key for key in enabled if not (settings.tls_verify and known[key].tls_verify)]
    with read_session(database) as session:
        reports = source_health(session, enabled, now=datetime.now(UTC))
        removals = {count.source: count for count in boilerplate_counts(session)}
    flags = _flags(reports)
    if as_json:
        for report in reports:
            unverified_here = {"tls_verify": report.source not in unverified}
            print_json(plain(report) | unverified_here | _boilerplate_json(removals.get(report.source)))
    else:
        _print_health(reports, flags)
        if unverified:
            click.echo(f"certificates are not verified: {', '.join(cut(unverified, MAX_NAMED))}")
    if webhook and flags:
        post_flags(webhook, flags)
    return FLAGGED if is_check and flags else 0


def _boilerplate_json(count: BoilerplateCount | None) -> dict[str, int]:
    return {
        "learnt_blocks": count.learnt_count if count else 0,
        "removed_paragraphs": count.removed_count if count else 0,
    }


def _flags(reports: Sequence[SourceHealth]) -> list[Flag]:
    """Return the flags of all sources; one for all of them if none could be reached."""
    flags = [flag for report in reports for flag in report.flags]
    lost = {report.source: report.unreached for report in reports if report.was_polled}
    everything = outage(lost)
    return [everything, *without_outage(flags)] if everything else flags


def _print_health(reports: Sequence[SourceHealth], flags: Sequence[Flag]) -> None:
    polled = [report for report in reports if report.was_polled]
    rows = [
        (
            report.source,
            report.articles_today,
            f"{report.articles_a_day:.1f}",
            utc_text(report.last_article_at) or "never",
            utc_text(report.last_poll_at) or "never",
            len(report.flags) or "",
        )
        for report in polled
    ]
    print_table(("source", "today", "a day", "last article", "last poll", "flags"), rows)
    if never := [report.source for report in reports if not report.was_polled]:
        click.echo(f"never polled: {', '.join(cut(never, MAX_NAMED))}")
    for flag in flags:
        place = f"{printable(flag.source)}: " if flag.source else ""
        click.secho(f"{place}{flag.kind}: {printable(flag.detail)}", fg="red")


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
@click.argument("key")
@json_option
@database_option
def show(key: str, as_json: bool, database: str | None) -> None:
    """Show everything that is known of one source: its definition, feeds, hosts, frontier, articles and flags."""
    known = load_sources(configuration().sources)
    source, detail = known.get(key), None
    try:
        with read_session(database) as session:
            detail = source_detail(session, key, now=datetime.now(UTC))
    except DatabaseError as error:
        if source is not None:
            click.echo(f"newsbot: {printable(error)}", err=True)  # the definition is known all the same
    if source is None and detail is None:
        raise unknown_source(key, known)
    if as_json:
        print_json(_source_json(key, source, detail))
        return
    for line in _definition(key, source):
        click.echo(printable(line))
    if detail is None or not detail.health.was_polled:
        click.echo("\nIt has never been polled.")
    for title, lines in (_sections(detail) if detail else {}).items():
        click.secho(f"\n{title}", bold=True)
        for line in lines:
            click.echo(f"  {printable(line)}")


def unknown_source(key: str, known: Iterable[str]) -> UsageError:
    """Return the error for a key that no source has, with the keys that resemble it."""
    near = get_close_matches(key, known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "newsbot sources list shows them"
    return UsageError(f"no source {printable(key)!r}; {hint}")


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
