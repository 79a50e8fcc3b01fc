"""The search page: its form, what was found over time, values that narrow it, articles, downloads, a citation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup
from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from newsbot.items import STORED_KINDS
from newsbot.query.query_error import QueryError
from newsbot.store.queries import (
    ENTITY_SAMPLE,
    MAX_RANKED,
    NARROWING,
    Attention,
    SearchResult,
    Tallies,
    attention,
    find_articles,
    languages_of,
    narrowing_counts,
    source_groups,
    source_names,
)
from newsbot.web.facets import HEADINGS, Counts, active_filters, panels
from newsbot.web.html.citation import CitedSearch, citation, methods_command
from newsbot.web.html.display_names import country_name, language_name
from newsbot.web.html.rendering import page
from newsbot.web.html.search_history import PERIODS, Period, history_chart, period_for
from newsbot.web.serving.parameters import MAX_QUERY_CHARS, FilterParameters, Names, SearchParameters, encode
from newsbot.web.serving.site import root_of, site_of

MAX_BACK = 20
"""Number of pages that one can go back through links."""
SPANS = (("7 days", "7d"), ("30 days", "30d"), ("90 days", "90d"), ("a year", "1y"), ("all days", None))
"""Periods until now that one click chooses: name, and first day."""
_FIELDS = (
    *("q", "q2", "q3", "q4", "by", "share", "since", "until", "sort"),
    *("source", "exclude_source", "tag", "country", "language", "entity", "section", "kind"),
)
"""Parameters that the form sends."""
_SHOWN = frozenset(_FIELDS) - {"by", "share"}
"""Those that have a field in it, beside which a fault is shown."""

ASKING = (
    ("climate summit", "both words, in any form"),
    ('"climate summit"', "these words next to each other"),
    ("climate OR weather", "one of them; parentheses group: (storm OR flood) coast"),
    ("-football", "without this word"),
    ("climat*", "words that begin like this"),
    ("=climate", "this form alone"),
    ("title:climate", "in the headline; also author:, source:, lang:, entity:, section:, topic:"),
    ("climate NEAR/5 summit", "at most five words apart"),
)
"""Examples of queries and what they find."""

_Words = Annotated[str, Field(max_length=MAX_QUERY_CHARS)]

router = APIRouter(include_in_schema=False)


class PageParameters(SearchParameters):
    """What a search page is asked for: a search, up to three others to compare it with, and a page of its articles."""

    country: Annotated[Names, AfterValidator(lambda codes: tuple(code.upper() for code in codes))] = ()
    q2: _Words = ""
    q3: _Words = ""
    q4: _Words = ""
    by: Literal["", "day", "week", "month"] = ""
    """Period of the chart; empty: as the number of days demands."""
    share: Literal["", "1"] = ""
    """Whether the chart shows shares of all articles."""
    more: Literal["", "source", "tag", "country", "language", "section", "entity", "kind"] = ""
    """Filter of which all values are listed."""
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    back: Annotated[str, Field(max_length=2_000, pattern="^[0-9a-f.~]*$")] = ""
    """Cursors of the pages before this one, without the first, separated by `~`."""

    def address(self, path: str, **changes: Any) -> str:
        """Return `path` with these parameters; see `FilterParameters.address`."""
        return super().address(path, **({"page": None, "back": None} | changes))

    @property
    def search(self) -> SearchParameters:
        """The search without what belongs to its page alone."""
        return SearchParameters(**self.model_dump(include=set(SearchParameters.model_fields) - {"cursor"}))

    @property
    def queries(self) -> list[str]:
        """The queries that are compared, the search itself first."""
        others = (query for query in (self.q2, self.q3, self.q4) if query.strip())
        return list(dict.fromkeys([self.q, *others]))

    def next_address(self, cursor: str) -> str:
        """Return the address of the following page, which begins at a cursor."""
        back = [*self._trail, *([self.cursor] if self.cursor else [])][-MAX_BACK:]
        return self.address("/search", cursor=cursor, page=self.page + 1, back="~".join(back))

    @property
    def previous_address(self) -> str | None:
        """Address of the page before; None on the first one, and where the way back has been forgotten."""
        if self.page == 2:
            return self.address("/search")
        if not self._trail or self.page < 2:
            return None
        *back, cursor = self._trail
        return self.address("/search", cursor=cursor, page=self.page - 1, back="~".join(back))

    @property
    def _trail(self) -> list[str]:
        return self.back.split("~") if self.back else []


@dataclass(frozen=True, slots=True)
class _Choices:
    """What the fields of the form offer: value and label."""

    tag: list[tuple[str, str]]
    country: list[tuple[str, str]]
    language: list[tuple[str, str]]


@router.get("/search")
def search(request: Request, asked: Annotated[PageParameters, Query()]) -> Response:
    """Show the articles that a search finds, and links that narrow it."""
    site = site_of(request)
    with site.read() as session:
        names, choices = source_names(session), _choices(session)
        tallies, filters = Tallies(session), asked.filters("date")
        attended, narrowing = site.counts.get(
            (tuple(asked.queries), filters, asked.share), lambda: _counts(session, asked, tallies)
        )
        found = find_articles(
            session,
            asked.q,
            asked.filters(),
            after=asked.after,
            limit=asked.limit,
            count=lambda: tallies.total(asked.q, filters),
        )
    total = f"{found.total:,}"
    period = asked.by or period_for(attended.rows)
    cited = _cited(request, asked, total)
    first = (asked.page - 1) * asked.limit + 1
    after = found.listing.after
    return page(
        request,
        "search.html",
        asked=asked,
        searched=asked.search,
        found=found,
        total=total,
        suggestion=found.suggestion,
        history=_history(request, asked, attended, period),
        periods=[(name, asked.address("/search", by=name) if name != period else None) for name in PERIODS],
        spans=[(name, _span_address(asked, since)) for name, since in SPANS],
        totals=list(zip(asked.queries, attended.total.counts, strict=True)) if asked.queries[1:] else [],
        panels=panels(
            asked, {**narrowing, **_sampled(found)}, names, more=asked.more, notes=_notes(found.total)
        ),
        chosen=active_filters(asked, names),
        hints=_hints(asked),
        page_number=asked.page,
        first_number=first,
        last_number=first + len(found.listing.articles) - 1,
        is_cut=found.total > MAX_RANKED and bool(asked.q.strip()) and asked.sort == "relevance",
        max_ranked=MAX_RANKED,
        following=after and asked.next_address(encode(after)),
        previous=asked.previous_address,
        citation=citation(cited),
        methods=methods_command(cited),
        **_form(request, {}, names, choices),
    )


def _span_address(asked: PageParameters, since: str | None) -> str | None:
    """Return the address of the search of the last days; None if these are searched now."""
    is_current = asked.since == since and asked.until is None
    return None if is_current else asked.address("/search", since=since, until=None)


def faulty_form(request: Request, faults: Mapping[str, str], error: Exception) -> Response:
    """Show the form again, filled with what was asked for, and what is wrong beside the fields."""
    pointer = None
    if isinstance(error, QueryError):
        field = _field_of(request, error.query)
        faults, pointer = (
            {field: f"{error.reason}; {error.accepted}"},
            error.pointer() if field == "q" else None,
        )
    with site_of(request).read() as session:
        names, choices = source_names(session), _choices(session)
    form = _form(request, faults or {"": str(error)}, names, choices) | {"pointer": pointer}
    return page(request, "search.html", status=422, found=None, **form)


def _field_of(request: Request, query: str) -> str:
    """Return the field that holds a query."""
    given = request.query_params
    return next((name for name in ("q", "q2", "q3", "q4") if given.get(name) == query), "q")


def _form(
    request: Request, faults: Mapping[str, str], names: Mapping[str, str], choices: _Choices
) -> dict[str, Any]:
    """Return the values of the form for the template."""
    given = {name: request.query_params.getlist(name) for name in _FIELDS}
    fields = {name: ", ".join(value for value in values if value) for name, values in given.items()}
    return {
        "fields": fields,
        "faults": {name: faults.get(name, "") for name in _FIELDS},
        "other_faults": {name: text for name, text in faults.items() if name not in _SHOWN},
        "pointer": None,
        "is_compared": any(fields[name] for name in ("q2", "q3", "q4")),
        "is_narrowed": any(fields[name] for name in (*HEADINGS, "exclude_source")),
        "kinds": STORED_KINDS,
        "asking": ASKING,
        "names": names,
        "choices": choices,
    }


def _choices(session: Session) -> _Choices:
    tags, countries = source_groups(session)
    return _Choices(
        [(tag, tag) for tag in tags],
        [(code, country_name(code)) for code in countries],
        [(code, language_name(code)) for code in languages_of(session)],
    )


def _history(request: Request, asked: PageParameters, attended: Attention, period: Period) -> Markup | None:
    """Return the chart of the search over time; None if nothing was found."""
    if not any(attended.total.counts):
        return None
    root, is_share = root_of(request), asked.share == "1"
    switch = "Show counts" if is_share else "Show shares of all articles"
    return history_chart(
        attended,
        period,
        brush=root + asked.address("/search"),
        table=root + _count_address(asked, period),
        switch=(root + asked.address("/search", share="" if is_share else "1"), switch),
    )


def _count_address(asked: PageParameters, period: Period) -> str:
    """Return the address of the numbers of the chart as CSV."""
    filters = FilterParameters(**asked.model_dump(include=set(FilterParameters.model_fields)))
    queries = urlencode([("q", query) for query in asked.queries])
    given = filters.address("/api/count", by=period, share=asked.share, format="csv")
    return f"{given}&{queries}"


def _counts(
    session: Session, asked: PageParameters, tallies: Tallies
) -> tuple[Attention, Mapping[str, Counts]]:
    """Return the history of a search, and the values by which it can be narrowed."""
    filters, with_shares = asked.filters("date"), asked.share == "1"
    tallies.read(asked.q, filters, ["day", *NARROWING])
    attended = attention(session, asked.queries, filters, by="day", with_shares=with_shares, tallies=tallies)
    return attended, narrowing_counts(session, asked.q, filters, tallies=tallies)


def _sampled(found: SearchResult) -> dict[str, Counts]:
    """Return the counts of the filters that are counted in the newest articles alone."""
    facets = found.facets
    return {
        "section": facets.section,
        "kind": facets.kind,
        "entity": [(name, count) for _, name, _, count in facets.entity],
    }


def _notes(total: int) -> dict[str, str]:
    """Return filter -> in which articles its values were counted, for those that are not counted in all."""
    notes: dict[str, str] = {}
    if total > MAX_RANKED:
        notes |= dict.fromkeys(("section", "kind"), f"In the newest {MAX_RANKED:,} articles")
    if total > ENTITY_SAMPLE:
        notes["entity"] = f"In the first {ENTITY_SAMPLE} articles"
    return notes


def _hints(asked: PageParameters) -> list[tuple[str, str | None]]:
    """Return what may be tried when nothing was found: text, and the address of a search or None."""
    hints: list[tuple[str, str | None]] = []
    if asked.since or asked.until:
        hints.append(("Search all days", asked.address("/search", since=None, until=None)))
    if any(getattr(asked, field) for field in (*HEADINGS, "exclude_source")):
        without = dict.fromkeys((*HEADINGS, "exclude_source"))
        hints.append(("Search without the filters", asked.address("/search", **without)))
    if asked.q.strip():
        hints.append(("Use fewer words, or other ones", None))
        hints.append(("See the newest articles", "/search"))
    return hints or [("Nothing has been stored yet", None)]


def _cited(request: Request, asked: PageParameters, total: str) -> CitedSearch:
    site = site_of(request)
    values = {
        name: value if isinstance(value, tuple) else (value,)
        for name in (*HEADINGS, "exclude_source", "since", "until")
        if (value := getattr(asked, name))
    }
    home = site.url or str(request.base_url).rstrip("/")
    noun = "article" if total == "1" else "articles"
    return CitedSearch(
        query=asked.q,
        filters=values,
        total=f"{total} {noun}",
        at=site.now(),
        url=home + asked.search.address("/search"),
    )
