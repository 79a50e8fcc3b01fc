"""The words of all articles by language and stem: a query for a word looks up its forms here.

A transaction that adds articles adds their new words before it commits, and no word is ever removed. So every word of
the full-text index is here, and the stems of another version of the rules need no new index, only new stems.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, TextClause, column, func, select, table, text

from newsbot.query.query_words import is_inflected
from newsbot.query.stems import stem
from newsbot.store.sql import deferred, locks
from newsbot.store.sql.locks import Rank

MAX_REMEMBERED = 300_000
"""Number of words that a connection remembers to be stored, about 30 MB."""
_REMEMBERED = "newsbot_vocabulary"
"""Key in the `info` of a connection: language -> words that other transactions have committed."""

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
_ADD = text(
    "INSERT INTO article_search_words (language, stem, word) VALUES (:language, :stem, :word)"
    " ON CONFLICT DO NOTHING"
)


def collect_words(connection: Connection, language: str, words: Iterable[str]) -> None:
    """Note words of an article, to be stored when the transaction ends; `language` is that of its rules."""
    work = deferred.collect(connection, Rank.VOCABULARY, _NewWords)
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
    names = ("language", "stem", "word")
    connection.execute(_ADD, [dict(zip(names, row, strict=True)) for row in words])


class _NewWords:
    """The words of the articles that a transaction adds."""

    def __init__(self) -> None:
        self.words: defaultdict[str, set[str]] = defaultdict(set)

    def write(self, connection: Connection) -> None:
        """Store the words that are not stored yet, in their order."""
        remembered: dict[str, set[str]] = connection.info.setdefault(_REMEMBERED, {})
        rows = {
            (language, stem(word, language), word)
            for language, words in self.words.items()
            for word in words - remembered.get(language, set())
            if is_inflected(word)
        }
        if not rows:
            return
        known = present(connection, rows)
        _remember(remembered, known)
        new = sorted(rows - known)
        if new:
            locks.note(connection, Rank.VOCABULARY, new)
            add(connection, new)


def _remember(remembered: dict[str, set[str]], known: Iterable[Row]) -> None:
    """Remember words that are stored; those of the own transaction are not among them, as it may be rolled back."""
    if sum(map(len, remembered.values())) > MAX_REMEMBERED:
        remembered.clear()
    for language, _, word in known:
        remembered.setdefault(language, set()).add(word)


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
