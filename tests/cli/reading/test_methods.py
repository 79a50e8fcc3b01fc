"""`newsbot methods`: its numbers are those of search and stats, and it is the same again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from newsbot import __version__
from newsbot.cli import newsbot
from newsbot.cli.reading.methods import paragraph
from newsbot.items import Article
from newsbot.store.database import Database
from newsbot.store.queries import Filters, corpus, find_articles, stats
from tests.store.samples import article, save

ROOT = Path(__file__).parents[3]


def methods(url: str, *arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(newsbot, ["methods", *arguments, "--json", "--database", url])
    assert result.exit_code == 0, result.output
    manifest: dict[str, Any] = json.loads(result.output)
    return manifest


@pytest.fixture
def filled(database: Database, database_url: str) -> str:
    for number in (1, 2, 3):
        save(
            database, article(number, extractor_version="extraction-1 cleaning-1", published_offset_min=-720)
        )
    save(database, article(4, source="other.example", language="de", published_at=None))
    save(database, article(5, source="other.example", body=article(1).body, title=article(1).title))
    save(
        database,
        Article(url="https://news.example/stub", title="Harbour", kind="stub", source="news.example"),
    )
    return database_url


@pytest.mark.parametrize(
    ("query", "options", "filters"),
    [
        ("harbour", [], Filters()),
        ("", [], Filters()),
        ("", ["--source", "other.example"], Filters(source=("other.example",))),
        ("mayor", ["--source", "other.example"], Filters(source=("other.example",))),
        ('"no such phrase"', [], Filters()),
        ("harbour -mayor", [], Filters()),
    ],
)
def test_numbers_are_those_of_search(
    filled: str, database: Database, query: str, options: list[str], filters: Filters
) -> None:
    counts = methods(filled, query, *options)["counts"]
    with database.read() as session:
        assert find_articles(session, query, filters, limit=1).total == counts["articles"] + counts["stubs"]


def test_numbers_of_everything_are_those_of_stats(filled: str, database: Database) -> None:
    counts = methods(filled)["counts"]
    with database.read() as session:
        found = stats(session)
    assert (counts["articles"], counts["stubs"]) == (found.article_count, found.stub_count) == (5, 1)
    assert counts["duplicates"] == found.duplicate_count == 1
    assert counts["by_language"] == dict(found.by_language)
    assert counts["by_source"] == {source.source: source.article_count for source in found.by_source}
    assert counts["by_extractor_version"] == {"extraction-1 cleaning-1": 3, "unknown": 2}
    assert counts["by_entity_engine"] == {"rules 1": 5}
    assert (counts["undated"], counts["first_day"], counts["last_day"]) == (1, "2026-02-24", "2026-03-01")


def test_articles_are_counted_in_batches(
    filled: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.read() as session:
        whole = corpus.count_corpus(session, "harbour", Filters())
        monkeypatch.setattr(corpus, "BATCH", 2)
        assert corpus.count_corpus(session, "harbour", Filters()) == whole


def test_manifest_is_the_same_again_but_for_the_time(filled: str) -> None:
    first, second = methods(filled, "harbour"), methods(filled, "harbour")
    for manifest in (first, second):
        del manifest["queried_at"], manifest["text"]
    assert first == second
    assert first["newsbot"] == __version__
    assert all(len(digest) == 64 for digest in first["models"].values())
    assert first["query"] == {"words": "harbour", "filters": {}}


def test_paragraph_says_what_was_asked_and_found(filled: str) -> None:
    manifest = methods(filled, "harbour", "--source", "news.example", "--since", "2026-02-01")
    text = manifest.pop("text")
    assert text == paragraph(manifest)
    assert "3 articles that match the query \u201charbour\u201d, of the source news.example" in text
    assert "published since 2026-02-01" in text
    assert "extraction-1 cleaning-1 (3 articles)" in text
    printed = CliRunner().invoke(newsbot, ["methods", "harbour", "--database", filled]).output
    start, _, rest = printed.partition("\n\n")
    assert start.startswith(f"News articles were collected with newsbot {__version__}")
    assert json.loads(rest)["counts"]["sources"] == 2


def test_paragraph_of_nothing_has_the_days_and_no_sources(filled: str) -> None:
    text = methods(filled, "harbour", "--since", "2025-02-01", "--until", "2025-02-28")["text"]
    wanted = "had 0 articles that match the query \u201charbour\u201d, published since 2025-02-01 and until 2025-02-28."
    assert text.endswith(wanted)


def test_an_empty_database_has_methods_too(database: Database, database_url: str) -> None:
    manifest = methods(database_url)
    assert manifest["counts"]["articles"] == 0
    assert manifest["counts"]["first_day"] is None
    assert "had 0 articles in all" in manifest["text"]


def test_citation_file_has_the_version_of_the_package() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert str(citation["version"]) == __version__
    assert citation.keys() >= {"authors", "message", "title"}
    assert citation["license"] == "MIT"
