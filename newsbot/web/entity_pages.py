"""The pages of people, organisations and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from newsbot.items import ENTITY_TYPES, READ_KINDS
from newsbot.store.queries import (
    RECENT_ARTICLES,
    Attention,
    EntityCount,
    EntityDetail,
    Filters,
    Tie,
    attention,
    countries_of,
    entity_ties,
    entity_timeline,
    find_entity,
    get_entity,
    source_names,
)
from newsbot.web.api.endpoints import Id
from newsbot.web.html.chart_numbers import numbers_csv, table_csv
from newsbot.web.html.charts import Series, time_chart
from newsbot.web.html.maps import located
from newsbot.web.html.rendering import clipped, page
from newsbot.web.html.search_history import history_chart, period_for, share_series
from newsbot.web.serving.parameters import Day, SearchParameters, Text, day_of
from newsbot.web.serving.site import root_of, site_of

COMPANIONS = 120
"""Number of companions of an entity, of all types together: the lists show the first ones, the map all places."""
LISTED = 10
"""Number of companions of each type that are listed."""
TIED = 14
"""Number of companions whose ties are drawn."""
MIN_DAYS, MAX_DAYS = 30, 5 * 365
"""Minimum and maximum number of days of a timeline for which no period was asked."""

router = APIRouter(include_in_schema=False)


class Period(BaseModel):
    """What the page of an entity is asked for: its days, another entity to compare with, and shares or numbers."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    since: Day = None
    until: Day = None
    other: Annotated[Text, Field(alias="with")] = None
    share: Literal["", "1"] = ""
    """Whether the chart shows shares of all articles."""

    @property
    def first(self) -> date | None:
        """The first day."""
        return _date(self.since)

    @property
    def last(self) -> date | None:
        """The last day."""
        return _date(self.until)

    @property
    def is_backwards(self) -> bool:
        """Whether the first day is after the last one."""
        return bool(self.first and self.last and self.first > self.last)

    def address(self, path: str) -> str:
        """Return an address with these parameters."""
        given = {"since": self.since, "until": self.until, "with": self.other, "share": self.share}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{path}?{query}" if query else path


def _date(text: str | None) -> date | None:
    day = day_of(text)
    return day.date() if isinstance(day, datetime) else day


PeriodQuery = Annotated[Period, Query()]


class Companion(NamedTuple):
    """An entity beside another one, and the share of the other's articles that mention both."""

    entity: EntityCount
    share: float


@router.get("/entities")
def entities(request: Request, name: Text = None) -> Response:
    """Show the most mentioned entities of the week; with a name, redirect to the page of that entity."""
    site = site_of(request)
    snapshot = site.snapshot.get()
    with site.read() as session:
        found = None if name is None else find_entity(session, name)
        countries = countries_of(session, [place.id for place in snapshot.entities["LOC"]])
    if found is not None:
        return RedirectResponse(f"{root_of(request)}/entities/{found.id}", 303)
    places = located(snapshot.entities["LOC"], countries)
    return page(request, "entities.html", snapshot=snapshot, places=places, name=name)


@router.get("/entities/{entity_id}")
def entity(request: Request, entity_id: Id, period: PeriodQuery) -> Response:
    """Show one entity: its timeline, places, companions and articles, of all days or of some."""
    site = site_of(request)
    asked = period.model_copy(update={"since": None, "until": None}) if period.is_backwards else period
    with site.read() as session:
        detail = _detail(session, entity_id, asked)
        named = [detail.entity, *detail.companions]
        countries = countries_of(session, [entity.id for entity in named if entity.type == "LOC"])
        names = source_names(session)
        other = find_entity(session, period.other) if period.other else None
        series = _series(session, detail, other, asked)
        first, last = span(series[0].points, asked)
        shares = _shares(session, series, first, last) if asked.share else None
        tied = detail.companions[:TIED]
        ties = _ties(session, entity_id, tied, asked)
    counted = min(sum(count for _, count in detail.timeline), RECENT_ARTICLES)
    path = f"/entities/{entity_id}"
    return page(
        request,
        "entity.html",
        detail=detail,
        entity=detail.entity,
        period=period,
        other=other,
        last=last,
        chart=_chart(request, detail.entity, series, shares, (first, last), asked),
        counted=counted,
        tied=tied,
        ties=ties,
        names=names,
        companions={
            kind: [
                Companion(companion, companion.article_count / counted)
                for companion in detail.companions
                if companion.type == kind
            ][:LISTED]
            for kind in ENTITY_TYPES
        },
        places=located(named, countries),
        alone=Period(share=period.share).address(path),
        ties_csv=asked.model_copy(update={"other": None, "share": ""}).address(f"{path}/ties.csv"),
        search=SearchParameters(
            entity=(detail.entity.name,), sort="date", since=asked.since, until=asked.until
        ),
    )


