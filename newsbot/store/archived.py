"""What the database knows of records in WARCs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.archive.writer import Kept
from newsbot.store.keys import url_hash
from newsbot.store.models import Fetch
from newsbot.urls import canonicalize


def find_kept(session: Session, url: str, digest: str) -> Kept | None:
    """Return where the archive has this body of a URL; None if it was not kept before, or has been pruned."""
    query = (
        select(Fetch)
        .where(
            Fetch.url_hash == url_hash(canonicalize(url)),
            Fetch.payload_digest == digest,
            Fetch.warc_file.is_not(None),
        )
        .order_by(Fetch.fetched_at)
    )
    fetch = session.scalars(query.limit(1)).first()
    if fetch is None or fetch.warc_file is None or fetch.warc_offset is None:
        return None
    return Kept(
        file=fetch.warc_file,
        offset=fetch.warc_offset,
        digest=digest,
        url=fetch.url,
        fetched_at=fetch.fetched_at,
    )
