"""Learns which parameters in the URLs of a host do not select the article: sessions, time stamps, trackers.

Lists of names (`url_parameters`) hold those of known products; what one site puts into its links is seen in what they lead
to: the same article, whatever the value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from newsbot.store.crawl.feed_entries import guid_key
from newsbot.store.schema.models import ArticleRow, ArticleUrl, FrontierRow, UrlParameter
from newsbot.store.sql import dialect
from newsbot.urls import authority_of

MIN_SAME = 2
"""Number of times that another value must have led to a known article before a parameter is ignored."""
MAX_RENAMED = 10_000
"""Maximum number of known URLs of a source that are looked at when a parameter has been learnt."""
MAX_URLS = 50
"""Maximum number of URLs of an article that are compared."""
MAX_PARAMETERS = 20
"""Maximum number of parameters of a URL that are looked at."""


def learn(session: Session, url: str, article_id: int, *, source: str | None) -> None:
    """Learn from a page at `url` whose text is that of a stored article.

    Parameters in which the URL differs from another one of the article, with the same path, do not select the article."""
    parts = urlsplit(url)
    if not parts.query:
        return
    host, own = authority_of(url), _parameters(parts.query)
    first = select(func.coalesce(ArticleRow.duplicate_of, ArticleRow.id)).where(ArticleRow.id == article_id)
    of_article = ArticleUrl.article_id == first.scalar_subquery()
    others = session.scalars(select(ArticleUrl.url).where(of_article).limit(MAX_URLS))
    names: set[str] = set()
    for other in others:
        known = urlsplit(other)
        is_same_page = known.path.rstrip("/") == parts.path.rstrip("/") and _is_host(other, host)
        if is_same_page:
            names |= {name for name, _ in own ^ _parameters(known.query)}
    if names:
        rows = [{"host": host, "name": name, "same_count": 1} for name in sorted(names)]
        dialect.insert_adding(session.connection(), UrlParameter, rows, ["same_count"])
        if source is not None:
            _name_known_links(session, source)


def _is_host(canonical: str, host: str) -> bool:
    return authority_of(canonical).removeprefix("www.") == host.removeprefix("www.")


def without_learnt(session: Session, urls: Iterable[str]) -> dict[str, str]:
    """Return the URLs that have learnt parameters -> the same URLs without these."""
    by_host: dict[str, list[str]] = {}
    for url in urls:
        if "?" in url:
            by_host.setdefault(authority_of(url), []).append(url)
    if not by_host:
        return {}
    learnt: dict[str, set[str]] = {}
    query = select(UrlParameter.host, UrlParameter.name).where(
        UrlParameter.host.in_(sorted(by_host)[:500]),
        UrlParameter.same_count >= MIN_SAME,
    )
    for host, name in session.execute(query):
        learnt.setdefault(host, set()).add(name)
    short = {}
    for host, names in learnt.items():
        for url in by_host[host]:
            stripped = _strip(url, names)
            if stripped != url:
                short[url] = stripped
    return short


def _strip(url: str, names: Collection[str]) -> str:
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in names]
    return parts._replace(query=urlencode(kept), fragment="").geturl()


def _parameters(query: str) -> set[tuple[str, str]]:
    return set(parse_qsl(query, keep_blank_values=True)[:MAX_PARAMETERS])


def _name_known_links(session: Session, source: str) -> None:
    """Give the known links of a source that have no identifier the one that they have without learnt parameters."""
    rows: Any = session.execute(
        select(FrontierRow.id, FrontierRow.url)
        .where(FrontierRow.source == source, FrontierRow.guid_key.is_(None), FrontierRow.url.contains("?"))
        .order_by(FrontierRow.id.desc())
        .limit(MAX_RENAMED)
    ).all()
    short = without_learnt(session, [url for _, url in rows])
    for row_id, url in rows:
        if url in short:
            query = update(FrontierRow).where(FrontierRow.id == row_id)
            session.execute(query.values(guid_key=guid_key(source, short[url])))
