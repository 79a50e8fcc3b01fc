"""What the database knows of records in WARCs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, distinct, func, select, update
from sqlalchemy.orm import Session

from newsbot.archive.warc_writer import Kept
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, Fetch
from newsbot.urls import canonicalize


@dataclass(frozen=True, slots=True)
class Reference:
    """What the database knows of a record."""

    is_of_article: bool
    """What an article says now was read from it."""
    source: str | None
    last_fetched_at: datetime
    """When the server last gave this answer."""
    digest: str | None
    """Of its payload."""


HAS_PAGE = and_(
    ArticleUrl.article_id == ArticleRow.id,
    Fetch.url_hash == ArticleUrl.url_hash,
    Fetch.fetched_at == ArticleRow.retrieved_at,
    Fetch.outcome == "article",
    Fetch.warc_file.is_not(None),
)
"""What an article says now was read from the page of a fetch, which the archive has.

That fetch was made when its content was new: later ones have said the same."""

_FETCHES = Fetch.metadata.tables["fetches"]
_KEPT = (
    select(_FETCHES.c.warc_file, _FETCHES.c.warc_offset, _FETCHES.c.url, _FETCHES.c.fetched_at)
    .where(
        _FETCHES.c.url_hash == bindparam("of_url"),
        _FETCHES.c.payload_digest == bindparam("of_digest"),
        _FETCHES.c.warc_file.is_not(None),
        _FETCHES.c.warc_offset.is_not(None),
    )
    .order_by(_FETCHES.c.fetched_at)
    .limit(1)
)
_MOVE = (
    update(_FETCHES)
    .where(_FETCHES.c.warc_file == bindparam("old_file"), _FETCHES.c.warc_offset == bindparam("old_offset"))
    .values(warc_file=bindparam("new_file"), warc_offset=bindparam("new_offset"))
)


def find_kept(session: Session, url: str, digest: str) -> Kept | None:
    """Return where the archive has this body of a URL; None if it was not kept before, or has been pruned."""
    wanted = {"of_url": url_hash(canonicalize(url)), "of_digest": digest}
    found = session.connection().execute(_KEPT, wanted).first()
    if found is None:
        return None
    file, offset, fetched_url, fetched_at = found
    return Kept(
        file=file, offset=offset, digest=digest, url=fetched_url, fetched_at=fetched_at, is_repeat=True
    )


def is_still_kept(session: Session, file: str | None, offset: int | None) -> bool:
    """Tell whether a record that was found before has not been pruned since; it is not until this transaction ends."""
    query = select(Fetch.id).where(Fetch.warc_file == file, Fetch.warc_offset == offset)
    return session.scalar(query.limit(1).with_for_update(read=True)) is not None


def referred_files(session: Session) -> dict[str, int]:
    """Return the WARCs that the database refers to, as it names them, with the number of their records it knows."""
    query = select(Fetch.warc_file, func.count(distinct(Fetch.warc_offset))).where(
        Fetch.warc_file.is_not(None)
    )
    return {file: count for file, count in session.execute(query.group_by(Fetch.warc_file)) if file}


def references(session: Session, path: Path) -> dict[int, Reference]:
    """Return what is known of the records of a file of the archive, by their offsets."""
    of_file = _is_of(path)
    of_articles = set(session.scalars(select(Fetch.warc_offset).where(of_file, HAS_PAGE)))
    known = select(
        Fetch.warc_offset, func.max(Fetch.source), func.max(Fetch.fetched_at), func.max(Fetch.payload_digest)
    ).where(of_file)
    rows: Iterable[Any] = session.execute(known.group_by(Fetch.warc_offset))
    return {
        offset: Reference(offset in of_articles, source, last, digest)
        for offset, source, last, digest in rows
    }


def move_references(session: Session, path: Path, to: Path, offsets: Mapping[int, int]) -> None:
    """Let what is known of the records of a file lead to those of another; forget where others were.

    `offsets`: old -> new. Other transactions may add to what is known of a record until theirs is changed here."""
    while found := _places(session, path):
        moves = []
        for file, offset in found:
            new = offsets.get(offset)
            name = to.name if file == path.name else str(to.absolute())
            moves.append({"old_file": file, "old_offset": offset, "new_file": None if new is None else name,
                          "new_offset": new})  # fmt: skip
        session.connection().execute(_MOVE, moves)


def _places(session: Session, path: Path) -> list[tuple[str, int]]:
    query = select(Fetch.warc_file, Fetch.warc_offset).where(_is_of(path), Fetch.warc_offset.is_not(None))
    return [
        (file, offset) for file, offset in session.execute(query.distinct()) if file and offset is not None
    ]


def _is_of(path: Path) -> ColumnElement[bool]:
    """Whether a fetch is in this file of the archive: by its name, or its path if a backfill has taken it in."""
    return Fetch.warc_file.in_([path.name, str(path.absolute())])
