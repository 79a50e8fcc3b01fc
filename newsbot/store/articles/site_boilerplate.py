"""Boilerplate of each source: learnt as articles are stored, removed from new and from stored articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.orm import Session

from newsbot.cleaning.boilerplate import MEMORY, Tally, block_keys, kept_places, series_marks
from newsbot.items import STUB, Article, Mention
from newsbot.store.articles.loading import StoredArticle, load_articles
from newsbot.store.articles.writer import Saved, apply_rules_to
from newsbot.store.schema.identity import article_keys, url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, BoilerplateBlock, BoilerplateSite
from newsbot.store.schema.types import stored_name
from newsbot.store.sql import deferred, dialect, locks
from newsbot.store.sql.compiled import CompiledStatement
from newsbot.store.sql.locks import Rank
from newsbot.text import word_count

MAX_LAYERS = 4
"""Number of times that blocks are looked for: removing boilerplate may bring further blocks to the end of the text."""
PARTING = "\n\n"
_TALLY = ("article_count", "weight", "last_article", "marks", "is_learnt")

_OF_SOURCE = BoilerplateBlock.source == bindparam("of_source")
_COLUMNS = [getattr(BoilerplateBlock, name) for name in _TALLY]
_FORGET = CompiledStatement(
    delete(BoilerplateBlock).where(_OF_SOURCE, BoilerplateBlock.last_article <= bindparam("until"))
)
# No condition on the source: SQLite would read all articles of the source instead of those of the story.
_OTHERS = select(ArticleRow.source).where(
    ArticleRow.story_id == bindparam("story"), ArticleRow.id != bindparam("new_id")
)


class Found(NamedTuple):
    """A stored article that contains boilerplate."""

    article_id: int
    url: str
    texts: list[str]
    """The paragraphs that would be removed."""


def remove_learnt(session: Session, article: Article, site_blocks: dict[bytes, str]) -> bool:
    """Remove the boilerplate of its source from `body`, keep mentions in step; return whether anything was removed.

    Adds the blocks of the body by their keys to `site_blocks`, which `learn` needs."""
    if article.source is None:
        return False
    for layer in range(MAX_LAYERS):
        texts = article.body.split(PARTING)
        keys = _body_keys(article.body)
        site_blocks |= {key: texts[place] for place, key in keys.items()}
        learnt = _learnt(session.connection(), article.source, keys.values())
        kept = kept_places(texts, learnt) if learnt else range(len(texts))
        if len(kept) == len(texts):
            return layer > 0
        _keep(article, texts, kept)
    return True


def learn(
    session: Session, saved: Saved, article: Article, site_blocks: Mapping[bytes, str], *, now: datetime
) -> None:
    """Count the blocks of a new article among those of its source. The rows are written when the transaction ends."""
    connection = session.connection()
    if (
        article.kind == STUB
        or article.source is None
        or _repeats_story_of_source(connection, saved, article.source)
    ):
        return
    lessons = deferred.collect(connection, Rank.BOILERPLATE, _Lessons)
    lesson = _Lesson(stored_name(article.source), series_marks(article), dict(site_blocks), now)
    lessons.waiting.append(lesson)


class _Lesson(NamedTuple):
    """What a new article says about the boilerplate of its source."""

    source: str
    marks: Collection[str]
    site_blocks: Mapping[bytes, str]
    now: datetime


class _Lessons:
    """New articles whose blocks a transaction has yet to count."""

    def __init__(self) -> None:
        self.waiting: list[_Lesson] = []

    def write(self, connection: Connection) -> None:
        """Update the counts, source by source. This locks the row of each source until the commit."""
        if self.waiting:
            locks.note(connection, Rank.BOILERPLATE, sorted({lesson.source for lesson in self.waiting}))
        for lesson in sorted(
            self.waiting, key=lambda lesson: lesson.source
        ):  # stable: the order of the articles
            _count(connection, lesson)


def _count(connection: Connection, lesson: _Lesson) -> None:
    number = _next_number(connection, lesson.source)
    tallies = _tallies(connection, lesson.source, lesson.site_blocks.keys())
    rows = [
        {
            "source": lesson.source,
            "key": key,
            "text": text,
            "first_seen_at": lesson.now,
            "last_seen_at": lesson.now,
            **asdict(tallies.get(key, Tally()).counted(number, lesson.marks)),
        }
        for key, text in lesson.site_blocks.items()
    ]
    renewed = ("text", "last_seen_at", *_TALLY)
    dialect.insert_or_renew(connection, BoilerplateBlock, rows, unique=("source", "key"), renewed=renewed)
    _FORGET.run(connection, {"of_source": lesson.source, "until": number - MEMORY})


def find_outdated(
    session: Session, article: Article, site_blocks: Mapping[bytes, str]
) -> StoredArticle | None:
    """Return the stored version of a page from which boilerplate was removed, without the same boilerplate.

    None if nothing was removed from the page, if it is not stored, or if the stored version has no boilerplate."""
    if site_blocks.keys() <= set(_body_keys(article.body).values()):
        return None
    first_key = url_hash(article_keys(article).url_keys[0])
    known = session.scalar(select(ArticleUrl.article_id).where(ArticleUrl.url_hash == first_key))
    return None if known is None else _without_boilerplate(session, known)


def reclean_same(
    session: Session, article: Article, site_blocks: Mapping[bytes, str], *, run_id: int | None, now: datetime
) -> None:
    """Remove boilerplate from the stored version of a page from which it was removed, so that this is not an edit.

    To be called after `batch_locks.lock_articles`: the article that is stored next needs locks of lower ranks."""
    outdated = find_outdated(session, article, site_blocks)
    if outdated is not None:
        _store_cleaned(session, outdated, run_id=run_id, now=now)


def reclean_article(session: Session, article_id: int, *, run_id: int | None, now: datetime) -> bool:
    """Remove learnt boilerplate from a stored article, as a change by rules; return whether there was any."""
    outdated = _without_boilerplate(session, article_id)
    if outdated is not None:
        _store_cleaned(session, outdated, run_id=run_id, now=now)
    return outdated is not None


def _without_boilerplate(session: Session, article_id: int) -> StoredArticle | None:
    stored = load_articles(session, [article_id])[0]
    return stored if remove_learnt(session, stored.article, {}) else None


def _store_cleaned(session: Session, cleaned: StoredArticle, *, run_id: int | None, now: datetime) -> None:
    article = cleaned.article
    apply_rules_to(session, cleaned.id, article, keys=article_keys(article), run_id=run_id, now=now)


def find_boilerplate(session: Session, article_ids: Sequence[int]) -> list[Found]:
    """Return the articles that contain learnt boilerplate; nothing is changed."""
    found = []
    for stored in load_articles(session, article_ids):
        before = stored.article.body.split(PARTING)
        if remove_learnt(session, stored.article, {}):
            gone = Counter(before) - Counter(stored.article.body.split(PARTING))
            found.append(Found(stored.id, stored.article.url, list(gone.elements())))
    return found


def boilerplate_sources(session: Session) -> list[str]:
    """Return the keys of the sources with learnt boilerplate."""
    query = select(BoilerplateBlock.source).where(BoilerplateBlock.is_learnt).distinct()
    return list(session.scalars(query.order_by(BoilerplateBlock.source)))


def ids_of_source(session: Session, source: str, *, after: int, limit: int) -> list[int]:
    """Return the next `limit` ids of articles of a source that are greater than `after`, in their order."""
    query = select(ArticleRow.id).where(
        ArticleRow.source == source, ArticleRow.id > after, ArticleRow.kind != STUB
    )
    return list(session.scalars(query.order_by(ArticleRow.id).limit(limit)))


def _body_keys(body: str) -> Mapping[int, bytes]:
    return block_keys(body.split(PARTING))


def _keep(article: Article, texts: Sequence[str], kept: Sequence[int]) -> None:
    """Reduce the body to these paragraphs and move the mentions with them."""
    moves: list[tuple[int, int, int]] = []
    start, new_start = 0, 0
    for place, text in enumerate(texts):
        if place in kept:
            moves.append((start, start + len(text), new_start - start))
            new_start += len(text) + len(PARTING)
        start += len(text) + len(PARTING)
    article.body = PARTING.join(texts[place] for place in kept)
    article.word_count = word_count(article.body)
    for entity in article.entities:
        entity.mentions = [moved for mention in entity.mentions if (moved := _moved(mention, moves))]
    article.entities = [entity for entity in article.entities if entity.mentions]


def _moved(mention: Mention, moves: Sequence[tuple[int, int, int]]) -> Mention | None:
    for start, end, shift in moves:
        if start <= mention.start and mention.end <= end:
            return replace(mention, start=mention.start + shift, end=mention.end + shift)
    return None


def _repeats_story_of_source(connection: Connection, saved: Saved, source: str) -> bool:
    """Return whether the source has another article of the same story: what both say is not boilerplate."""
    if saved.story_id is None:
        return False
    others = {"story": saved.story_id, "new_id": saved.article_id}
    return any(other == source for other in connection.scalars(_OTHERS, others))


def _next_number(connection: Connection, source: str) -> int:
    row = {"source": source, "article_count": 1}
    [(number,)] = _count_one_more(connection.dialect.name).rows(connection, row)
    return int(number)


@cache
def _count_one_more(name: str) -> CompiledStatement:
    query = dialect.insert_into(name, BoilerplateSite)
    one_more = {"article_count": BoilerplateSite.article_count + 1}
    counted = query.on_conflict_do_update(index_elements=["source"], set_=one_more)
    return CompiledStatement(counted.returning(BoilerplateSite.article_count))


def _tallies(connection: Connection, source: str, keys: Collection[bytes]) -> dict[bytes, Tally]:
    if not keys:
        return {}
    found = _blocks(len(keys)).rows(connection, _wanted(source, keys))
    return {key: _tally(values) for key, _, *values in found}


def _learnt(connection: Connection, source: str, keys: Collection[bytes]) -> set[bytes]:
    if not keys:
        return set()
    found = _blocks(len(keys), are_learnt=True).rows(connection, _wanted(source, keys))
    return {key for key, number, *values in found if _tally(values).is_boilerplate(number)}


@cache
def _blocks(count: int, *, are_learnt: bool = False) -> CompiledStatement:
    """Return the query for `count` blocks of a source: their keys, the number of articles of the source, their tallies."""
    query = (
        select(BoilerplateBlock.key, BoilerplateSite.article_count, *_COLUMNS)
        .join(BoilerplateSite, BoilerplateSite.source == BoilerplateBlock.source)
        .where(_OF_SOURCE, BoilerplateBlock.key.in_([bindparam(f"key_{place}") for place in range(count)]))
    )
    return CompiledStatement(query.where(BoilerplateBlock.is_learnt) if are_learnt else query)


def _wanted(source: str, keys: Collection[bytes]) -> dict[str, Any]:
    return {"of_source": source} | {f"key_{place}": key for place, key in enumerate(keys)}


def _tally(values: Iterable[Any]) -> Tally:
    return Tally(**dict(zip(_TALLY, values, strict=True)))
