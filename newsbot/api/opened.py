"""`newsbot.open`: search, count and read what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from os import PathLike, fspath
from types import TracebackType
from typing import Generic, Self, TypeVar, Unpack, get_args

from sqlalchemy.orm import Session

from newsbot.api.columns import ARTICLE_COLUMNS, CHANGE_COLUMNS, HIT_COLUMNS
from newsbot.api.filter_values import FilterValues, Names, SourceFilters, filters_of, names_of
from newsbot.api.results import Counts, Listed, Results
from newsbot.errors import InputError, UsageError
from newsbot.jobs.count_tables import column_names, row_values
from newsbot.query.written_values import unknown_value
from newsbot.settings import configuration
from newsbot.store import database as stores
from newsbot.store.queries import (
    BY,
    By,
    ChangeFilters,
    ChangeKind,
    CountRow,
    Hit,
    LoggedChange,
    Sort,
    StoredArticle,
    attention,
    change_json,
    check_query,
    count_articles,
    get_article,
    hit_json,
    iter_articles,
    list_changes,
    narrow,
    read_cursor,
    search,
    stored_json,
)

T = TypeVar("T")

CHANGES_PAGE, FULL_CHANGES_PAGE = 500, 20
"""Number of changes that are read in one transaction; fewer with the whole articles."""


def open_database(url_or_path: str | PathLike[str] | None = None) -> Database:
    """Return the database of a URL or of the path of an SQLite file, opened to read; without one, the configured database.

    Raises NewsbotError, in one line, if it does not exist, is not newsbot's or was made by another version."""
    return Database(_url(url_or_path))


def _url(given: str | PathLike[str] | None) -> str:
    if given is None:
        return configuration().database_url
    if not isinstance(given, str | PathLike):
        raise UsageError(f"{given!r} is no database; accepted: a URL, or the path of an SQLite file")
    text = fspath(given)
    return text if "://" in text else f"sqlite:///{text}"


