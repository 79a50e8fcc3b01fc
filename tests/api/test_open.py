"""`newsbot.open` over a database with a few articles."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

import newsbot
from newsbot.api import Database, results
from newsbot.items import article_json
from newsbot.jobs.count_tables import table_of
from newsbot.store import database as stores
from newsbot.store.queries import Filters, attention, stored_json
from tests.store.samples import LATER, NOW, article, load, save, save_all

Refused = Callable[[Database], object]
untyped: Any = newsbot
"""Without its types, for what is none of them."""


@pytest.fixture(scope="module")
def url(module_database_url: str) -> str:
    """The URL of a database with five articles, of which one has changed. Only for reading."""
    database = stores.Database(module_database_url).open()
    told = [article(number, source="a" if number % 2 else "b") for number in range(1, 5)]
    save_all(database, [*told, article(5, source="b", language="de", title="Ein Hafen")])
    save(database, article(1, source="a", title="Harbour closed"), now=LATER)
    database.close()
    return module_database_url


@pytest.fixture(scope="module")
def db(url: str) -> Iterator[Database]:
    with newsbot.open(url) as database:
        yield database


def test_search_has_its_results_and_their_total(db: Database) -> None:
    found = db.search("harbour", limit=2)
    assert (len(found), found.total) == (2, 5)
    assert [hit.id for hit in found] == [found[0].id, found[1].id]
    assert found[0].title
    assert repr(found) == "<2 of 5 articles>"
    assert [hit.id for hit in db.search("harbour", limit=None)][:2] == [hit.id for hit in found]


def test_search_without_a_limit_has_all(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbot.store.search.ranked.DEFAULT_LIMIT", 2)
    found = db.search("harbour", limit=None)
    assert (len(found), found.total) == (5, 5)
    assert db.search("nothing-at-all", limit=None).total == 0


def test_closed_database_is_not_asked(url: str) -> None:
    with newsbot.open(url) as database:
        listed = database.articles()
    for ask in (lambda: database.search("harbour"), lambda: list(listed), lambda: list(database.changes())):
        with pytest.raises(newsbot.NewsbotError, match="is closed; ask it within its `with` statement"):
            ask()


def test_filters_are_texts_lists_dates_and_ages(db: Database) -> None:
    assert db.search("harbour", source="a").total == 2
    assert db.search("harbour", source="a,b", language=["en"]).total == 4
    assert db.search("harbour", exclude_source=["a"], kind="article").total == 3
    first = (NOW.date(), NOW, "2026-03-01")
    assert [db.search("harbour", since=day).total for day in first] == [0, 0, 0]
    assert db.search("harbour", until=date(2026, 2, 27), since="2026-02-26").total == 2
    assert db.search("harbour", since=datetime(2026, 2, 28, 12)).total == 1  # noqa: DTZ001 - read as UTC
    assert db.search("harbour", source=None).total == 5


def test_counts_have_totals_and_the_columns_of_the_command(db: Database) -> None:
    found = db.count("harbour", "closed", by="source", share=True, language="en")
    assert found.totals == {"harbour": 4, "closed": 1}
    assert found.to_dicts()[0] == {
        "source": "a", "name": "a", "harbour": 2, "closed": 1, "all articles": 2, "harbour (%)": 100.0, "closed (%)": 50.0,
    }  # fmt: skip
    assert db.count("harbour").to_dicts() == [{"harbour": 5}]
    assert db.count().totals == {"": 5}
    assert repr(db.count("closed")) == "<counts {'closed': 1}>"


def test_counts_are_those_of_the_csv(db: Database, url: str) -> None:
    database = stores.Database(url)
    with database.read() as session:
        found = attention(session, ["harbour"], Filters(), by="day")
    database.close()
    heading, *rows = table_of(found, found.rows)
    assert db.count("harbour", by="day").to_dicts() == [dict(zip(heading, row, strict=True)) for row in rows]


def test_articles_are_loaded_each_time_that_they_are_gone_through(db: Database) -> None:
    found = db.articles(source="b")
    assert [[stored.id for stored in found] for _ in range(2)] == [[2, 4, 5]] * 2
    assert [stored.id for stored in db.articles("closed")] == [1]
    assert [stored.id for stored in db.articles(sort="date", limit=2)] == [1, 2]
    assert found.to_dicts()[0] == stored_json(next(iter(found)))


def test_article_is_found_by_id_and_by_url(db: Database) -> None:
    for reference in (2, "2", "http://www.news.example/harbour/2?utm_source=x"):
        stored = db.article(reference)
        assert (stored.id, stored.article.id, stored.article.title) == (2, 2, "Harbour opened, part 2")
    assert stored.to_dict() == stored_json(stored)


def test_changes_go_on_after_a_cursor(db: Database) -> None:
    changes = list(db.changes())
    assert [change.change for change in changes] == ["new"] * 5 + ["revised"]
    assert [change.number for change in db.changes(changes[3].cursor)] == [5, 6]
    assert list(db.changes(changes[-1].cursor)) == []
    [revised] = db.changes(kind="revised", source="a", full=True).to_dicts()
    assert revised["title"] == {"before": "Harbour opened, part 1", "after": "Harbour closed"}
    assert revised["article"]["body"]


def test_changes_of_many_pages_are_all_there(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbot.api.opened.CHANGES_PAGE", 2)
    assert [change.number for change in db.changes()] == [1, 2, 3, 4, 5, 6]


def test_tables_have_times_as_times(db: Database) -> None:
    found = db.search("harbour", sort="date")
    pandas, polars = found.to_pandas(), found.to_polars()
    assert list(pandas.title) == polars["title"].to_list() == [hit.title for hit in found]
    assert isinstance(pandas.published_at.dtype, pd.DatetimeTZDtype)
    assert polars.schema["published_at"] == pl.Datetime("us", "UTC")
    assert len(db.articles().to_pandas()) == len(db.articles().to_polars()) == 5


def test_tables_without_rows_have_their_columns(db: Database) -> None:
    for found in (
        db.search("nothing-at-all"),
        db.articles("nothing-at-all"),
        db.changes(6),
        db.count("nothing-at-all", by="source"),
    ):
        assert found.to_dicts() == []
        assert list(found.to_pandas()) == found.to_polars().columns == list(found.columns)
    full = (db.search("harbour"), db.articles(), db.changes(), db.count("harbour", by="source", share=True))
    for found in full:
        assert tuple(found.to_dicts()[0]) == found.columns


def test_missing_library_is_named(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(
        newsbot.NewsbotError, match=r"^to_pandas\(\) needs the package pandas: pip install pandas$"
    ):
        db.count().to_pandas()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        pytest.param(
            lambda db: db.search("a", sauce="b"), "no filter 'sauce'; did you mean source", id="filter"
        ),
        pytest.param(lambda db: db.search("a", source="c"), "no source 'c'; accepted: a, b", id="source"),
        pytest.param(
            lambda db: db.articles(language="english"), "no language 'english'; .* de, en", id="language"
        ),
        pytest.param(
            lambda db: db.search("a", source=3), "source is 3; accepted: a text, or a list", id="type"
        ),
        pytest.param(
            lambda db: db.search("a", tag=["a", 3]), "tag is .* accepted: a text, or a list", id="list"
        ),
        pytest.param(lambda db: db.search("a", since="soon"), "since: 'soon' is no date; accepted", id="day"),
        pytest.param(lambda db: db.search("a", until=3), "until is 3; accepted: a date", id="day's type"),
        pytest.param(lambda db: db.search("a", kind="x"), "no kind 'x'; accepted: article", id="kind"),
        pytest.param(lambda db: db.search("a", limit=0), "limit is 0; accepted: a number", id="limit"),
        pytest.param(
            lambda db: db.search("a", sort="size"), "sort is 'size'; accepted: relevance", id="sort"
        ),
        pytest.param(lambda db: db.search(" "), "the query is ' '; accepted: words", id="no words"),
        pytest.param(lambda db: db.search(None), "the query is None; accepted: words", id="nothing"),
        pytest.param(
            lambda db: db.count(["a", "b"], by="week"),
            r"a query is \['a', 'b'\]; accepted: texts, one after",
            id="list of queries",
        ),
        pytest.param(lambda db: db.articles(None), "a query is None; accepted: texts", id="no query"),
        pytest.param(lambda db: db.article(None), "the article is None; accepted: its id, or", id="no id"),
        pytest.param(lambda db: db.articles("(a"), "this parenthesis is not closed", id="query"),
        pytest.param(lambda db: db.count("a", by="year"), "no group 'year'; accepted: day", id="group"),
        pytest.param(lambda db: db.changes("x"), "the cursor 'x' cannot be read; accepted", id="cursor"),
        pytest.param(lambda db: db.changes(kind="x"), "no kind of change 'x'; accepted: new", id="change"),
        pytest.param(
            lambda db: db.changes(section="x"), "no filter 'section'; .*accepted: source", id="changes"
        ),
        pytest.param(lambda db: db.article(99), "no article 99; accepted: the id or any URL", id="article"),
        pytest.param(
            lambda db: untyped.open(3), "3 is no database; accepted: a URL, or the path", id="database"
        ),
    ],
)
def test_what_is_not_accepted_is_one_clear_line(db: Database, ask: Refused, message: str) -> None:
    with pytest.raises(newsbot.NewsbotError, match=message) as error:
        ask(db)
    assert "\n" not in str(error.value)


def test_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(newsbot.NewsbotError, match="has stored nothing there yet"):
        newsbot.open(path)
    assert not path.exists()


def test_configured_database_is_opened_without_a_url(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", url)
    with newsbot.open() as database:
        assert database.count().totals == {"": 5}


def test_article_prints_what_it_is_and_no_internals(url: str) -> None:
    database = stores.Database(url)
    stored = load(database, 2).article
    database.close()
    assert stored.to_dict() == article_json(stored)
    assert json.loads(json.dumps(stored.to_dict())) == stored.to_dict()
    printed = repr(stored)
    assert "Harbour opened, part 2" in printed
    assert not [name for name in ("aliases", "claims", "removed", "rules", "body=") if name in printed]


def test_import_costs_nothing() -> None:
    script = (
        "import sys; before = set(sys.modules); import newsbot; print(*sorted({*sys.modules} - before)); "
    )
    script += "assert newsbot.canonicalize and newsbot.open and 'crawl' in dir(newsbot)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["newsbot"]


@pytest.mark.parametrize(
    "name", ["Article", "NewsbotError", "Source", "canonicalize", "crawl", "extract", "open", "recognize"]
)
def test_public_name_is_typed_and_there(name: str) -> None:
    stub = Path(newsbot.__path__[0], "__init__.pyi").read_text("utf-8")
    assert f'"{name}",' in stub
    assert getattr(newsbot, name)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'newsbot' has no attribute 'crawler'"):
        _ = newsbot.crawler  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param((None,), "the page is of type NoneType; accepted: its HTML, as str or bytes", id="None"),
        pytest.param((3,), "the page is of type int", id="number"),
        pytest.param(("<p>", 3), "the URL is of type int; accepted: str, or None", id="URL"),
    ],
)
def test_what_is_no_page_is_a_type_error(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        newsbot.extract(*arguments)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(
            lambda: untyped.canonicalize(None), "the URL is of type NoneType; accepted: str", id="URL"
        ),
        pytest.param(
            lambda: untyped.recognize(None), "the text is of type NoneType; accepted: str", id="text"
        ),
        pytest.param(lambda: untyped.recognize("a", 3), "the language is of type int", id="language"),
    ],
)
def test_what_is_no_text_is_a_type_error(call: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


def test_library_that_needs_another_names_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(name="numpy")

    monkeypatch.setattr(results, "import_module", missing)
    with pytest.raises(newsbot.NewsbotError, match="needs the package numpy"):
        results._library("pandas")
