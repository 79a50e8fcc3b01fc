"""Boilerplate of each source: learnt as articles are stored, removed from new and from stored articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, select
from sqlalchemy.orm import Session

from newsbot.cleaning.boilerplate import MEMORY, Tally, block_keys, kept_places, series_marks
from newsbot.cleaning.removed_paragraphs import put_back, take_out
from newsbot.cleaning.text_structure import follow_body
from newsbot.items import STUB, Article, Mention
from newsbot.store.articles.loading import StoredArticle, load_articles
from newsbot.store.articles.writer import Saved, apply_rules_to
from newsbot.store.boilerplate.kept_blocks import kept_among
from newsbot.store.boilerplate.removed_blocks import removed_of
from newsbot.store.schema.identity import article_keys, url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, BoilerplateBlock, BoilerplateSite, KeptBlock
from newsbot.store.schema.types import stored_name
from newsbot.store.sql import deferred, dialect, locks
from newsbot.store.sql.compiled import CompiledStatement
from newsbot.store.sql.locks import Rank
from newsbot.text import word_count

MAX_LAYERS = 4
"""Number of times that blocks are looked for: removing boilerplate may bring further blocks to the end of the text."""
PARTING = "\n\n"
_KEPT = "newsbot_kept_blocks"
"""Key in the `info` of a session."""
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
    """A stored article that contains boilerplate, or lacks a block that is kept."""

    article_id: int
    url: str
    texts: list[str]
    """The paragraphs that would be removed."""
    restored: list[str]
    """The paragraphs that would be put back, because a person keeps them."""


def remove_learnt(session: Session, article: Article, site_blocks: dict[bytes, str]) -> bool:
    """Remove the boilerplate of its source from `body`, keep mentions in step; return whether anything changed.

    What is removed goes to `removed`; what was, and is kept by a person since, comes back. Adds the blocks of the body by
    their keys to `site_blocks`, which `learn` needs."""
    if article.source is None:
        return False
    has_changed = _put_back_kept(session, article)
    for _ in range(MAX_LAYERS):
        texts = article.body.split(PARTING)
        keys = _body_keys(article.body)
        site_blocks |= {key: texts[place] for place, key in keys.items()}
        learnt = _learnt(session, article.source, keys.values())
        kept = kept_places(texts, learnt) if learnt else range(len(texts))
        if len(kept) == len(texts):
            break
        gone = {place: keys[place] for place in sorted(set(keys) - set(kept))}
        article.removed = take_out(article.removed, texts, gone, is_learnt=True)
        _rewrite(article, [(place, texts[place]) for place in kept])
        has_changed = True
    return has_changed


def _put_back_kept(session: Session, article: Article) -> bool:
    """Put the paragraphs back that were removed and are kept by a person; return whether there are any."""
    if not article.removed or article.source is None:
        return False
    kept = kept_among(session, stored_name(article.source), {gone.key for gone in article.removed})
    if kept:
        _rewrite(article, put_back(article.removed, article.body.split(PARTING), kept))
        article.removed = [gone for gone in article.removed if gone.key not in kept]
        article.entity_engine = None  # names in what came back are found when the page is seen again
    return bool(kept)


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
    """Return the stored version of a page, without the boilerplate that was removed from the page and with what is kept.

    None if nothing was removed from the page or is kept in it, if it is not stored, or if it is stored so already."""
    keys = set(_body_keys(article.body).values())
    if site_blocks.keys() <= keys and not keys & _kept_in(session):
        return None
    first_key = url_hash(article_keys(article).url_keys[0])
    known = session.scalar(select(ArticleUrl.article_id).where(ArticleUrl.url_hash == first_key))
    return None if known is None else _without_boilerplate(session, known)


def reclean_same(
    session: Session, article: Article, site_blocks: Mapping[bytes, str], *, run_id: int | None, now: datetime
) -> None:
    """Clean the stored version of a page as the page was cleaned, so that the difference is not an edit.

    To be called after `batch_locks.lock_articles`: the article that is stored next needs locks of lower ranks."""
    outdated = find_outdated(session, article, site_blocks)
    if outdated is not None:
        _store_cleaned(session, outdated, run_id=run_id, now=now)


def reclean_article(session: Session, article_id: int, *, run_id: int | None, now: datetime) -> bool:
    """Remove learnt boilerplate from a stored article, and put back what is kept, as a change by rules.

    Return whether anything has changed."""
    outdated = _without_boilerplate(session, article_id)
    if outdated is not None:
        _store_cleaned(session, outdated, run_id=run_id, now=now)
    return outdated is not None


def _without_boilerplate(session: Session, article_id: int) -> StoredArticle | None:
    stored = load_articles(session, [article_id])[0]
    stored.article.removed = removed_of(session.connection(), article_id)
    return stored if remove_learnt(session, stored.article, {}) else None


def _store_cleaned(session: Session, cleaned: StoredArticle, *, run_id: int | None, now: datetime) -> None:
    article = cleaned.article
    apply_rules_to(session, cleaned.id, article, keys=article_keys(article), run_id=run_id, now=now)


def find_boilerplate(session: Session, article_ids: Sequence[int]) -> list[Found]:
    """Return the articles that contain learnt boilerplate or lack what is kept; nothing is changed."""
    found = []
    for stored in load_articles(session, article_ids):
        before = Counter(stored.article.body.split(PARTING))
        stored.article.removed = removed_of(session.connection(), stored.id)
        if remove_learnt(session, stored.article, {}):
            after = Counter(stored.article.body.split(PARTING))
            gone, back = list((before - after).elements()), list((after - before).elements())
            found.append(Found(stored.id, stored.article.url, gone, back))
    return found


def boilerplate_sources(session: Session) -> list[str]:
    """Return the keys of the sources with blocks that are learnt or kept."""
    learnt = select(BoilerplateBlock.source).where(BoilerplateBlock.is_learnt)
    return sorted(session.scalars(learnt.union(select(KeptBlock.source))))


def ids_of_source(session: Session, source: str, *, after: int, limit: int) -> list[int]:
    """Return the next `limit` ids of articles of a source that are greater than `after`, in their order."""
    query = select(ArticleRow.id).where(
        ArticleRow.source == source, ArticleRow.id > after, ArticleRow.kind != STUB
    )
    return list(session.scalars(query.order_by(ArticleRow.id).limit(limit)))


def _body_keys(body: str) -> Mapping[int, bytes]:
    return block_keys(body.split(PARTING))


def _rewrite(article: Article, texts: Sequence[tuple[int | None, str]]) -> None:
    """Make the body of these paragraphs and move the mentions with them.

    Each comes with its index in the body as it is; None: it is not there yet."""
    lengths = (len(text) + len(PARTING) for text in article.body.split(PARTING))
    starts = list(accumulate(lengths, initial=0))
    moves: list[tuple[int, int, int]] = []
    new_start = 0
    for index, text in texts:
        if index is not None:
            moves.append((starts[index], starts[index] + len(text), new_start - starts[index]))
        new_start += len(text) + len(PARTING)
    article.body = PARTING.join(text for _, text in texts)
    follow_body(article)
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


def _learnt(session: Session, source: str, keys: Collection[bytes]) -> set[bytes]:
    """Return the keys of blocks that are boilerplate and that nobody keeps; remember those that somebody keeps."""
    if not keys:
        return set()
    found = _blocks(len(keys), are_learnt=True).rows(session.connection(), _wanted(source, keys))
    _kept_in(session).update(key for key, _, *_, is_kept in found if is_kept)
    return {
        key
        for key, number, *values, is_kept in found
        if not is_kept and _tally(values).is_boilerplate(number)
    }


def _kept_in(session: Session) -> set[bytes]:
    """Return the keys of kept blocks that articles of this transaction have."""
    found: set[bytes] = session.info.setdefault(_KEPT, set())
    return found


@cache
def _blocks(count: int, *, are_learnt: bool = False) -> CompiledStatement:
    """Return the query for `count` blocks of a source: their keys, the number of articles of the source, their tallies.

    With `are_learnt`, only those that are learnt, with a last column that says whether somebody keeps them."""
    query = (
        select(BoilerplateBlock.key, BoilerplateSite.article_count, *_COLUMNS)
        .join(BoilerplateSite, BoilerplateSite.source == BoilerplateBlock.source)
        .where(_OF_SOURCE, BoilerplateBlock.key.in_([bindparam(f"key_{place}") for place in range(count)]))
    )
    is_kept = exists().where(
        KeptBlock.source == BoilerplateBlock.source, KeptBlock.key == BoilerplateBlock.key
    )
    return CompiledStatement(
        query.add_columns(is_kept).where(BoilerplateBlock.is_learnt) if are_learnt else query
    )


def _wanted(source: str, keys: Collection[bytes]) -> dict[str, Any]:
    return {"of_source": source} | {f"key_{place}": key for place, key in enumerate(keys)}


def _tally(values: Iterable[Any]) -> Tally:
    return Tally(**dict(zip(_TALLY, values, strict=True)))
