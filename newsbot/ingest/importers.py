"""Reads articles that a program has extracted already, from the JSON of newsbot, news-please or Fundus."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from newsbot.extraction.fields.language import detect
from newsbot.extraction.structure.markdown import is_written_here, links_of, safe_url, texts_of
from newsbot.extraction.structure.pictures import MAX_IMAGES
from newsbot.items import ENTITY_TYPES, READ_KINDS, STORED_KINDS, Article, Entity, Image, Mention, PageKind
from newsbot.languages.calendar.dates import OFFSETS_MIN, believed, parse_moment
from newsbot.store.articles.imports import Known
from newsbot.text import one_line, paragraphs
from newsbot.urls import is_fetchable

_WIKIDATA_ID = re.compile(r"Q[1-9]\d{0,11}")

Record = Mapping[str, Any]
"""A JSON object: field name -> value."""
MAX_REVISION = 1_000_000
"""A record with a greater revision number is read as one without."""
MAX_RULES, MAX_RULE_CHARS = 100, 250
"""Maximum number of rules that are read of a record, and maximum length of their names."""
MAX_LINE_CHARS = 1000
"""Maximum length of the caption of a picture."""
MAX_MARKDOWN_SHARE = 50
"""Markdown that is this many times as long as its text is no article's: a list of links has twenty times as much."""
MAX_KEPT_ID = 2**52
"""Greatest id that an article keeps. The database numbers new articles from there, and needs room for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """An article from a record. Its values are not clean yet."""

    article: Article
    known: Known | None = None
    """None if the record is not an export of newsbot."""


def read_record(record: object, *, now: datetime) -> Imported | None:
    """Return the article of a record; None if the record has no known form, or no URL.

    Values of a wrong type are treated as missing. Times without an offset are UTC; dates of articles more than a day after
    `now` are ignored, and times of fetches are `now` at the latest."""
    if not isinstance(record, Mapping):
        return None
    reader = next((read for field, read in _FORMS.items() if field in record), None)
    imported = None if reader is None else reader(record, now)
    return imported and replace(imported, article=_without_future(imported.article, now))


def _without_future(article: Article, now: datetime) -> Article:
    """Return an article without dates in the future. In the year 1 there is no day before the first: the offset is dropped."""
    published_at = believed(article.published_at, now)
    has_offset = published_at is not None and published_at.year > 1
    return replace(
        article,
        published_at=published_at,
        published_offset_min=article.published_offset_min if has_offset else None,
        modified_at=believed(article.modified_at, now),
        retrieved_at=article.retrieved_at and min(article.retrieved_at, now),
    )


def _own(record: Record, now: datetime) -> Imported | None:
    """Return the article of a record in newsbot's own form, as `newsbot export` writes it.

    Of its provenance all is kept but the WARC record, which is in the archive of the other database."""
    url = _text(record, "url")
    if url is None:
        return None
    body = _text(record, "body") or ""
    provenance, entities, is_free = (
        _part(record, "provenance"),
        _entities(record, body),
        record.get("is_free"),
    )
    article = Article(
        url=url,
        canonical_url=_text(record, "canonical_url"),
        source=_text(record, "source"),
        title=_text(record, "title"),
        description=_text(record, "description"),
        authors=_texts(record, "authors"),
        published_at=_time(record, "published_at"),
        published_offset_min=_offset(record),
        modified_at=_time(record, "modified_at"),
        language=_text(record, "language"),
        section=_text(record, "section"),
        topics=_texts(record, "topics"),
        image_url=_text(record, "image_url"),
        body=body,
        body_markdown=_markdown(record, body),
        images=_images(record),
        kind=_kind(record, body),
        is_free=is_free if isinstance(is_free, bool) else None,
        entities=entities,
        entity_engine=_text(provenance, "entity_engine") if entities else None,
        retrieved_at=_time(provenance, "retrieved_at"),
        rules=_rules(provenance),
        extractor_version=_text(provenance, "extractor_version"),
    )
    article.links = links_of(article.body_markdown)
    return Imported(article=article, known=_known(record, now))


def _markdown(record: Record, body: str) -> str:
    """Return the Markdown of a record if it is that of its text, without any markup that newsbot does not write."""
    markdown = _text(record, "body_markdown") or ""
    is_own = len(markdown) <= MAX_MARKDOWN_SHARE * len(body) and is_written_here(markdown)
    return markdown if is_own and texts_of(markdown) == paragraphs(body) else ""


def _images(record: Record) -> list[Image]:
    """Return the pictures of a record whose URLs can be shown."""
    images = [
        Image(url=url, caption=_line(part, "caption"), credit=_line(part, "credit"))
        for part in islice(_parts(record, "images"), MAX_IMAGES)
        if (url := safe_url(_text(part, "url") or "")).startswith("http")
    ]
    return list({image.url: image for image in images}.values())


def _line(record: Record, name: str) -> str | None:
    return one_line((_text(record, name) or "")[:MAX_LINE_CHARS]) or None


def _offset(record: Record) -> int | None:
    """Return the offset of the date of publication in minutes; None if it is no offset of a time zone."""
    value = record.get("published_offset_min")
    is_offset = isinstance(value, int) and not isinstance(value, bool) and value in OFFSETS_MIN
    return value if is_offset else None


def _rules(provenance: Record) -> dict[str, str]:
    rules = list(_part(provenance, "rules").items())[:MAX_RULES]
    return {
        field[:MAX_RULE_CHARS]: rule[:MAX_RULE_CHARS]
        for field, rule in rules
        if isinstance(field, str) and isinstance(rule, str)
    }


def _kind(record: Record, body: str) -> PageKind:
    """Return the kind of a record, as far as it can be stored: only a record without a text is a stub."""
    kinds = READ_KINDS if body else STORED_KINDS
    return next((kind for kind in kinds if kind == record.get("kind")), "article")


def _known(record: Record, now: datetime) -> Known | None:
    """Return what only the exporting database could know; None if a part of it is missing or absurd."""
    first, last = _time(record, "first_seen_at"), _time(record, "last_seen_at")
    revision = record.get("revision")
    if first is None or last is None or not isinstance(revision, int) or not 0 < revision <= MAX_REVISION:
        return None
    return Known(
        id=_id(record, "id"),
        story_id=_id(record, "story_id"),
        first_seen_at=min(first, now),
        last_seen_at=min(last, now),
        revision=revision,
    )


def _id(record: Record, field: str) -> int | None:
    value = record.get(field)
    is_id = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_KEPT_ID
    return value if is_id else None


def _news_please(record: Record, _now: datetime) -> Imported | None:
    """Return the article of a record of news-please.

    Source: news-please, `NewsArticle.get_serializable_dict`."""
    url = _text(record, "url")
    if url is None or not is_fetchable(url):
        return None
    body = "\n\n".join((_text(record, "maintext") or "").splitlines())
    article = Article(
        url=url,
        title=_text(record, "title"),
        description=_text(record, "description"),
        authors=_texts(record, "authors"),
        published_at=_time(record, "date_publish"),
        modified_at=_time(record, "date_modify"),
        language=detect(body, _text(record, "language")),
        image_url=_text(record, "image_url"),
        retrieved_at=_time(record, "date_download"),
        body=body,
    )
    return Imported(article=article)


def _fundus(record: Record, _now: datetime) -> Imported | None:
    """Return the article of a record of Fundus.

    Its URL is in `html`, or among the attributes that the export was asked for. Source: Fundus, `Article.to_json`."""
    page = _part(record, "html")
    urls = (_text(page, "responded_url"), _text(page, "requested_url"), _text(record, "url"))
    url = next((url for url in urls if url and is_fetchable(url)), None)
    if url is None:
        return None
    body = _fundus_body(record)
    is_free = record.get("free_access")
    published = parse_moment(_text(record, "publishing_date") or "")
    article = Article(
        url=url,
        title=_text(record, "title"),
        authors=_texts(record, "authors"),
        published_at=published and published.at,
        published_offset_min=published and published.offset_min,
        topics=_texts(record, "topics"),
        language=detect(body, _text(record, "lang")),
        retrieved_at=_time(page, "crawl_date"),
        is_free=is_free if isinstance(is_free, bool) else None,
        body=body,
    )
    return Imported(article=article)


def _fundus_body(record: Record) -> str:
    """Return the text of a record of Fundus, with a blank line between paragraphs.

    It is in `body`: a `summary`, then `sections` with a `headline` and `paragraphs`. A record without `body` has it in
    `plaintext`."""
    body = _part(record, "body")
    if not body:
        return _text(record, "plaintext") or ""
    parts = _texts(body, "summary")
    for section in _parts(body, "sections"):
        parts += _texts(section, "headline") + _texts(section, "paragraphs")
    return "\n\n".join(parts)


_FORMS: Mapping[str, Callable[[Record, datetime], Imported | None]] = {
    "maintext": _news_please,
    "publishing_date": _fundus,
    "plaintext": _fundus,
    "body": _own,
}
"""A field that only one form has -> the function that reads records of that form. The first field found decides."""


def _entities(record: Record, body: str) -> list[Entity]:
    """Return the entities of a record in newsbot's own form; no entities if one mention is not in the text."""
    entities = [
        Entity(
            name=name,
            type=kind,
            mentions=_mentions(entity, kind),
            country=_text(entity, "country"),
            wikidata=_wikidata(entity),
        )
        for entity in _parts(record, "entities")
        if (name := _text(entity, "name")) and (kind := entity.get("type")) in ENTITY_TYPES
    ]
    mentions = [mention for entity in entities for mention in entity.mentions]
    if not all(_is_in(body, mention) for mention in mentions):
        return []
    return [entity for entity in entities if entity.mentions]


def _wikidata(entity: Record) -> str | None:
    found = _text(entity, "wikidata")
    return found if found and _WIKIDATA_ID.fullmatch(found) else None


def _is_in(body: str, mention: Mention) -> bool:
    start, end = mention.start, mention.end
    return 0 <= start < end and body[start:end] == mention.text


def _mentions(entity: Record, kind: Any) -> list[Mention]:
    return [
        Mention(start=start, end=end, text=text, type=kind)
        for mention in _parts(entity, "mentions")
        if isinstance(start := mention.get("start"), int)
        and isinstance(end := mention.get("end"), int)
        and isinstance(text := mention.get("text"), str)
    ]


def _text(record: Record, name: str) -> str | None:
    value = record.get(name)
    return value if isinstance(value, str) and value else None


def _texts(record: Record, name: str) -> list[str]:
    value = record.get(name)
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _part(record: Record, name: str) -> Record:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _parts(record: Record, name: str) -> Iterable[Record]:
    value = record.get(name)
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def _time(record: Record, name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(record, name) or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
