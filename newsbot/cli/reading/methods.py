"""`newsbot methods`: what a paper says of its articles, and how they were collected."""

from __future__ import annotations

import json
import platform
from collections import Counter
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import click

from newsbot import __version__, rule_versions
from newsbot.cli.options import common_options, filter_options, read_session
from newsbot.cli.output import print_json, print_wrapped, printable
from newsbot.items import utc_text

if TYPE_CHECKING:
    from newsbot.settings import Configuration
    from newsbot.store.queries import Corpus

MODELS = (
    "extraction/body/body_first.onnx",
    "extraction/body/body_second.onnx",
    "entities/neural/model_data/fast.onnx",
    "entities/neural/model_data/fast_vectors.npy",
    "entities/neural/model_data/tagger.onnx",
)
"""The trained models of the package."""
_DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_FILTERS = {
    "source": "of the source {}",
    "exclude_source": "not of the source {}",
    "tag": "of sources with the tag {}",
    "language": "in the language {}",
    "country": "of sources of the country {}",
    "section": "of the section {}",
    "entity": "that mention {}",
    "kind": "of the kind {}",
}
"""Filter -> how the paragraph says it; those of days are in one phrase."""
_DAYS = ("since", "until")


@click.command()
@click.argument("query", default="")
@filter_options
@common_options
def methods(query: str, as_json: bool, database: str | None, **filters: Any) -> None:
    """Say for a paper how articles were collected and counted.

    A paragraph for a section on methods, and a manifest in JSON to cite: what a query finds, and how it was collected. The
    settings are those of now. Everything but the time of the query is the same if nothing has changed.

    \b
    Examples:
      newsbot methods climate --since 2026-01-01
      newsbot methods 'climate OR "sea level"' --tag uk --json
    """
    from newsbot.settings import configuration
    from newsbot.store.queries import Filters, count_corpus

    now = datetime.now(UTC)
    with read_session(database) as session:
        corpus = count_corpus(session, query, Filters(**filters))
        kind = session.connection().dialect.name
    manifest = describe(corpus, query, filters, configuration(), database=kind, now=now)
    if as_json:
        print_json({"text": paragraph(manifest), **manifest})
        return
    print_wrapped(printable(paragraph(manifest)))
    click.echo("\n" + json.dumps(manifest, ensure_ascii=False, indent=2))


def describe(
    corpus: Corpus,
    query: str,
    filters: dict[str, Any],
    settings: Configuration,
    *,
    database: str,
    now: datetime,
) -> dict[str, Any]:
    """Return the manifest: versions, query, counts and settings, ready for JSON."""
    from newsbot import settings as scrapy_settings
    from newsbot.store.schema.migrations import HEAD

    given = {name: _value(value) for name, value in filters.items() if value not in (None, ())}
    return {
        "newsbot": __version__,
        "python": platform.python_version(),
        "rules": _rules(),
        "models": {name: _sha256(name) for name in MODELS},
        "database": {"kind": _DATABASES[database], "schema": HEAD},
        "catalog": _catalog(settings),
        "query": {"words": query, "filters": given},
        "counts": _counts(corpus),
        "settings": {
            "user_agent": settings.user_agent,
            "obeys_robots_txt": scrapy_settings.ROBOTSTXT_OBEY,
            "verifies_certificates": bool(settings.tls_verify),
            "keeps_archive": bool(settings.archive_dir),
            "entity_engine": settings.entity_engine,
        },
        "queried_at": utc_text(now),
    }


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _rules() -> dict[str, Any]:
    """Return the version and the fingerprint of the rules of extraction and of cleaning."""
    lines = files("newsbot").joinpath("rule_versions.lock").read_text("utf-8").splitlines()
    fingerprints = {line.split()[0]: line.split()[2] for line in lines if not line.startswith("#")}
    numbers = {"extraction": rule_versions.EXTRACTION, "cleaning": rule_versions.CLEANING}
    return {
        name: {"version": number, "sha256": fingerprints[name.upper()]} for name, number in numbers.items()
    }


def _sha256(name: str) -> str:
    return sha256(files("newsbot").joinpath(name).read_bytes()).hexdigest()


