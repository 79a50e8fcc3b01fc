"""The words of all articles by language and stem: a query for a word looks up its forms here.

A transaction that adds articles adds their new words before it commits, and no word is ever removed. So every word of
the full-text index is here, and the stems of another version of the rules need no new index, only new stems.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby, repeat
from operator import itemgetter

from sqlalchemy import Connection, TextClause, column, func, select, table, text

from newsbot.query.query_words import is_inflected
from newsbot.query.stems import stem_all
from newsbot.store.sql import deferred, locks
from newsbot.store.sql.locks import Rank

MAX_REMEMBERED = 300_000
"""Number of words that a process remembers to be stored, about 30 MB."""

Row = tuple[str, str, str]
"""Language of the rules (`stems.rules_of`), stem, word."""

_JOINED = {
    "sqlite": "FROM json_each(:asked) AS a CROSS JOIN article_search_words AS w"
    " ON w.language = json_extract(a.value, '$[0]') AND w.stem = json_extract(a.value, '$[1]')",
    "postgresql": "FROM unnest(CAST(:languages AS text[]), CAST(:stems AS text[]), CAST(:words AS text[]))"
    " AS a (language, stem, word) JOIN article_search_words AS w ON w.language = a.language AND w.stem = a.stem",
}
_SAME_WORD = {
    "sqlite": " AND w.word = json_extract(a.value, '$[2]')",
    "postgresql": " AND w.word = a.word",
}
_FORMS = {name: text(f"SELECT w.language, w.stem, w.word {joined}") for name, joined in _JOINED.items()}
_PRESENT = {
    name: text(f"SELECT w.language, w.stem, w.word {joined}{_SAME_WORD[name]}")
    for name, joined in _JOINED.items()
}
WORDS = table("article_search_words", column("language"), column("stem"), column("word"))
_ADD_TO_SQLITE = (
    "INSERT INTO article_search_words (language, stem, word) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
)
# Stems and words have no spaces. One text for all of them takes a hundredth of the time of an INSERT for each.
_ADD_TO_POSTGRESQL = text(
    "INSERT INTO article_search_words (language, stem, word) SELECT :language, stem, word"
    " FROM unnest(string_to_array(:stems, ' '), string_to_array(:words, ' ')) AS given (stem, word)"
    " ON CONFLICT DO NOTHING"
)


class StoredWords:
    """Words of a database that are known to be stored, for all transactions of a process. May be used from many threads."""

    def __init__(self) -> None:
        self._words: defaultdict[str, set[str]] = defaultdict(set)
        """Language of the rules -> words."""

    def without(self, language: str, words: set[str]) -> set[str]:
        """Return those of the words of a language that are not known to be stored."""
        return words - self._words[language]

    def remember(self, rows: Iterable[Row]) -> None:
        """Take in words that a transaction has committed; beyond `MAX_REMEMBERED`, all others are forgotten."""
        if sum(map(len, self._words.values())) > MAX_REMEMBERED:
            self._words = defaultdict(set)
        for language, _, word in rows:
            self._words[language].add(word)


@contextmanager
def remembering(connection: Connection, known: StoredWords) -> Iterator[None]:
    """Let a transaction leave out words that are known to be stored, and remember its own if it is committed inside."""
    work = deferred.collect(connection, Rank.VOCABULARY, lambda: _NewWords(known))
    yield
    known.remember(work.added)


def collect_words(connection: Connection, language: str, words: Iterable[str]) -> None:
    """Note words of an article, to be stored when the transaction ends; `language` is that of its rules."""
    work = deferred.collect(connection, Rank.VOCABULARY, lambda: _NewWords(StoredWords()))
    work.words[language].update(words)


def forms_of(
    connection: Connection, asked: Collection[tuple[str, str]]
) -> Mapping[tuple[str, str], Sequence[str]]:
    """Return (language, stem) -> the words of articles with this stem, sorted; pairs without words are left out."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for language, stemmed, word in _matching(connection, _FORMS, [(*pair, "") for pair in asked]):
        found[language, stemmed].append(word)
    return {pair: sorted(words) for pair, words in found.items()}


def present(connection: Connection, words: Collection[Row]) -> set[Row]:
    """Return those of the words that are stored."""
    return set(_matching(connection, _PRESENT, words))


def beginning_with(
    connection: Connection, start: str, languages: Iterable[str], lengths: range, limit: int
) -> set[str]:
    """Return words of some lengths whose stems begin with `start`, at most `limit` of each language."""
    found: set[str] = set()
    for language in languages:
        query = select(WORDS.c.word).where(
            WORDS.c.language == language,
            WORDS.c.stem >= start,
            WORDS.c.stem < start + "\U0010ffff",
            func.length(WORDS.c.word).between(lengths.start, lengths.stop - 1),
        )
        found.update(connection.scalars(query.limit(limit)))
    return found


def add(connection: Connection, words: Sequence[Row]) -> None:
    """Store words, which must be sorted; those that are stored stay as they are."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_ADD_TO_SQLITE, list(words))
        return
    for language, rows in groupby(words, key=itemgetter(0)):
        _, stems, written = zip(*rows, strict=True)
        given = {"language": language, "stems": " ".join(stems), "words": " ".join(written)}
        connection.execute(_ADD_TO_POSTGRESQL, given)


class _NewWords:
    """The words of the articles that a transaction adds."""

    def __init__(self, known: StoredWords) -> None:
        self.words: defaultdict[str, set[str]] = defaultdict(set)
        self.added: Sequence[Row] = ()
        """Those that were not known to be stored."""
        self._known = known

    def write(self, connection: Connection) -> None:
        """Store the words that are not known to be stored, in their order."""
        self.added = sorted(
            row for language, words in self.words.items() for row in self._new_rows(language, words)
        )
        if self.added:
            locks.note(connection, Rank.VOCABULARY, self.added)
            add(connection, self.added)

    def _new_rows(self, language: str, words: set[str]) -> Iterator[Row]:
        new = [word for word in self._known.without(language, words) if is_inflected(word)]
        return zip(repeat(language), stem_all(new, language), new)


def _matching(
    connection: Connection, statements: Mapping[str, TextClause], asked: Iterable[Row]
) -> Iterable[Row]:
    rows = list(asked)
    if not rows:
        return []
    name = connection.dialect.name
    if name == "sqlite":
        given: dict[str, object] = {"asked": json.dumps(rows)}
    else:
        columns = zip(*rows, strict=True)
        given = dict(zip(("languages", "stems", "words"), map(list, columns), strict=True))
    return [(row[0], row[1], row[2]) for row in connection.execute(statements[name], given)]
