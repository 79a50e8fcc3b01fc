"""Which pages of an archive are wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from newsbot.errors import UsageError
from newsbot.items import Article, utc_text
from newsbot.sources.catalog import source_for
from newsbot.sources.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What pages must be; nothing given: any page."""

    sources: frozenset[str] = frozenset()
    """Keys of the catalog."""
    hosts: frozenset[str] = frozenset()
    """Lower case; subdomains are included."""
    languages: frozenset[str] = frozenset()
    """ISO 639-1."""
    since: datetime | None = None
    until: datetime | None = None
    """When the page was fetched, both included; a page without a time is wanted."""

    def __str__(self) -> str:
        """Return words that are the same for the same selection, in every process."""
        names = (sorted(self.sources), sorted(self.hosts), sorted(self.languages))
        return repr((*names, utc_text(self.since), utc_text(self.until)))

    def wants_page(
        self, url: str, retrieved_at: datetime | None, catalog: Mapping[str, list[Source]]
    ) -> bool:
        """Tell from its URL and time whether a page is wanted; `catalog` is by host, as `source_for` asks."""
        if retrieved_at and self.since and retrieved_at < self.since:
            return False
        if retrieved_at and self.until and retrieved_at > self.until:
            return False
        if self.hosts and not self.hosts & set(_domains(url)):
            return False
        if not self.sources:
            return True
        source = source_for(url, catalog)
        return source is not None and source.key in self.sources

    def wants_article(self, article: Article) -> bool:
        """Tell whether an article is in a wanted language; only its text says."""
        return not self.languages or article.language in self.languages


def _domains(url: str) -> list[str]:
    """Return the host of a URL and every domain that it is part of."""
    try:
        labels = (urlsplit(url).hostname or "").split(".")
    except ValueError:
        return []
    return [".".join(labels[i:]) for i in range(len(labels))]


def parse_selection(
    *, source: str = "", host: str = "", language: str = "", since: str = "", until: str = ""
) -> Selection:
    """Return what arguments ask for: names parted by commas, and days or moments; an empty one asks for nothing.

    Raises UsageError for a date that cannot be read."""
    return Selection(
        sources=_names(source),
        hosts=_names(host.lower()),
        languages=_names(language.lower()),
        since=_moment("since", since, time.min),
        until=_moment("until", until, time.max),
    )


def _names(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _moment(name: str, text: str, time_of_day: time) -> datetime | None:
    """Return a moment in UTC; a day is meant from its first to its last instant."""
    if not text:
        return None
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time_of_day, UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} is {text!r}; accepted: 2026-11-23 or 2026-11-23T10:00:00Z") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
