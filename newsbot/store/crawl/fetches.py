"""Rows of `fetches`: the answers to requests, and where the archive keeps them as records of WARC files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    distinct,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from newsbot.archive.warc_writer import FILES, Kept
from newsbot.items import ArchivedPage, Fetched
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, ArticleWay, Fetch
from newsbot.store.sql import dialect, waiting_rows
from newsbot.urls import canonicalize

FILE_PREFIX = FILES.partition("*")[0]
REPOINTED = 500
"""Number of fetches that one transaction repoints."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The fetches that refer to one record of a WARC file, summed up."""

    is_of_article: bool
    """Whether the current content of an article was read from this record."""
    source: str | None
    last_fetched_at: datetime
    """Time of the last fetch that gave this answer."""
    digest: str | None
    """Digest of the payload, as in `fetches.payload_digest`."""


def has_page(led_by: type[ArticleUrl | ArticleWay]) -> ColumnElement[bool]:
    """Return the condition that joins an article to the archived fetch that its current content was read from.

    This is the fetch at `retrieved_at`, when the content was new; later fetches gave the same content. It was of one of the
    article's addresses, or of a way to it: ask for both."""
    return and_(
        led_by.article_id == ArticleRow.id,
        Fetch.url_hash == led_by.url_hash,
        Fetch.fetched_at == ArticleRow.retrieved_at,
        Fetch.outcome == "article",
        Fetch.warc_file.is_not(None),
    )


