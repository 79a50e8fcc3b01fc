"""`newsbot stats` and `newsbot rejects`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from newsbot.cli.options import SourceKey, common_options, limit_option, read_session
from newsbot.cli.output import print_heading, print_json, print_table, say
from newsbot.cli.sources.known import check_source
from newsbot.items import utc_text

if TYPE_CHECKING:
    from newsbot.store.queries import RecordedRun, Stats, StoredReject


@click.command()
@common_options
def stats(as_json: bool, database: str | None) -> None:
    """Count what is stored, by source, day and language.

    Also the last runs, and by reason what was not stored. In a pipe: one table of what is counted, its value, and the
    number.

    \b
    Examples:
      newsbot stats
      newsbot stats | grep 'articles by source'
      newsbot stats --json
    """
    from newsbot.store.queries import stats as count_all

    with read_session(database) as session:
        counts = count_all(session)
    if as_json:
        print_json(_stats_json(counts))
    elif sys.stdout.isatty():
        _print_stats(counts)
    else:
        print_table(("", "", ""), _lines(counts))


def _stats_json(counts: Stats) -> dict[str, Any]:
    return {
        "articles": counts.article_count,
        "stubs": counts.stub_count,
        "duplicates": counts.duplicate_count,
        "revisions": counts.revision_count,
        "entities": counts.entity_count,
        "rejects": counts.reject_count,
        "by_source": [
            asdict(source) | {"newest_at": utc_text(source.newest_at)} for source in counts.by_source
        ],
        "by_day": {day.isoformat(): count for day, count in counts.by_day},
        "by_language": {language or "unknown": count for language, count in counts.by_language},
        "rejects_by_reason": dict(counts.rejects_by_reason),
        "last_runs": [_run_json(run) for run in counts.last_runs],
    }


def _run_json(run: RecordedRun) -> dict[str, Any]:
    return asdict(run) | {"started_at": utc_text(run.started_at), "finished_at": utc_text(run.finished_at)}


def _totals(counts: Stats) -> dict[str, int]:
    return {
        "articles": counts.article_count,
        "stubs (not readable)": counts.stub_count,
        "copies among them": counts.duplicate_count,
        "revisions": counts.revision_count,
        "entities": counts.entity_count,
        "rejects": counts.reject_count,
    }


def _lines(counts: Stats) -> Iterator[tuple[str, str, int]]:
    """Yield all numbers in one table: what is counted, its value, the number."""
    yield from (("total", name, count) for name, count in _totals(counts).items())
    for source in counts.by_source:
        yield "articles by source", _named(source.source), source.article_count
        yield "stubs by source", _named(source.source), source.stub_count
    yield from (("articles by language", _named(code), count) for code, count in counts.by_language)
    yield from (("articles by day", day.isoformat(), count) for day, count in counts.by_day)
    yield from (("rejects by reason", reason, count) for reason, count in counts.rejects_by_reason)


def _named(value: str | None) -> str:
    return value or "unknown"


def _print_stats(counts: Stats) -> None:
    print_table(("", ""), _totals(counts).items())
    print_heading("By source")
    rows = [
        (
            _named(source.source),
            source.article_count,
            source.stub_count,
            source.newest_at.strftime("%Y-%m-%d") if source.newest_at else None,
        )
        for source in counts.by_source
    ]
    print_table(("source", "articles", "stubs", "newest"), rows, bars="articles")
    print_heading("By language")
    by_language = [(_named(code), count) for code, count in counts.by_language]
    print_table(("language", "articles"), by_language, bars="articles")
    print_heading("By day")
    print_table(("day", "articles"), counts.by_day, bars="articles")
    print_heading("Rejects")
    print_table(("reason", "pages"), counts.rejects_by_reason, bars="pages")
    print_heading("Last runs")
    runs = [
        (run.id, run.spider, utc_text(run.started_at), run.finish_reason or "running")
        for run in counts.last_runs
    ]
    print_table(("id", "spider", "started", "ended"), runs)


@click.command()
@click.option(
    "--reason", metavar="REASON", help="Only those rejected for this reason (newsbot stats lists them)."
)
@click.option("--source", type=SourceKey(), metavar="KEY", help="Only those of this source.")
@limit_option(100)
@common_options
def rejects(reason: str | None, source: str | None, limit: int, as_json: bool, database: str | None) -> None:
    """List what was not stored, and why; the last seen first.

    Where a stored article is named, the page is at its address now, and has not replaced it.

    \b
    Examples:
      newsbot rejects --reason paywall
      newsbot rejects --source bbc --limit 1000 --json
    """
    from newsbot.store.queries import list_rejects, reject_reasons

    with read_session(database) as session:
        if source is not None:
            check_source(session, source)
        found = list_rejects(session, reason=reason, source=source, limit=limit)
        reasons = [] if found else reject_reasons(session)
    if as_json:
        for reject in found:
            print_json(_reject_json(reject))
    else:
        rows = [
            (
                reject.reason,
                reject.stage,
                utc_text(reject.last_seen_at),
                reject.url,
                reject.article_id,
                reject.detail,
            )
            for reject in found
        ]
        print_table(("reason", "stage", "last seen", "url", "article", ""), rows)
    if not found:
        say(_nothing(reason, reasons))


def _nothing(reason: str | None, reasons: Sequence[str]) -> str:
    """Return why no reject is listed, and for which reasons there are some."""
    if not reasons:
        return "everything that was read has been stored"
    wanted = "nothing was rejected there" if reason is None else f"nothing was rejected for {reason!r}"
    similar = [] if reason is None else get_close_matches(reason, reasons, n=1)
    hint = f"did you mean {similar[0]}? " if similar and similar != [reason] else ""
    return f"{wanted}; {hint}reasons in this database: {', '.join(reasons)}"


def _reject_json(reject: StoredReject) -> dict[str, Any]:
    return asdict(reject) | {
        "first_seen_at": utc_text(reject.first_seen_at),
        "last_seen_at": utc_text(reject.last_seen_at),
    }
