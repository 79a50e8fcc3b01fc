"""newsbot and its peers as functions of one form: HTML and URL in, a dict with the body and some metadata out."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

Found = dict[str, Any]
"""`body`, and where the tool has them `title`, `authors`, `published`, `language`, `topics`."""
Extractor = Callable[[str, str], Found]


def newsbot() -> Extractor:
    """Everything that newsbot reads from a page."""
    extract = importlib.import_module("newsbot.extraction").extract

    def read(html: str, url: str) -> Found:
        article = extract(html, url)
        published = article.published_at
        return {
            "body": article.body,
            "title": article.title,
            "authors": article.authors,
            "published": published and _local(published, article.published_offset_min).isoformat(),
            "language": article.language,
            "topics": article.topics,
        }

    return read


def trafilatura() -> Extractor:
    """trafilatura with metadata, as it comes."""
    peer = importlib.import_module("trafilatura")

    def read(html: str, url: str) -> Found:
        found = peer.bare_extraction(html, url=url, with_metadata=True)
        if not found:
            return {}
        authors = [name.strip() for name in (found.author or "").split(";") if name.strip()]
        return {
            "body": found.text,
            "title": found.title,
            "authors": authors,
            "published": found.date,
            "language": found.language,
            "topics": [*(found.tags or ()), *(found.categories or ())],
        }

    return read


def _local(at: datetime, offset_min: int | None) -> datetime:
    """Return a moment in the time of the place where the article was published, as pages show it."""
    return at.astimezone(timezone(timedelta(minutes=offset_min or 0)))


def newspaper4k() -> Extractor:
    """newspaper4k, parse only."""
    peer = importlib.import_module("newspaper")

    def read(html: str, url: str) -> Found:
        article = peer.Article(url or "https://page.example/", fetch_images=False)
        article.download(input_html=html)
        article.parse()
        published = article.publish_date
        return {
            "body": article.text,
            "title": article.title,
            "authors": list(article.authors),
            "published": published.isoformat() if hasattr(published, "isoformat") else published,
            "language": article.meta_lang,
            "topics": sorted(article.tags or ()),
        }

    return read


def news_please() -> Extractor:
    """news-please from HTML."""
    peer = importlib.import_module("newsplease")

    def read(html: str, url: str) -> Found:
        article = peer.NewsPlease.from_html(html, url or None, fetch_images=False)
        published = article.date_publish
        return {
            "body": article.maintext,
            "title": article.title,
            "authors": article.authors,
            "published": published.isoformat() if published else None,
            "language": article.language,
        }

    return read


def readability() -> Extractor:
    """readability-lxml: title and body."""
    peer = importlib.import_module("readability")
    lxml_html = importlib.import_module("lxml.html")

    def read(html: str, _url: str) -> Found:
        document = peer.Document(html)
        body = "\n".join(lxml_html.fromstring(document.summary()).itertext())
        return {"body": body, "title": document.short_title()}

    return read


def resiliparse() -> Extractor:
    """resiliparse: the main content as plain text."""
    peer = importlib.import_module("resiliparse.extract.html2text")
    return lambda html, _url: {"body": peer.extract_plain_text(html, main_content=True, alt_texts=False)}


def rs_trafilatura() -> Extractor:
    """rs-trafilatura, trafilatura written in Rust."""
    peer = importlib.import_module("rs_trafilatura")

    def read(html: str, url: str) -> Found:
        found = peer.extract(html, url=url)
        return {
            "body": getattr(found, "content_text", None) or getattr(found, "text", ""),
            "title": getattr(found, "title", None),
            "published": getattr(found, "date", None),
        }

    return read


TOOLS: dict[str, Callable[[], Extractor]] = {
    "newsbot": newsbot,
    "trafilatura": trafilatura,
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
    "rs-trafilatura": rs_trafilatura,
}
