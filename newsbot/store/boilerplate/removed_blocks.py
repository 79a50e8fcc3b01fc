"""The paragraphs that were removed from stored articles; a text that many articles of a source lost is stored once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select

from newsbot.items import Article, Removed
from newsbot.store.schema.models import RemovedBlock, RemovedText
from newsbot.store.schema.types import storable, stored_name
from newsbot.store.sql import deferred, dialect, locks
from newsbot.store.sql.compiled import CompiledStatement
from newsbot.store.sql.locks import Rank

_TEXTS = (RemovedText.digest, RemovedText.source, RemovedText.key, RemovedText.text)
_OF_ARTICLE = (
    select(*_TEXTS, RemovedBlock.place, RemovedBlock.is_learnt)
    .join(RemovedBlock, RemovedBlock.digest == RemovedText.digest)
    .where(RemovedBlock.article_id == bindparam("known_id"))
    .order_by(RemovedBlock.place)
)
_READ = CompiledStatement(_OF_ARTICLE)
_DELETE = CompiledStatement(delete(RemovedBlock).where(RemovedBlock.article_id == bindparam("known_id")))
_INSERT = CompiledStatement(insert(RemovedBlock.metadata.tables["removed_blocks"]))


def removed_of(connection: Connection, article_id: int) -> list[Removed]:
    """Return what was removed from the text of a stored article, in the order of the places."""
    rows = _READ.rows(connection, {"known_id": article_id})
    return [
        Removed(place=place, text=text, key=key, is_learnt=bool(is_learnt))
        for _, _, key, text, place, is_learnt in rows
    ]


def store_removed(connection: Connection, article_id: int, article: Article, *, is_new: bool = False) -> None:
    """Store what was removed from an article, in place of what was stored of it; written when the transaction ends.

    With `is_new`, nothing is stored of it yet, and nothing is done if nothing was removed."""
    if article.removed or not is_new:
        removals = deferred.collect(connection, Rank.REMOVED_TEXTS, _Removals)
        removals.waiting[article_id] = _Removal(article.source, article.removed, is_new)


class _Removal(NamedTuple):
    """What was removed from one article."""

    source: str | None
    paragraphs: Sequence[Removed]
    is_new: bool


class _Text(NamedTuple):
    """A row of `removed_texts` without its count."""

    digest: bytes
    source: str | None
    key: bytes
    text: str


class _Removals:
    """What a transaction has yet to store, by article."""

    def __init__(self) -> None:
        self.waiting: dict[int, _Removal] = {}

    def write(self, connection: Connection) -> None:
        """Write the texts in the order of their digests, which locks them until the commit, then the blocks."""
        changes: dict[_Text, int] = defaultdict(int)
        blocks: list[dict[str, Any]] = []
        emptied: list[int] = []
        for article_id, removal in self.waiting.items():
            before = [] if removal.is_new else _stored_texts(connection, article_id)
            if before:
                emptied.append(article_id)
            for text in before:
                changes[text] -= 1
            for paragraph in removal.paragraphs:
                text = _text(removal.source, paragraph)
                changes[text] += 1
                row = {"article_id": article_id, "place": paragraph.place, "digest": text.digest}
                blocks.append(row | {"is_learnt": paragraph.is_learnt})
        for article_id in emptied:
            _DELETE.run(connection, {"known_id": article_id})
        _count(connection, changes.items())
        if blocks:
            _INSERT.run(connection, *blocks)


def _stored_texts(connection: Connection, article_id: int) -> list[_Text]:
    return [_Text(*row[:4]) for row in _READ.rows(connection, {"known_id": article_id})]


def _count(connection: Connection, changes: Iterable[tuple[_Text, int]]) -> None:
    rows = [text._asdict() | {"article_count": change} for text, change in sorted(changes) if change]
    if rows:
        locks.note(connection, Rank.REMOVED_TEXTS, [row["digest"] for row in rows])
        dialect.insert_adding(connection, RemovedText, rows, ("article_count",))


def _text(source: str | None, paragraph: Removed) -> _Text:
    name, text = None if source is None else stored_name(source), storable(paragraph.text)
    digest = blake2b(paragraph.key + repr((name, text)).encode(), digest_size=16).digest()
    return _Text(digest, name, paragraph.key, text)