def _catalog(settings: Configuration) -> dict[str, Any]:
    """Return the number of sources, and a hash that is the same for the same definitions."""
    from newsbot.sources.catalog import load_sources

    sources = load_sources(settings.sources)
    definitions = "\n".join(repr(sources[key]) for key in sorted(sources))
    return {
        "is_shipped": not settings.sources,
        "sources": len(sources),
        "sha256": sha256(definitions.encode(errors="replace")).hexdigest(),
    }


def _counts(corpus: Corpus) -> dict[str, Any]:
    return {
        "articles": corpus.article_count,
        "stubs": corpus.stub_count,
        "duplicates": corpus.duplicate_count,
        "undated": corpus.undated_count,
        "sources": len(corpus.by_source),
        "languages": len(corpus.by_language.keys() - {None}),
        "first_day": corpus.first_day and corpus.first_day.isoformat(),
        "last_day": corpus.last_day and corpus.last_day.isoformat(),
        "by_source": _ordered(corpus.by_source),
        "by_language": _ordered(corpus.by_language),
        "by_extractor_version": _ordered(corpus.by_extractor_version),
        "by_entity_engine": _ordered(corpus.by_entity_engine),
    }


def _ordered(counts: Counter[str | None]) -> dict[str, int]:
    """Return counts, the greatest first; a value that is not known is called so."""
    pairs = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] is None, pair[0] or ""))
    return {"unknown" if value is None else value: count for value, count in pairs}


# ------------------------------------------------------------------ the paragraph


def paragraph(manifest: dict[str, Any]) -> str:
    """Return a manifest as a paragraph of plain English."""
    counts, settings, catalog = manifest["counts"], manifest["settings"], manifest["catalog"]
    robots = "was obeyed" if settings["obeys_robots_txt"] else "was not obeyed"
    verified = "were verified" if settings["verifies_certificates"] else "were not verified"
    kept = "were kept" if settings["keeps_archive"] else "were not kept"
    origin = "shipped with newsbot" if catalog["is_shipped"] else "of our own"
    sentences = [
        f"News articles were collected with newsbot {manifest['newsbot']} from a catalog of "
        f"{_number(catalog['sources'], 'source')} {origin} (SHA-256 {catalog['sha256'][:12]}).",
        f'By the settings of that time, pages of the network were requested as "{settings["user_agent"]}"; robots.txt '
        f"{robots}, certificates of servers {verified}, and answers {kept} as WARC files. Pages that others had saved "
        f"were read as they were.",
        _found(manifest),
        *([_parts(counts)] if counts["articles"] else []),
    ]
    return " ".join(sentences)


def _found(manifest: dict[str, Any]) -> str:
    counts, database = manifest["counts"], manifest["database"]
    at = datetime.fromisoformat(manifest["queried_at"])
    between = (
        f", published between {counts['first_day']} and {counts['last_day']} (local days)"
        if counts["first_day"]
        else ""
    )
    origin = (
        f", from {_number(counts['sources'], 'source')} and in {_number(counts['languages'], 'language')}"
        if counts["articles"]
        else ""
    )
    return (
        f"On {at.day} {at:%B %Y} at {at:%H:%M} UTC the database ({database['kind']}, schema {database['schema']}) had "
        f"{_number(counts['articles'], 'article')} {_query(manifest['query'])}{origin}{between}."
    )


def _query(query: dict[str, Any]) -> str:
    words = [f"that match the query \u201c{query['words']}\u201d"] if query["words"].strip() else []
    filters = [
        text.format(", ".join(value) if isinstance(value, list | tuple) else value)
        for name, text in _FILTERS.items()
        if (value := query["filters"].get(name)) is not None
    ]
    days = [f"{name} {day}" for name in _DAYS if (day := query["filters"].get(name)) is not None]
    published = [f"published {' and '.join(days)}"] if days else []
    return ", ".join([*words, *filters, *published]) or "in all"


def _parts(counts: dict[str, Any]) -> str:
    parts = [
        f"Among them: copies of another article, {counts['duplicates']:,}; without a date, and counted by when they were "
        f"first seen, {counts['undated']:,}.",
        f"Text and metadata were read by these versions of the rules: {_listed(counts['by_extractor_version'])}.",
        f"People, organisations and places were recognised by {_listed(counts['by_entity_engine'])}.",
    ]
    if counts["stubs"]:
        parts.append(f"Of {_number(counts['stubs'], 'more article')} only the entry in a feed is known.")
    return " ".join(parts)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} ({_number(count, 'article')})" for name, count in counts.items())


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
