"""Every page under fixtures/ against what a careful reader says of it: one result a field.

What a case holds is told in fixtures/README.md. Where code and expectation disagree, the code is wrong.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsbot.archive.files import find_pages, read_page
from newsbot.extraction.extractor import extract_article
from newsbot.extraction.page.page import Page
from newsbot.ingest.process import Processor
from newsbot.ingest.read import read
from newsbot.items import Article, Reject, article_json
from newsbot.settings import read_settings
from newsbot.sources.catalog import sources_by_host
from newsbot.sources.model import Source

FIXTURES = Path(__file__).parents[1] / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("**/expected.json"))
ARTICLE_FIELDS = {*article_json(Article(url="")), "kind", "is_free"} - {"entities"}
MAX_BYTES = 10_000_000
NOW = datetime(2026, 11, 28, tzinfo=UTC)
processor = Processor(read_settings({}))


SHORTFALLS = {
    "interview": "a pull quote that the text holds too, in other words, is kept",
}
"""What extraction does not get right yet, in body and word_count. A case that comes right must leave this list."""


def case_name(case: Path) -> str:
    return "-".join(case.relative_to(FIXTURES).parts)


def known(case: Path) -> dict[str, Any]:
    """Return what meta.json says of a case; nothing where there is none."""
    notes = case / "meta.json"
    return dict(json.loads(notes.read_text("utf-8"))) if notes.exists() else {}


def marks_of(case: Path, field: str) -> list[pytest.MarkDecorator]:
    reason = SHORTFALLS.get(case_name(case)) if field in ("body", "word_count") else None
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


@cache
def expected(case: Path) -> dict[str, Any]:
    """Return what is expected of each field; a page that is an article has no reason to be rejected."""
    return {"reject": None, **json.loads((case / "expected.json").read_text("utf-8"))}


@cache
def extracted(case: Path) -> dict[str, Any]:
    """Return what newsbot makes of the page of a case, as clean as it is stored."""
    capture = read_page(next(find_pages(str(case))), max_bytes=MAX_BYTES)
    zone = known(case).get("timezone")
    source = Source(key=case.name, name=case.name, homepage=capture.url, timezone=ZoneInfo(zone or "UTC"))
    item = read(capture, sources_by_host({case.name: source}) if zone else {}, now=NOW)
    if isinstance(item, Reject):
        return {"reject": item.reason}
    processor.clean(item)
    article = item.article
    kind = {"kind": article.kind, "is_free": article.is_free, "reject": processor.validate(item)}
    own = {"url": ""} if article.url.startswith("file:") else {}
    return article_json(article) | kind | own


@pytest.mark.parametrize(
    ("case", "field"),
    [
        pytest.param(case, field, id=f"{case_name(case)}-{field}", marks=marks_of(case, field))
        for case in CASES
        for field in expected(case)
    ],
)
def test_page_is_read_as_a_careful_reader_would(case: Path, field: str) -> None:
    assert extracted(case)[field] == expected(case)[field]


@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_case_is_complete(case: Path) -> None:
    assert len(list(find_pages(str(case)))) == 1
    assert known(case).keys() <= {"url", "fetched_at", "timezone", "charset"}
    fields = expected(case).keys() - {"reject"}
    assert fields == set() or ARTICLE_FIELDS - {"kind", "is_free"} <= fields <= ARTICLE_FIELDS


@pytest.mark.parametrize("depth", [200, 200_000])
def test_page_in_deeply_nested_tags_keeps_its_headline(depth: int) -> None:
    html = (FIXTURES / "json-ld" / "page.html").read_text("utf-8")
    nested = html.replace("<body>", "<body>" + "<div>" * depth).replace(
        "</body>", "</div>" * depth + "</body>"
    )
    article = extract_article(Page.from_text(nested))
    assert article.title == expected(FIXTURES / "json-ld")["title"]
