"""Articles that a program has extracted already: newsbot's own JSON, news-please's, and Fundus'."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from newsbot.extraction.fields.language import detect
from newsbot.items import ENTITY_TYPES, Article, Entity, Mention
from newsbot.store.articles.imports import Known
from newsbot.urls import is_fetchable

Record = Mapping[str, Any]
MAX_REVISION = 1_000_000
MAX_KEPT_ID = 2**52
"""Greater ids are not kept: there must be room for others after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """An article from a record; values are not cleaned yet."""

    article: Article
    known: Known | None = None
    """None if the record is no export of newsbot's."""


def read_record(record: object) -> Imported | None:
    """Return the article of a record; None if it is of no known form, or names no address.

    Values of a wrong type count as missing. Times without an offset are UTC."""
    if not isinstance(record, Mapping):
        return None
    reader = next((read for field, read in _FORMS.items() if field in record), None)
    return None if reader is None else reader(record)


def _own(record: Record) -> Imported | None:
    url = _text(record, "url")
    if url is None:
        return None
    body = _text(record, "body") or ""
    article = Article(
        url=url, canonical_url=_text(record, "canonical_url"), source=_text(record, "source"),
        title=_text(record, "title"), description=_text(record, "description"), authors=_texts(record, "authors"),
        published_at=_time(record, "published_at"), modified_at=_time(record, "modified_at"),
        language=_text(record, "language"), section=_text(record, "section"), topics=_texts(record, "topics"),
        image_url=_text(record, "image_url"), body=body, entities=_entities(record, body),
    )  # fmt: skip
    first, last, revision = (
        _time(record, "first_seen_at"),
        _time(record, "last_seen_at"),
        record.get("revision"),
    )
    if first is None or last is None or not isinstance(revision, int) or not 0 < revision <= MAX_REVISION:
        return Imported(article=article)
    known = Known(
        id=_id(record, "id"),
        story_id=_id(record, "story_id"),
        first_seen_at=first,
        last_seen_at=last,
        revision=revision,
    )
    return Imported(article=article, known=known)


def _id(record: Record, field: str) -> int | None:
    value = record.get(field)
    is_id = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_KEPT_ID
    return value if is_id else None


def _news_please(record: Record) -> Imported | None:
    """Source: news-please, `NewsArticle.get_serializable_dict`."""
    url = _text(record, "url")
    if url is None or not is_fetchable(url):
        return None
    body = "\n\n".join((_text(record, "maintext") or "").splitlines())
    article = Article(
        url=url, title=_text(record, "title"), description=_text(record, "description"),
        authors=_texts(record, "authors"), published_at=_time(record, "date_publish"),
        modified_at=_time(record, "date_modify"), language=detect(body, _text(record, "language")),
        image_url=_text(record, "image_url"), retrieved_at=_time(record, "date_download"), body=body,
    )  # fmt: skip
    return Imported(article=article)


def _fundus(record: Record) -> Imported | None:
    """Source: Fundus, `Article.to_json`; its address is in `html` or among the attributes that were asked for."""
    page = _part(record, "html")
    addresses = (_text(page, "responded_url"), _text(page, "requested_url"), _text(record, "url"))
    url = next((each for each in addresses if each and is_fetchable(each)), None)
    if url is None:
        return None
    body = _fundus_body(record)
    article = Article(
        url=url, title=_text(record, "title"), authors=_texts(record, "authors"),
        published_at=_time(record, "publishing_date"), topics=_texts(record, "topics"),
        language=detect(body, _text(record, "lang")), retrieved_at=_time(page, "crawl_date"),
        is_free=free if isinstance(free := record.get("free_access"), bool) else None, body=body,
    )  # fmt: skip
    return Imported(article=article)


def _fundus_body(record: Record) -> str:
    """Return the paragraphs: of the body (`summary`, then `sections` of `headline` and `paragraphs`), or plain text."""
    body = _part(record, "body")
    if not body:
        return _text(record, "plaintext") or ""
    parts = _texts(body, "summary")
    for section in _parts(body, "sections"):
        parts += _texts(section, "headline") + _texts(section, "paragraphs")
    return "\n\n".join(parts)


_FORMS: Mapping[str, Callable[[Record], Imported | None]] = {
    "maintext": _news_please,
    "publishing_date": _fundus,
    "plaintext": _fundus,
    "body": _own,
}
"""A field that no other form has -> how to read a record of that form."""


def _entities(record: Record, body: str) -> list[Entity]:
    """Return the entities of our own form; none at all if one mention is not in the text."""
    entities = [
        Entity(name=name, type=kind, mentions=_mentions(each, kind))
        for each in _parts(record, "entities")
        if (name := _text(each, "name")) and (kind := each.get("type")) in ENTITY_TYPES
    ]
    mentions = [mention for entity in entities for mention in entity.mentions]
    is_true = all(
        0 <= each.start < each.end and body[each.start : each.end] == each.text for each in mentions
    )
    return [entity for entity in entities if entity.mentions] if is_true else []


def _mentions(entity: Record, kind: Any) -> list[Mention]:
    return [
        Mention(start=start, end=end, text=text, type=kind)
        for each in _parts(entity, "mentions")
        if isinstance(start := each.get("start"), int)
        and isinstance(end := each.get("end"), int)
        and isinstance(text := each.get("text"), str)
    ]


def _text(record: Record, name: str) -> str | None:
    value = record.get(name)
    return value if isinstance(value, str) and value else None


def _texts(record: Record, name: str) -> list[str]:
    value = record.get(name)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _part(record: Record, name: str) -> Record:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _parts(record: Record, name: str) -> Iterable[Record]:
    value = record.get(name)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _time(record: Record, name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(record, name) or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
