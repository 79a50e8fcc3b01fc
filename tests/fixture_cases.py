"""The cases under fixtures/: the page of each, what is known about it, what is expected of it, and what newsbot reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from newsbot.archive.files import find_pages, read_page
from newsbot.ingest.process import EXTRACT_STAGES, Processor
from newsbot.ingest.read import read
from newsbot.items import Article, Reject, article_json
from newsbot.settings import read_settings
from newsbot.sources.catalog import Catalog, catalog_of
from newsbot.sources.model import Selectors, Source
from newsbot.sources.values import EXTRACT_KEYS, read_table

FIXTURES = Path(__file__).parents[1] / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("**/expected.json"))
OPTIONAL_FIELDS = ("kind", "is_free", "published_day", "body_markdown")
"""Fields that a case has if it is about them."""
FIELDS = tuple(
    name for name in article_json(Article(url="")) if name not in {"entities", "provenance", *OPTIONAL_FIELDS}
)
"""Fields that every case with an article has, in the order of the JSON."""
KNOWN_KEYS = {"url", "fetched_at", "charset", "timezone", "extract"}
"""Keys of meta.json."""
CASE_STAGES = tuple(stage for stage in EXTRACT_STAGES if stage != "entities")
"""The stages of `newsbot extract`, but for entities, which have tests of their own."""
MAX_BYTES = 10_000_000
NOW = datetime(2026, 11, 28, tzinfo=UTC)
processor = Processor(read_settings({}))


def case_name(case: Path) -> str:
    """Return the name of a case in the ids of tests: its folder, with that of a pair before it."""
    return "-".join(case.relative_to(FIXTURES).parts)


def known(case: Path) -> dict[str, Any]:
    """Return what meta.json says of a case; nothing where there is none."""
    notes = case / "meta.json"
    return dict(json.loads(notes.read_text("utf-8"))) if notes.exists() else {}


@cache
def expected(case: Path) -> dict[str, Any]:
    """Return what is expected of each field; a page that is an article has no reason to be rejected."""
    return {"reject": None, **json.loads((case / "expected.json").read_text("utf-8"))}


@cache
def extracted(case: Path) -> dict[str, Any]:
    """Return what newsbot reads from the page of a case, as it would be stored; or only why it is rejected."""
    capture = read_page(next(find_pages(str(case))), max_bytes=MAX_BYTES)
    item = read(capture, _catalog(case, capture.url), now=NOW)
    item = processor.prepare(item, CASE_STAGES)
    if isinstance(item, Reject):
        return {"reject": item.reason}
    article = item.article
    kind = {"kind": article.kind, "is_free": article.is_free, "reject": processor.validate(item)}
    own = {"url": ""} if article.url.startswith("file:") else {}
    return article_json(article) | kind | own


def _catalog(case: Path, url: str) -> Catalog:
    """Return the source of a case by its host; no source unless meta.json has a time zone or selectors."""
    notes = known(case)
    if not notes.keys() & {"timezone", "extract"}:
        return catalog_of({})
    selectors, problems = read_table(notes.get("extract", {}), EXTRACT_KEYS)
    assert not problems, problems
    source = Source(
        key=case.name,
        name=case.name,
        homepage=url,
        timezone=ZoneInfo(notes.get("timezone", "UTC")),
        selectors=Selectors(**selectors),
    )
    return catalog_of({source.key: source})


def write_expected(case: Path, fields: dict[str, Any]) -> None:
    """Write expected.json of a case."""
    text = json.dumps(fields, ensure_ascii=False, indent=2)
    (case / "expected.json").write_text(f"{text}\n", "utf-8")
