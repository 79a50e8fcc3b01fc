"""Learns which parts of the URLs of a host do not select the article: sessions, time stamps, trackers.

Lists of names (`url_parameters`) hold those of known products. What one site puts into its links is seen in what they lead
to: the same articles, whatever the value. A part is a parameter of the query, or a segment of the path that looks like a
token.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from newsbot.discovery.sections import MIN_SCORE, url_score
from newsbot.store.crawl.feed_entries import guid_key
from newsbot.store.schema.models import ArticleRow, ArticleUrl, FrontierRow, UrlParameter
from newsbot.store.sql import dialect
from newsbot.urls import authority_of

MIN_ARTICLES = 2
"""Number of articles that must each have been found under several values of a part before the part is ignored."""
MIN_VALUES = 4
"""Number of values that are enough for one article, if the rest of its URL names it: a long slug, or a date."""
MAX_KNOWN = 2_000
"""Maximum number of known URLs of a source that are looked at: the newest."""
MAX_URLS = 50
"""Maximum number of URLs of an article that are compared."""
MAX_PARTS = 20
"""Maximum number of parameters, and of segments, of a URL that are looked at."""
_TOKEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w().~-]{4,}|\d{6,}")
"""A segment that may be a session: letters and digits, or a long number; no word, and no part of a date."""

Parts = frozenset[tuple[str, str]]
"""Names and values of the parts of a URL."""


class _Known(NamedTuple):
    """A URL that has led to an article."""

    url: str
    article_id: int
    """The first article with its text."""


def learn(session: Session, url: str, article_id: int, *, source: str | None, now: datetime) -> None:
    """Learn from a page at `url` whose text is that of a stored article.

    The parts in which the URL differs from another one of the article are ignored from now on, if several articles of the
    source have been found under several values of them, and no two articles differ in them alone."""
    names = _differing(session, url, article_id)
    if (
        source is None
        or not names
        or names <= _learnt(session, {authority_of(url)}).get(authority_of(url), set())
    ):
        return
    known = _known(session, source, authority_of(url))
    if not _select_nothing(names, known):
        return
    rows = [{"host": authority_of(url), "name": name, "learnt_at": now} for name in sorted(names)]
    dialect.insert_missing(session.connection(), UrlParameter, rows)
    _name_known_links(session, source)


def _differing(session: Session, url: str, article_id: int) -> frozenset[str]:
    """Return the names of the parts in which a URL differs from that of the same article that is most like it."""
    first = select(func.coalesce(ArticleRow.duplicate_of, ArticleRow.id)).where(ArticleRow.id == article_id)
    of_article = ArticleUrl.article_id == first.scalar_subquery()
    own, host = _parts(url), authority_of(url).removeprefix("www.")
    differing = [
        frozenset(name for name, _ in own ^ _parts(other))
        for other in session.scalars(select(ArticleUrl.url).where(of_article).limit(MAX_URLS))
        if authority_of(other).removeprefix("www.") == host and shape(other) == shape(url)
    ]
    return min((names for names in differing if names), key=len, default=frozenset())


def _known(session: Session, source: str, host: str) -> list[_Known]:
    article = func.coalesce(ArticleRow.duplicate_of, ArticleRow.id)
    query = (
        select(FrontierRow.url, article)
        .join(ArticleRow, ArticleRow.id == FrontierRow.article_id)
        .where(FrontierRow.source == source, FrontierRow.host == host)
        .order_by(FrontierRow.id.desc())
        .limit(MAX_KNOWN)
    )
    return [_Known(url, article_id) for url, article_id in session.execute(query)]


def _select_nothing(names: Collection[str], known: Iterable[_Known]) -> bool:
    """Return whether the parts of these names do not select the article, as far as the known URLs show it."""
    values: dict[str, set[Parts]] = {}
    articles: dict[str, set[int]] = {}
    for url, article_id in known:
        short = strip(url, names)
        if short != url:
            values.setdefault(short, set()).add(frozenset(part for part in _parts(url) if part[0] in names))
            articles.setdefault(short, set()).add(article_id)
    if any(len(found) > 1 for found in articles.values()):
        return False
    repeated = {min(articles[short]) for short, found in values.items() if len(found) > 1}
    if len(repeated) >= MIN_ARTICLES:
        return True
    return any(len(found) >= MIN_VALUES and url_score(short) >= MIN_SCORE for short, found in values.items())


def without_learnt(session: Session, urls: Iterable[str]) -> dict[str, str]:
    """Return the URLs that have learnt parts -> the same URLs without these."""
    by_host: dict[str, list[str]] = {}
    for url in urls:
        by_host.setdefault(authority_of(url), []).append(url)
    short = {}
    for host, names in _learnt(session, by_host).items():
        for url in by_host[host]:
            stripped = strip(url, names)
            if stripped != url:
                short[url] = stripped
    return short


def _learnt(session: Session, hosts: Collection[str]) -> dict[str, set[str]]:
    """Return host -> names of the parts of its URLs that select nothing."""
    query = select(UrlParameter.host, UrlParameter.name).where(UrlParameter.host.in_(sorted(hosts)[:500]))
    learnt: dict[str, set[str]] = {}
    for host, name in session.execute(query):
        learnt.setdefault(host, set()).add(name)
    return learnt


def strip(url: str, names: Collection[str]) -> str:
    """Return a URL without the parts of these names; a segment of the path is replaced by an asterisk."""
    parts = urlsplit(url)
    segments = parts.path.split("/")
    for place in range(min(len(segments), MAX_PARTS)):
        if f"/{len(segments)}:{place}" in names and _TOKEN.fullmatch(segments[place]):
            segments[place] = "*"
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in names]
    return parts._replace(path="/".join(segments), query=urlencode(kept), fragment="").geturl()


def _parts(url: str) -> Parts:
    parts = urlsplit(url)
    segments = parts.path.split("/")
    tokens = {
        (f"/{len(segments)}:{place}", segment)
        for place, segment in enumerate(segments[:MAX_PARTS])
        if _TOKEN.fullmatch(segment)
    }
    return frozenset(tokens | set(parse_qsl(parts.query, keep_blank_values=True)[:MAX_PARTS]))


def shape(url: str) -> list[str]:
    """Return the path without the segments that may be tokens: only URLs that are equal in the rest are compared."""
    return ["*" if _TOKEN.fullmatch(segment) else segment for segment in urlsplit(url).path.split("/")]


def _name_known_links(session: Session, source: str) -> None:
    """Give the known links of a source that have no identifier the one that they have without learnt parts."""
    rows: Any = session.execute(
        select(FrontierRow.id, FrontierRow.url)
        .where(FrontierRow.source == source, FrontierRow.guid_key.is_(None))
        .order_by(FrontierRow.id.desc())
        .limit(MAX_KNOWN)
    ).all()
    short = without_learnt(session, [url for _, url in rows])
    for row_id, url in rows:
        if url in short:
            query = update(FrontierRow).where(FrontierRow.id == row_id)
            session.execute(query.values(guid_key=guid_key(source, short[url])))
