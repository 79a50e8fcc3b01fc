"""The pages of the sources: their state, sorted and filtered, and each with its articles over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator, ConfigDict
from starlette.exceptions import HTTPException

from newsbot.store.queries import SourceDetail, SourceOverview, source_detail
from newsbot.web.html.chart_numbers import numbers_csv, table_csv
from newsbot.web.html.charts import Series
from newsbot.web.html.display_names import country_name, language_name
from newsbot.web.html.rendering import page
from newsbot.web.serving.parameters import SearchParameters, Text
from newsbot.web.serving.site import Condition, site_of

SPIKE = 4
"""Number of times by which the most articles seen on a day may exceed the most published; more get a chart of their own."""
MIN_DAYS = 30
"""Minimum number of days of a chart."""
FIELDS = ("date", "author", "description", "section", "image")
"""Fields whose shares the table of sources has."""

Sort = Literal["articles", "name", "state", "newest", "language", "country", "coverage"]
State = Literal["flagged", "fine", "silent"]

router = APIRouter(include_in_schema=False)


class SourcesParameters(BaseModel):
    """How the sources are sorted, and which of them are shown."""

    model_config = ConfigDict(extra="forbid")

    sort: Sort = "articles"
    language: Text = None
    country: Text = None
    tag: Text = None
    state: Annotated[State | None, BeforeValidator(lambda value: value or None)] = None
    name: Text = None

    def address(self, path: str = "/sources", **changes: Any) -> str:
        """Return an address with these parameters, except for `changes`."""
        asked = self.model_dump(exclude_defaults=True) | changes
        query = urlencode({name: value for name, value in asked.items() if value not in (None, "")})
        return f"{path}?{query}" if query else path


class ListedSource(NamedTuple):
    """A source with its condition."""

    overview: SourceOverview
    condition: Condition

    @property
    def coverage(self) -> float | None:
        """Mean of the shares of its newest articles that have `FIELDS`; None without articles."""
        shares = [self.condition.coverage.get(field, 0.0) for field in FIELDS]
        return sum(shares) / len(shares) if self.condition.coverage else None

    @property
    def state(self) -> str:
        """Its state, as the filter names it."""
        if self.condition.flags:
            return "flagged"
        return "fine" if any(count for _, count in self.overview.days) else "silent"


_UNKNOWN = Condition(None, {})
_STATES = ("flagged", "silent", "fine")
_ORDERS: dict[Sort, Callable[[ListedSource], Any]] = {
    "articles": lambda source: -source.overview.article_count,
    "name": lambda source: (source.overview.name or source.overview.key).casefold(),
    "state": lambda source: (_STATES.index(source.state), -len(source.condition.flags)),
    "newest": lambda source: -(source.overview.newest_at.timestamp() if source.overview.newest_at else -1e11),
    "language": lambda source: _last_if_none(source.overview.language, language_name),
    "country": lambda source: _last_if_none(source.overview.country, country_name),
    "coverage": lambda source: -(source.coverage if source.coverage is not None else -1),
}


def _last_if_none(code: str | None, name_of: Callable[[str], str]) -> tuple[bool, str]:
    return code is None, name_of(code).casefold() if code else ""


SourcesQuery = Annotated[SourcesParameters, Query()]


@router.get("/sources")
def sources(request: Request, asked: SourcesQuery) -> Response:
    """Show the state of every source, or of some."""
    everything = _all_sources(request)
    overviews = [source.overview for source in everything]
    return page(
        request,
        "sources.html",
        asked=asked,
        sources=_chosen(everything, asked),
        total=len(everything),
        flagged=sum(source.state == "flagged" for source in everything),
        names={overview.key: overview.name or overview.key for overview in overviews},
        languages=sorted(
            {overview.language for overview in overviews if overview.language}, key=language_name
        ),
        countries=sorted({overview.country for overview in overviews if overview.country}, key=country_name),
        tags=sorted({tag for overview in overviews for tag in overview.tags}),
        csv=asked.address("/sources.csv"),
    )


@router.get("/sources.csv")
def sources_csv(request: Request, asked: SourcesQuery) -> Response:
    """Return what the page of the sources shows as CSV."""
    columns = (
        *("key", "name", "homepage", "language", "country", "tags", "state", "flags", "articles", "stubs"),
        *("newest_at", "feeds", "failing_feeds", *FIELDS),
    )
    return table_csv(columns, map(_row, _chosen(_all_sources(request), asked)))


@router.get("/sources/{key}")
def source(request: Request, key: str) -> Response:
    """Show one source: articles over time, fields, feeds, rejects."""
    detail = _detail(request, key)
    together, apart = _series(detail)
    return page(
        request,
        "source.html",
        source=detail,
        together=together,
        apart=apart,
        first=_first_day(detail),
        last=detail.days[-1][0],
        known_since=min([detail.first_seen_at.date(), *(day for day, count in detail.seen_days if count)]),
        seen_last=detail.seen_days[-1][0],
        search=SearchParameters(source=(key,), sort="date"),
    )


@router.get("/sources/{key}/days.csv")
def source_days(request: Request, key: str) -> Response:
    """Return the numbers of articles a day of a source: published, and first seen by newsbot, in UTC."""
    detail = _detail(request, key)
    return numbers_csv([Series("published", detail.days), Series("first seen", detail.seen_days)])


def _detail(request: Request, key: str) -> SourceDetail:
    site = site_of(request)
    condition = site.conditions.get().get(key, _UNKNOWN)
    with site.read() as session:
        detail = source_detail(session, key, now=site.now(), health=condition.health)
    if detail is None:
        raise HTTPException(404, "There is no such source.")
    return detail


def _series(detail: SourceDetail) -> tuple[list[Series], list[Series]]:
    """Return the series of the chart, and those of a second one: a backlog stored on one day would flatten the first."""
    published, seen = Series("Published", detail.days), Series("First seen by newsbot", detail.seen_days)
    most = [max(count for _, count in one.points) for one in (published, seen)]
    return ([published], [seen]) if most[1] > SPIKE * max(most[0], 1) else ([published, seen], [])


def _first_day(detail: SourceDetail) -> date:
    """Return the first day of the chart: that of the first article, or `MIN_DAYS` before the last day."""
    days = [day for day, _ in detail.days]
    active = [day for day, count in detail.days if count]
    return min(min(active, default=days[-1]), days[-min(MIN_DAYS, len(days))])


def _all_sources(request: Request) -> list[ListedSource]:
    site = site_of(request)
    conditions = site.conditions.get()
    return [
        ListedSource(overview, conditions.get(overview.key, _UNKNOWN))
        for overview in site.snapshot.get().sources
    ]


def _chosen(everything: Sequence[ListedSource], asked: SourcesParameters) -> list[ListedSource]:
    return sorted(_filtered(everything, asked), key=_ORDERS[asked.sort])


def _filtered(everything: Sequence[ListedSource], asked: SourcesParameters) -> Iterator[ListedSource]:
    wanted = (asked.name or "").casefold()
    for found in everything:
        overview = found.overview
        if (
            asked.language in (None, overview.language)
            and asked.country in (None, overview.country)
            and (asked.tag is None or asked.tag in overview.tags)
            and asked.state in (None, found.state)
            and wanted in f"{overview.name or ''} {overview.key}".casefold()
        ):
            yield found


def _row(source: ListedSource) -> list[object]:
    overview, condition = source
    return [
        *(overview.key, overview.name, overview.homepage, overview.language, overview.country),
        *("; ".join(overview.tags), source.state),
        "; ".join(f"{flag.kind}: {flag.detail}" for flag in condition.flags),
        *(overview.article_count, overview.stub_count),
        overview.newest_at.isoformat() if overview.newest_at else None,
        *(overview.feed_count, overview.failing_feed_count),
        *(round(condition.coverage[field], 3) if condition.coverage else None for field in FIELDS),
    ]