_FETCHES = Fetch.metadata.tables["fetches"]
_FIND_RECORD = (
    select(
        _FETCHES.c.warc_file,
        _FETCHES.c.warc_offset,
        _FETCHES.c.warc_record_id,
        _FETCHES.c.url,
        _FETCHES.c.fetched_at,
    )
    .where(
        _FETCHES.c.url_hash == bindparam("of_url"),
        _FETCHES.c.payload_digest == bindparam("of_digest"),
        or_(
            _FETCHES.c.warc_file.not_like("%/%"),  # that is a file of another archive
            func.substr(_FETCHES.c.warc_file, 1, bindparam("store_chars")) == bindparam("of_store"),
        ),
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


def save_fetch(
    session: Session,
    fetched: Fetched,
    *,
    outcome: str,
    source: str | None,
    run_id: int | None,
    now: datetime,
) -> None:
    """Insert the row of one fetch; `outcome` is explained at `models.Fetch`.

    A page from an archive is stored under the time when it was archived. If the same body was archived before, the row
    refers to that record, unless it has been pruned since."""
    file, offset, record_id = fetched.warc_file, fetched.warc_offset, fetched.warc_record_id
    if fetched.is_repeat and not lock_if_present(session, file, offset):
        file = offset = record_id = None
    values = {
        "url_hash": url_hash(canonicalize(fetched.url)),
        "fetched_at": fetched.archived_at or now,
        "outcome": outcome,
        "source": source,
        "run_id": run_id,
        "warc_file": file,
        "warc_offset": offset,
        "warc_record_id": record_id,
    }
    values |= {name: getattr(fetched, name) for name in _COPIED_FIELDS}
    waiting_rows.add(session.connection(), dialect.new_rows(Fetch), [values])


_COPIED_FIELDS = ("url", "status", "size_bytes", "latency_ms", "etag", "last_modified", "payload_digest")


def is_same_page(connection: Connection, article_id: int, fetched: Fetched | None) -> bool:
    """Return whether a response has the bytes that the current content of an article was read from.

    Then the publisher has changed nothing. Only the archive gives responses a digest; without it the answer is False."""
    if fetched is None or fetched.payload_digest is None:
        return False
    query = (
        select(Fetch.id)
        .join(ArticleRow, ArticleRow.retrieved_at == Fetch.fetched_at)
        .where(
            ArticleRow.id == article_id,
            Fetch.url_hash == url_hash(canonicalize(fetched.url)),
            Fetch.payload_digest == fetched.payload_digest,
        )
    )
    return connection.scalar(query.limit(1)) is not None


def find_kept(session: Session, url: str, digest: str, store: str = "") -> Kept | None:
    """Return the record of newsbot's archive that holds this body of a URL; None if there is none, or it has been pruned.

    `store` is the URL to which files of the archive are uploaded; empty: they are not."""
    prefix = f"{store.rstrip('/')}/" if store else "-"
    wanted: dict[str, Any] = {"of_url": url_hash(canonicalize(url)), "of_digest": digest}
    wanted |= {"of_store": prefix, "store_chars": len(prefix)}
    found = session.connection().execute(_FIND_RECORD, wanted).first()
    if found is None:
        return None
    file, offset, record_id, fetched_url, fetched_at = found
    return Kept(
        file=file,
        offset=offset,
        digest=digest,
        record_id=record_id,
        url=fetched_url,
        fetched_at=fetched_at,
        is_repeat=True,
    )


def archived_pages(session: Session, article_ids: Sequence[int]) -> dict[int, ArchivedPage]:
    """Return article id -> the WARC record that its current content was read from, for the articles that have one."""
    columns = (Fetch.warc_file, Fetch.warc_offset, Fetch.warc_record_id, Fetch.payload_digest)
    found: dict[int, ArchivedPage] = {}
    for led_by in (ArticleUrl, ArticleWay):
        pages = select(ArticleRow.id, *columns).where(has_page(led_by), ArticleRow.id.in_(article_ids))
        rows: Iterable[Any] = session.execute(pages.order_by(Fetch.id))
        for article_id, file, offset, record_id, digest in rows:
            page = ArchivedPage(file=file, offset=offset, record_id=record_id, digest=digest)
            found.setdefault(article_id, page)
    return found


def lock_if_present(session: Session, file: str | None, offset: int | None) -> bool:
    """Return whether a WARC record is still referred to; if so, lock it against pruning until the transaction ends.

    A record that is being pruned counts as absent: there is no wait for the other transaction, and so no deadlock."""
    query = select(Fetch.id).where(Fetch.warc_file == file, Fetch.warc_offset == offset)
    return session.scalar(query.limit(1).with_for_update(read=True, skip_locked=True)) is not None


def referred_files(session: Session) -> dict[str, int]:
    """Return the WARC files that fetches refer to, by name or path, with the number of records in each."""
    query = select(Fetch.warc_file, func.count(distinct(Fetch.warc_offset))).where(
        Fetch.warc_file.is_not(None)
    )
    return {file: count for file, count in session.execute(query.group_by(Fetch.warc_file)) if file}


def references(session: Session, path: Path | str) -> dict[int, Reference]:
    """Return what refers to the records of a WARC file, given by its path or URL: offset of the record -> reference."""
    of_file = _is_in_file(path)
    of_articles = {
        offset
        for led_by in (ArticleUrl, ArticleWay)
        for offset in session.scalars(select(Fetch.warc_offset).where(of_file, has_page(led_by)))
    }
    known = select(
        Fetch.warc_offset, func.max(Fetch.source), func.max(Fetch.fetched_at), func.max(Fetch.payload_digest)
    ).where(of_file)
    rows: Iterable[Any] = session.execute(known.group_by(Fetch.warc_offset))
    return {
        offset: Reference(offset in of_articles, source, last, digest)
        for offset, source, last, digest in rows
    }


def move_references(session: Session, path: Path | str, to: Path | str, offsets: Mapping[int, int]) -> None:
    """Repoint fetches from a WARC file to its pruned copy; clear the location of records that were dropped.

    `offsets` maps old offsets to new ones. Repeated until no fetch refers to the old file, because other transactions
    may insert some meanwhile."""
    while found := _places(session, path):
        moves = []
        for file, offset in found:
            new = offsets.get(offset)
            new_file = None if new is None else _named_alike(to, file)
            moves.append({"old_file": file, "old_offset": offset, "new_file": new_file, "new_offset": new})
        session.connection().execute(_MOVE, moves)


def repoint(session: Session, path: Path, url: str) -> int:
    """Repoint up to `REPOINTED` fetches from a file of the archive to its copy at a URL; return their number."""
    ids = session.scalars(select(Fetch.id).where(_is_in_file(path)).limit(REPOINTED)).all()
    if ids:
        session.connection().execute(update(_FETCHES).where(_FETCHES.c.id.in_(ids)).values(warc_file=url))
    return len(ids)


def local_files(session: Session) -> list[str]:
    """Return the names of newsbot's files that fetches refer to without a path or URL, by one look-up in the index each."""
    names: list[str] = []
    last = FILE_PREFIX
    while True:
        found = session.scalar(select(func.min(Fetch.warc_file)).where(Fetch.warc_file > last))
        if found is None or not found.startswith(FILE_PREFIX):
            return names
        names.append(found)
        last = found


def _named_alike(place: Path | str, other: str) -> str:
    """Return the URL of a file, or its name or path, whichever `other` is of another file."""
    if isinstance(place, str):
        return place
    return str(place.absolute()) if "/" in other else place.name


def _places(session: Session, path: Path | str) -> list[tuple[str, int]]:
    query = select(Fetch.warc_file, Fetch.warc_offset).where(
        _is_in_file(path), Fetch.warc_offset.is_not(None)
    )
    return [
        (file, offset) for file, offset in session.execute(query.distinct()) if file and offset is not None
    ]


def _is_in_file(path: Path | str) -> ColumnElement[bool]:
    """Return the condition that a fetch refers to this file: by its URL or name, or by its path if a backfill stored it."""
    if isinstance(path, str):
        return Fetch.warc_file == path
    return Fetch.warc_file.in_([path.name, str(path.absolute())])