@router.get("/entities/{entity_id}/days.csv")
def entity_days(request: Request, entity_id: Id, period: PeriodQuery) -> Response:
    """Return the numbers of articles a day that mention an entity, and those of the one to compare with, or their shares of all articles, as CSV."""
    with site_of(request).read() as session:
        detail = _detail(session, entity_id, period, limit=1)
        other = find_entity(session, period.other) if period.other else None
        series = _series(session, detail, other, period)
        shares = _shares(session, series, *span(series[0].points, period)) if period.share else None
    return numbers_csv(series if shares is None else share_series(shares, "day"), is_share=shares is not None)


@router.get("/entities/{entity_id}/ties.csv")
def entity_ties_csv(request: Request, entity_id: Id, period: PeriodQuery) -> Response:
    """Return which companions of an entity occur together, with the numbers of articles, as CSV."""
    with site_of(request).read() as session:
        tied = _detail(session, entity_id, period, limit=COMPANIONS).companions[:TIED]
        ties = _ties(session, entity_id, tied, period)
    names = {entity.id: entity.name for entity in tied}
    return table_csv(["one", "other", "articles"], [(names[a], names[b], count) for a, b, count in ties])


def _detail(session: Session, entity_id: int, period: Period, limit: int = COMPANIONS) -> EntityDetail:
    found = get_entity(session, entity_id, limit=limit, since=period.first, until=period.last)
    if found is None:
        raise HTTPException(404, f"There is no entity {entity_id}.")
    return found


def _series(
    session: Session, detail: EntityDetail, other: EntityCount | None, period: Period
) -> list[Series]:
    series = [Series(detail.entity.name, detail.timeline)]
    if other is not None and other.id != detail.entity.id:
        timeline = entity_timeline(session, other.id, since=period.first, until=period.last)
        series.append(Series(other.name, timeline))
    return series


def _shares(session: Session, series: Sequence[Series], first: date | None, last: date | None) -> Attention:
    """Return the numbers of the series and of all articles, by day."""
    everything = attention(session, [""], Filters(kind=READ_KINDS, since=first, until=last), by="day")
    timelines = [dict(one.points) for one in series]

    def counts(day: str) -> tuple[int, ...]:
        return tuple(int(timeline.get(date.fromisoformat(day), 0)) for timeline in timelines)

    return Attention(
        by="day",
        queries=tuple(one.label for one in series),
        rows=tuple(
            replace(row, counts=counts(row.value), all_articles=row.counts[0])
            for row in everything.rows
            if row.value is not None
        ),
        total=replace(
            everything.total,
            counts=tuple(int(sum(timeline.values())) for timeline in timelines),
            all_articles=everything.total.counts[0],
        ),
    )


def _chart(
    request: Request,
    entity: EntityCount,
    series: Sequence[Series],
    shares: Attention | None,
    days: tuple[date | None, date | None],
    asked: Period,
) -> Markup:
    """Return the chart of an entity, with links to its numbers, and from numbers to shares or back."""
    path = f"{root_of(request)}/entities/{entity.id}"
    brush = Period(other=asked.other, share=asked.share).address(path)
    csv = asked.address(f"{path}/days.csv")
    other_way = asked.model_copy(update={"share": "" if shares else "1"}).address(path)
    named = "them" if len(series) > 1 else clipped(entity.name, 60)
    if shares is not None:
        label = f"Share of articles that mention {named}"
        switch = (other_way, "Show counts")
        period = period_for(shares.rows)
        return history_chart(shares, period, label=label, brush=brush, table=csv, switch=switch)
    return time_chart(
        series,
        f"Articles that mention {named}",
        since=days[0],
        until=days[1],
        brush=brush,
        csv=csv,
        switch=(other_way, "Show shares of all articles"),
    )


def _ties(session: Session, entity_id: int, tied: Sequence[EntityCount], period: Period) -> list[Tie]:
    ids = [companion.id for companion in tied]
    return entity_ties(session, entity_id, ids, since=period.first, until=period.last)


def span(days: Sequence[tuple[date, float]], period: Period) -> tuple[date | None, date | None]:
    """Return the first and last day of a timeline: those asked for, else of `MIN_DAYS` to `MAX_DAYS` to the newest day."""
    if not days:
        return period.first, period.last
    last = period.last or days[-1][0]
    length = min(max((last - days[0][0]).days + 1, MIN_DAYS), MAX_DAYS, last.toordinal())
    return period.first or last - timedelta(days=length - 1), last
