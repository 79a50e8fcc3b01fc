from __future__ import annotations

import shlex
from datetime import UTC, datetime

from newsbot import __version__
from newsbot.web.html.citation import CitedSearch, citation, methods_command
from newsbot.web.html.display_names import country_name, language_name

AT = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
URL = "https://news.example/search?q=climate"


def cited(query: str = "climate", **filters: list[str]) -> CitedSearch:
    return CitedSearch(query=query, filters=filters, total="1,234 articles", at=AT, url=URL)


def test_citation_has_query_filters_count_time_version_and_address() -> None:
    search = cited(source=["bbc-news", "guardian"], exclude_source=["x"], since=["2026-03-01"])
    assert citation(search) == (
        f"newsbot {__version__}, search for \u201cclimate\u201d (source: bbc-news, guardian; exclude source: x; "
        f"since: 2026-03-01): 1,234 articles on 20 March 2026, 09:30 UTC. {URL}"
    )


def test_search_without_words_is_cited_as_all_articles() -> None:
    assert "search for all articles: 1,234 articles" in citation(cited("  "))


def test_command_is_quoted_for_a_shell() -> None:
    query = "-football; rm -rf ~ \"a b\" 'c'"
    command = methods_command(cited(query, exclude_source=["a b"]))
    assert shlex.split(command) == ["newsbot", "methods", "--exclude-source=a b", "--", query]
    assert methods_command(cited("")) == "newsbot methods"


def test_codes_have_names() -> None:
    assert (language_name("de"), language_name("xx"), language_name("ckb")) == (
        "German",
        "xx",
        "Central Kurdish",
    )
    assert (country_name("gb"), country_name("DE"), country_name("ZZ")) == ("United Kingdom", "Germany", "ZZ")
