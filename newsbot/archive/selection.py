"""Select pages of an archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from newsbot.errors import UsageError
from newsbot.items import Article, utc_text
from newsbot.sources.catalog import Catalog, source_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A filter over archived pages; an empty field matches all."""

    sources: frozenset[str] = frozenset()
    """Keys of sources in the catalog."""
    hosts: frozenset[str] = frozenset()
    """Host names in lower case; their subdomains match too."""
    languages: frozenset[str] = frozenset()
    """ISO 639-1 codes."""
    since: datetime | None = None
    until: datetime | None = None
    """First and last moment at which the page was fetched, both inclusive; a page without a time matches."""

    def __str__(self) -> str:
        """Return a canonical string, the same in every process; it is part of a backfill part's key."""
        names = (sorted(self.sources), sorted(self.hosts), sorted(self.languages))
        return repr((*names, utc_text(self.since), utc_text(self.until)))

    def wants_page(self, url: str, retrieved_at: datetime | None, catalog: Catalog) -> bool:
        """Return whether a page is selected, by its URL and time."""
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
        """Return whether the language of an article is selected; it is known only after extraction."""
        return not self.languages or article.language in self.languages


def _domains(url: str) -> list[str]:
    """Return the host of a URL and every parent domain."""
    try:
        labels = (urlsplit(url).hostname or "").split(".")
    except ValueError:
        return []
    return [".".join(labels[i:]) for i in range(len(labels))]


def parse_selection(
    *, source: str = "", host: str = "", language: str = "", since: str = "", until: str = ""
) -> Selection:
    """Return the selection of command-line arguments: comma-separated names, and days or moments; empty ones match all.

    Raises UsageError for an invalid date."""
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
    """Return a moment in UTC; a date without a time gets `time_of_day`."""
    if not text:
        return None
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time_of_day, UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} is {text!r}; accepted: 2026-11-23 or 2026-11-23T10:00:00Z") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
