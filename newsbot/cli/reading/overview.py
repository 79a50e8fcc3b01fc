"""`newsbot stats` and `newsbot rejects`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from newsbot.cli.options import database_option, json_option, limit_option, read_session
from newsbot.cli.output import print_heading, print_json, print_table
from newsbot.cli.source_reports import unknown_source
from newsbot.items import utc_text
from newsbot.settings import configuration
from newsbot.sources.catalog import load_sources
from newsbot.store.queries import RecordedRun, Stats, StoredReject, list_rejects, source_names
from newsbot.store.queries import stats as count_all


@click.command()
@json_option
@database_option
def stats(as_json: bool, database: str | None) -> None:
    """Count what is stored: by source, day and language; the last runs; rejects by reason."""
    with read_session(database) as session:
        counts = count_all(session)
    if as_json:
        print_json(_stats_json(counts))
    else:
        _print_stats(counts)


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


def _print_stats(counts: Stats) -> None:
    totals = {
        "articles": counts.article_count,
        "stubs (not readable)": counts.stub_count,
        "copies among them": counts.duplicate_count,
        "revisions": counts.revision_count,
        "entities": counts.entity_count,
        "rejects": counts.reject_count,
    }
    print_table(("", ""), totals.items())
    print_heading("By source")
    rows = [
        (
            source.source,
            source.article_count,
            source.stub_count,
            source.newest_at.strftime("%Y-%m-%d") if source.newest_at else None,
        )
        for source in counts.by_source
    ]
    print_table(("source", "articles", "stubs", "newest"), rows)
    print_heading("By language")
    print_table(("language", "articles"), counts.by_language)
    print_heading("By day")
    print_table(("day", "articles"), counts.by_day)
    print_heading("Rejects")
    print_table(("reason", "pages"), counts.rejects_by_reason)
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
@click.option("--source", metavar="KEY", help="Only those of this source.")
@limit_option(100)
@json_option
@database_option
def rejects(reason: str | None, source: str | None, limit: int, as_json: bool, database: str | None) -> None:
    """List what was not stored, and why; the last seen first.

    Where a stored article is named, the page is at its address now, and has not replaced it.
    """
    with read_session(database) as session:
        if source is not None:
            _check_source(source, source_names(session))
        found = list_rejects(session, reason=reason, source=source, limit=limit)
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


def _check_source(key: str, stored: Mapping[str, str]) -> None:
    """Raise UsageError for a key that neither the database nor the catalog has."""
    known = {*stored, *load_sources(configuration().sources)}
    if key not in known:
        raise unknown_source(key, known)


def _reject_json(reject: StoredReject) -> dict[str, Any]:
    return asdict(reject) | {
        "first_seen_at": utc_text(reject.first_seen_at),
        "last_seen_at": utc_text(reject.last_seen_at),
    }
