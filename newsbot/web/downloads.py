"""Numbers and tables to take away: counts of queries as JSON or CSV, and everything that a search finds as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from newsbot.jobs.count_tables import table_of
from newsbot.jobs.export_formats import COLUMNS, cell, flat
from newsbot.store.queries import (
    Attention,
    By,
    CountRow,
    article_parts,
    attention,
    found_ids,
    load_articles,
    stored_json,
)
from newsbot.web.api.endpoints import ERRORS, complete, json_answer
from newsbot.web.openapi import schemas
from newsbot.web.openapi.description import with_examples
from newsbot.web.serving.parameters import MAX_NAME_CHARS, MAX_QUERY_CHARS, FilterParameters, Flag
from newsbot.web.serving.site import Site, site_of

MAX_COMPLETIONS = 50
MAX_QUERIES = 10
"""Maximum number of queries that are counted side by side."""
CHUNK_CHARS = 60_000
"""Number of characters of a table that are sent at a time."""
BATCH = 200
"""Number of articles that are read at a time."""
_CSV = "text/csv"

router = APIRouter(prefix="/api", responses=ERRORS)
tables = APIRouter(include_in_schema=False)


def _queries(texts: Sequence[str]) -> Sequence[str]:
    if len(set(texts)) < len(texts):
        raise ValueError("the same query is given twice; accepted: different queries")
    return texts


class CountParameters(FilterParameters):
    """Queries that are counted side by side, with the same filters."""

    q: Annotated[
        tuple[Annotated[str, Field(max_length=MAX_QUERY_CHARS)], ...],
        BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
        AfterValidator(_queries),
        Field(
            max_length=MAX_QUERIES,
            description="Queries, as in a search: repeated, up to 10. Without one, all articles are counted.",
        ),
        WithJsonSchema(
            {
                "type": "array",
                "items": {"type": "string", "maxLength": MAX_QUERY_CHARS},
                "maxItems": MAX_QUERIES,
                "uniqueItems": True,
                "default": [],
            }
        ),
    ] = ()
    by: Annotated[By | None, Field(description="One row for each of these; without it, the total alone.")] = (
        None
    )
    share: Annotated[
        Flag, Field(description="1 or true: also shares of all articles of the same filters.")
    ] = False
    format: Annotated[Literal["json", "csv"], Field(description="JSON, or a table for a spreadsheet.")] = (
        "json"
    )


class DownloadParameters(FilterParameters):
    """What a search finds, all of it."""

    q: Annotated[str, Field(max_length=MAX_QUERY_CHARS)] = ""


@router.get(
    "/count",
    response_model=schemas.Counts,
    responses={200: {"content": {_CSV: {"schema": {"type": "string"}}}}},
    openapi_extra=with_examples(
        "/api/count?q={word}&by=day&since={day}",
        "/api/count?q={word}&q=&by=source&share=1",
        "/api/count?q={word}&by=month&format=csv",
    ),
)
def count(request: Request, asked: Annotated[CountParameters, Query()]) -> Response:
    """Count the articles that queries find, side by side: exact numbers, by period, source, tag, language or name."""
    with site_of(request).read() as session:
        found = attention(session, asked.q or ("",), asked.filters(), by=asked.by, with_shares=asked.share)
    if asked.format == "csv":
        rows = found.rows if found.by else (found.total,)
        return _download(table_of(found, rows), "count.csv")
    return json_answer(_count_json(found))


def _count_json(found: Attention) -> dict[str, Any]:
    return {
        "by": found.by,
        "queries": found.queries,
        "total": _numbers(found.total),
        "items": [{"value": row.value, "name": row.name, **_numbers(row)} for row in found.rows],
        "next": None,
    }


def _numbers(row: CountRow) -> dict[str, Any]:
    if row.all_articles is None:
        return {"counts": row.counts, "all_articles": None, "shares": None}
    shares = [share and round(share, 6) for share in row.shares]
    return {"counts": row.counts, "all_articles": row.all_articles, "shares": shares}


@tables.get("/search.csv")
def search_csv(request: Request, asked: Annotated[DownloadParameters, Query()]) -> Response:
    """Return every article that a search finds as CSV, newest first, with all its fields."""
    site = site_of(request)
    with site.read() as session:
        ids = found_ids(session, asked.filters("date"), asked.q)
    return _download(_rows(site, ids), "articles.csv")


def _rows(site: Site, ids: Sequence[int]) -> Iterator[list[Any]]:
    """Yield the heading, and a row for each article; no session is open while the client reads."""
    yield list(COLUMNS)
    for start in range(0, len(ids), BATCH):
        with site.read() as session:
            parts = article_parts(session, list(ids[start : start + BATCH]))
        for part in parts:
            with site.read() as session:
                loaded = [flat(stored_json(stored)) for stored in load_articles(session, part)]
            for article in loaded:
                yield [cell(article[name]) for name in COLUMNS]


def _download(rows: Iterable[Sequence[Any]], name: str) -> Response:
    """Return a table as CSV (RFC 4180) that browsers save under a name; it is sent as it is made."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_lines(rows), headers=headers, media_type=_CSV)


def _lines(rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(row)
        if text.tell() > CHUNK_CHARS:
            yield text.getvalue().encode(errors="replace")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode(errors="replace")


@router.get(
    "/completions",
    response_model=schemas.CompletionList,
    openapi_extra=with_examples(
        "/api/completions?field=source&q=t", "/api/completions?field=entity&q=an&limit=5"
    ),
)
def completions(
    request: Request,
    field: Annotated[Literal["entity", "source"], Query(description="The filter.")],
    q: Annotated[
        str, Query(max_length=MAX_NAME_CHARS, description="How a word of the name begins, in any case.")
    ] = "",
    limit: Annotated[
        int, Query(ge=1, le=MAX_COMPLETIONS, description=f"At most this number, up to {MAX_COMPLETIONS}.")
    ] = 10,
) -> Response:
    """List values of a filter that begin like a text: sources, or the 5,000 most mentioned names."""
    found = site_of(request).completions.get()[field].find(q, limit)
    items = [candidate._asdict() for candidate in found]
    return json_answer(complete(items))