class Database:
    """A database, opened to read. Use it in a `with` statement, or call `close`.

    Filters are the same everywhere: `source`, `exclude_source`, `tag`, `language`, `country`, `section`, `entity` and `kind` take
    a text (several names separated by commas) or a list; `since` and `until` take a date or a text such as "7d". A filter or
    a value that does not exist is an error (NewsbotError) of one line."""

    def __init__(self, url: str) -> None:
        self._database = stores.Database(url).open(migrate=False)
        self.url = self._database.url
        """Its URL, without a password."""
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<newsbot database {self.url}>"

    def close(self) -> None:
        """Close every connection. What asks the database later raises UsageError."""
        self._is_closed = True
        self._database.close()

    @property
    def _stored(self) -> stores.Database:
        if self._is_closed:
            raise UsageError(
                f"the database {self.url} is closed; ask it within its `with` statement, or open it again"
            )
        return self._database

    def search(
        self, query: str, *, limit: int | None = 20, sort: Sort = "relevance", **filters: Unpack[FilterValues]
    ) -> Listed[Hit]:
        """Return the articles that a query finds, best first; with `sort="date"`, newest first. `limit=None`: all of them.

        All results are in memory; `articles` goes through any number, with their texts.
        The query language is described in docs/query-language.md. `total` of the result is the number of all that it finds."""
        if not isinstance(query, str) or not query.strip():
            raise UsageError(
                f"the query is {query!r}; accepted: words to search for; articles() lists without a query"
            )
        wanted = filters_of(filters, now=datetime.now(UTC), limit=limit, sort=sort)

        def found(session: Session) -> Listed[Hit]:
            most = limit or max(1, count_articles(session, query, wanted))
            hits = search(session, query, replace(wanted, limit=most))
            total = count_articles(session, query, wanted) if len(hits) == limit else len(hits)
            return Listed(hits, hit_json, HIT_COLUMNS, total)

        return self._stored.ask(found)

    def count(
        self, *queries: str, by: By | None = None, share: bool = False, **filters: Unpack[FilterValues]
    ) -> Counts[CountRow]:
        """Return how many articles each query finds, side by side; without a query, of all articles.

        `by` makes one row for each day, week, month, source, tag, language, country or entity. With `share` there are columns
        with the number of all articles, and with the share of each query in percent."""
        _check_texts(queries)
        if by is not None and by not in BY:
            raise UsageError(unknown_value("group", str(by), list(BY)))
        wanted = filters_of(filters, now=datetime.now(UTC))
        asked = queries or ("",)
        found = self._stored.ask(lambda session: attention(session, asked, wanted, by=by, with_shares=share))
        columns = column_names(found)
        return Counts(
            found.rows if by else (found.total,),
            lambda row: dict(zip(columns, row_values(found, row), strict=True)),
            columns,
            dict(zip(asked, found.total.counts, strict=True)),
        )

    def articles(
        self,
        query: str = "",
        *,
        limit: int | None = None,
        sort: Sort = "id",
        **filters: Unpack[FilterValues],
    ) -> Results[StoredArticle]:
        """Return the articles that a query finds with everything known of them, without one all, oldest row first.

        They are loaded a few at a time, so that any number of them may be gone through."""
        _check_texts([query])
        wanted = filters_of(filters, now=datetime.now(UTC), limit=limit, sort=sort)

        def check(session: Session) -> None:
            check_query(session, query)
            narrow(session, wanted)

        def found() -> Iterator[StoredArticle]:
            with self._stored.read() as session:
                yield from iter_articles(session, wanted, query)

        self._stored.ask(check)
        return Results(_Asked(found), stored_json, ARTICLE_COLUMNS)

    def article(self, id_or_url: int | str) -> StoredArticle:
        """Return the article with this id, or with this URL in any form. Raises InputError if there is none."""
        if not isinstance(id_or_url, int | str):
            raise UsageError(f"the article is {id_or_url!r}; accepted: its id, or its URL as a text")
        found = self._stored.ask(lambda session: get_article(session, id_or_url))
        if found is None:
            raise InputError(f"no article {id_or_url!r}; accepted: the id or any URL of a stored article")
        return found

    def changes(
        self,
        cursor: str | int | None = None,
        *,
        kind: Names = (),
        silent: bool = False,
        full: bool = False,
        **filters: Unpack[SourceFilters],
    ) -> Results[LoggedChange]:
        """Return what has happened to articles after a cursor, oldest change first; without one, from the beginning.

        Keep the `cursor` of the last change that you have dealt with, and go on from there. `kind` names kinds of changes;
        `silent` keeps edits that nothing on the page owns up to. With `full`, `article` has all its fields."""
        wanted = filters_of(filters, now=datetime.now(UTC), accepted=SourceFilters.__annotations__)
        kinds = tuple(_change_kinds(names_of("kind", kind)))

        def start(session: Session) -> tuple[int, ChangeFilters]:
            after = read_cursor(session, str(cursor or 0))
            return after, ChangeFilters(kinds=kinds, only_silent=silent, articles=narrow(session, wanted))

        after, change_filters = self._stored.ask(start)
        pages = _Asked(lambda: self._pages(after, change_filters, full=full))
        return Results(pages, change_json, CHANGE_COLUMNS)

    def _pages(self, after: int, filters: ChangeFilters, *, full: bool) -> Iterator[LoggedChange]:
        limit, has_more = FULL_CHANGES_PAGE if full else CHANGES_PAGE, True
        while has_more:
            with self._stored.read() as session:
                page = list_changes(session, after=after, limit=limit, filters=filters, full=full)
            yield from page.changes
            after, has_more = page.after, page.has_more


class _Asked(Generic[T]):
    """Asks the database each time that somebody goes through it."""

    def __init__(self, ask: Callable[[], Iterator[T]]) -> None:
        self._ask = ask

    def __iter__(self) -> Iterator[T]:
        return self._ask()


def _check_texts(queries: Iterable[object]) -> None:
    """Raise UsageError if a query is no text: several are arguments of their own, not a list."""
    for query in queries:
        if not isinstance(query, str):
            raise UsageError(
                f'a query is {query!r}; accepted: texts, one after the other ("ferry", "museum")'
            )


def _change_kinds(names: Iterable[str]) -> Iterator[ChangeKind]:
    known: dict[str, ChangeKind] = {kind: kind for kind in get_args(ChangeKind)}
    for name in names:
        if name not in known:
            raise UsageError(unknown_value("kind of change", name, list(known)))
        yield known[name]
