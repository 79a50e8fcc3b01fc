"""Boilerplate of each source: learnt as articles are stored, removed from new ones and from those stored before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.orm import Session

from newsbot.cleaning.boilerplate import MEMORY, Tally, block_keys, kept_places, series_marks
from newsbot.items import Article, Mention
from newsbot.store.articles.loading import load_articles
from newsbot.store.articles.writer import Saved, Saving
from newsbot.store.schema.identity import article_keys, url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, BoilerplateBlock, BoilerplateSite
from newsbot.store.sql import dialect
from newsbot.store.sql.prepared import Ready
from newsbot.text import word_count

MAX_LAYERS = 4
"""How often what lies under removed boilerplate is looked at in turn."""
PARTING = "\n\n"
_TALLY = ("article_count", "weight", "last_article", "marks", "is_learnt")

_OF_SOURCE = BoilerplateBlock.source == bindparam("of_source")
_COLUMNS = [getattr(BoilerplateBlock, name) for name in _TALLY]
_FORGET = Ready(
    delete(BoilerplateBlock).where(_OF_SOURCE, BoilerplateBlock.last_article <= bindparam("until"))
)
# The source is not part of it: SQLite would go through all articles of the source instead of those of the story.
_OTHERS = select(ArticleRow.source).where(
    ArticleRow.story_id == bindparam("story"), ArticleRow.id != bindparam("told_by")
)


class Found(NamedTuple):
    """A stored article with boilerplate in it."""

    article_id: int
    url: str
    texts: list[str]
    """The paragraphs that would go."""


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
    """Count the blocks of an article that is new. Last in its transaction: others of the source wait from here on."""
    connection = session.connection()
    if article.source is None or _is_told_again(connection, saved, article.source):
        return
    number = _next_number(connection, article.source)
    tallies = _tallies(connection, article.source, site_blocks.keys())
    marks = series_marks(article)
    rows = [
        {"source": article.source, "key": key, "text": text, "first_seen_at": now, "last_seen_at": now,
         **asdict(tallies.get(key, Tally()).counted(number, marks))}
        for key, text in site_blocks.items()
    ]  # fmt: skip
    renewed = ("text", "last_seen_at", *_TALLY)
    dialect.insert_or_renew(connection, BoilerplateBlock, rows, unique=("source", "key"), renewed=renewed)
    _FORGET.run(connection, {"of_source": article.source, "until": number - MEMORY})


def reclean_same(
    session: Session, article: Article, site_blocks: Mapping[bytes, str], *, run_id: int | None, now: datetime
) -> None:
    """Remove today's boilerplate from the stored form of a page that has lost some, so that it is not a change."""
    if site_blocks.keys() <= set(_body_keys(article.body).values()):
        return
    first_key = url_hash(article_keys(article).url_keys[0])
    known = session.scalar(select(ArticleUrl.article_id).where(ArticleUrl.url_hash == first_key))
    if known is not None:
        reclean_article(session, known, run_id=run_id, now=now)


def reclean_article(session: Session, article_id: int, *, run_id: int | None, now: datetime) -> bool:
    """Remove today's boilerplate from a stored article, as a change by rules; tell whether there was any."""
    article = load_articles(session, [article_id])[0].article
    if not remove_learnt(session, article, {}):
        return False
    keys = article_keys(article)
    Saving(session.connection(), article, keys, run_id, now, by_rules=True).reapply(article_id)
    return True


def find_boilerplate(session: Session, article_ids: Sequence[int]) -> list[Found]:
    """Return those of the articles that hold today's boilerplate; nothing is changed."""
    found = []
    for stored in load_articles(session, article_ids):
        before = stored.article.body.split(PARTING)
        if remove_learnt(session, stored.article, {}):
            gone = Counter(before) - Counter(stored.article.body.split(PARTING))
            found.append(Found(stored.id, stored.article.url, list(gone.elements())))
    return found


def boilerplate_sources(session: Session) -> list[str]:
    """Return the keys of the sources of which boilerplate is known."""
    query = select(BoilerplateBlock.source).where(BoilerplateBlock.is_learnt).distinct()
    return list(session.scalars(query.order_by(BoilerplateBlock.source)))


def ids_of_source(session: Session, source: str, *, after: int, limit: int) -> list[int]:
    """Return the ids of the next articles of a source, in their order."""
    query = select(ArticleRow.id).where(ArticleRow.source == source, ArticleRow.id > after)
    return list(session.scalars(query.order_by(ArticleRow.id).limit(limit)))


def _body_keys(body: str) -> Mapping[int, bytes]:
    return block_keys(body.split(PARTING))


def _keep(article: Article, texts: Sequence[str], kept: Sequence[int]) -> None:
    """Let the body be those paragraphs only, and move the mentions with them."""
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
        entity.mentions = [moved for each in entity.mentions if (moved := _moved(each, moves))]
    article.entities = [entity for entity in article.entities if entity.mentions]


def _moved(mention: Mention, moves: Sequence[tuple[int, int, int]]) -> Mention | None:
    for start, end, shift in moves:
        if start <= mention.start and mention.end <= end:
            return Mention(start=mention.start + shift, end=mention.end + shift, text=mention.text,
                           type=mention.type)  # fmt: skip
    return None


def _is_told_again(connection: Connection, saved: Saved, source: str) -> bool:
    """Tell whether its source has another article of the same story: what these share says nothing of the site."""
    if saved.story_id is None:
        return False
    others = {"story": saved.story_id, "told_by": saved.article_id}
    return any(each == source for each in connection.scalars(_OTHERS, others))


def _next_number(connection: Connection, source: str) -> int:
    row = {"source": source, "article_count": 1}
    [(number,)] = _count_one_more(connection.dialect.name).rows(connection, row)
    return int(number)


@cache
def _count_one_more(name: str) -> Ready:
    query = dialect.insert_into(name, BoilerplateSite)
    one_more = {"article_count": BoilerplateSite.article_count + 1}
    counted = query.on_conflict_do_update(index_elements=["source"], set_=one_more)
    return Ready(counted.returning(BoilerplateSite.article_count))


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
def _blocks(count: int, *, are_learnt: bool = False) -> Ready:
    """Return the query for so many blocks of a source: their keys, its number of articles, their tallies."""
    query = (
        select(BoilerplateBlock.key, BoilerplateSite.article_count, *_COLUMNS)
        .join(BoilerplateSite, BoilerplateSite.source == BoilerplateBlock.source)
        .where(_OF_SOURCE, BoilerplateBlock.key.in_([bindparam(f"key_{place}") for place in range(count)]))
    )
    return Ready(query.where(BoilerplateBlock.is_learnt) if are_learnt else query)


def _wanted(source: str, keys: Collection[bytes]) -> dict[str, Any]:
    return {"of_source": source} | {f"key_{place}": key for place, key in enumerate(keys)}


def _tally(values: Iterable[Any]) -> Tally:
    return Tally(**dict(zip(_TALLY, values, strict=True)))
