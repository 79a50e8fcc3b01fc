"""Boilerplate of each source: learnt as articles are stored, removed from new and from stored articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from newsbot.cleaning.boilerplate import block_keys, kept_places, series_marks
from newsbot.cleaning.removed_paragraphs import put_back, take_out
from newsbot.cleaning.text_structure import follow_body
from newsbot.items import STUB, Article, Mention
from newsbot.store.articles.loading import StoredArticle, load_articles
from newsbot.store.articles.writer import Saved, apply_rules_to
from newsbot.store.boilerplate import learnt_blocks
from newsbot.store.boilerplate.kept_blocks import kept_among
from newsbot.store.boilerplate.learnt_blocks import Lesson
from newsbot.store.boilerplate.removed_blocks import removed_of
from newsbot.store.schema.identity import article_keys, url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, BoilerplateBlock, KeptBlock
from newsbot.store.schema.types import stored_name
from newsbot.text import word_count

MAX_LAYERS = 4
"""Number of times that blocks are looked for: removing boilerplate may bring further blocks to the end of the text."""
PARTING = "\n\n"
_KEPT = "newsbot_kept_blocks"
"""Key in the `info` of a session."""
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
    name, marks = stored_name(article.source), series_marks(article)
    learnt_blocks.count_later(connection, Lesson(name, marks, dict(site_blocks), now))


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


@lru_cache(maxsize=64)  # asked for when an article is cleaned, and again when it is stored with others
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


def look_up(connection: Connection, articles: Iterable[Article]) -> None:
    """Look up which blocks of several articles are boilerplate, for `remove_learnt` of each."""
    blocks = dict.fromkeys(
        (stored_name(article.source), key)
        for article in articles
        if article.source is not None
        for key in _body_keys(article.body).values()
    )
    learnt_blocks.look_up(connection, blocks)


def _learnt(session: Session, source: str, keys: Collection[bytes]) -> set[bytes]:
    """Return the keys of blocks that are boilerplate and that nobody keeps; remember those that somebody keeps."""
    name = stored_name(source)
    known = learnt_blocks.look_up(session.connection(), [(name, key) for key in keys])
    found = {key: block for key in keys if (block := known[name, key]) is not None}
    _kept_in(session).update(key for key, block in found.items() if block.is_kept)
    return {key for key, block in found.items() if block.is_boilerplate and not block.is_kept}


def _kept_in(session: Session) -> set[bytes]:
    """Return the keys of kept blocks that articles of this transaction have."""
    found: set[bytes] = session.info.setdefault(_KEPT, set())
    return found
