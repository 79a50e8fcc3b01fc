"""Floors under the quality of extraction: a change of rules or models that makes it worse on average fails here.

Four sets of pages: the fixtures, which rules were written against; invented pages (tests/extraction/quality) in 22
languages, ordinary ones and ones that are difficult by design, on which nothing was tuned; and, where NEWSBOT_CORPORA
names their folder, pages of real publishers, most of which the body model was trained on. For publishers that the model has not seen, see the cross-validation that
`training/body_model.py --evaluate` prints.

A floor is a little below what is reached today. Raise it when extraction gets better."""

from __future__ import annotations

import gzip
import json
import os
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from statistics import mean

import pytest

from newsbot.extraction import extract
from newsbot.extraction.page_kinds import reject_reason
from newsbot.items import article_json
from tests.extraction.quality.hard_pages import HARD_LAYOUTS, NO_AUTHORS, hard_pages
from tests.extraction.quality.made_pages import LAYOUTS, MadePage, made_pages
from tests.extraction.quality.scoring import authors_f1, body_f1, title_score
from tests.fixture_cases import CASES, expected, extracted

CORPORA = Path(os.environ.get("NEWSBOT_CORPORA", ""))
PAGES = 40

Scores = dict[str, float]

FIXTURE_FLOORS = {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99}
MADE_FLOORS = {"body": 0.97, "title": 0.99, "authors": 0.98, "day": 0.98, "kept": 0.92}
LAYOUT_FLOORS = {
    "semantic": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "graph": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "microdata": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "open_graph": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "no_metadata": {"body": 0.98, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "line_breaks": {"body": 0.93, "title": 0.99, "authors": 0.99, "day": 0.94, "kept": 0.99},
    "div_soup": {"body": 0.95, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "amp": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "live_blog": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "paywall": {"body": 0.94, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.0},
    "interrupted": {"body": 0.91, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "portal": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "components": {"body": 0.93, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "blog": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "plain_cms": {"body": 0.99, "title": 0.99, "authors": 0.94, "day": 0.99, "kept": 0.99},
}
HARD_FLOORS = {"body": 0.98, "title": 0.99, "authors": 0.97, "day": 0.99, "kept": 0.99}
HARD_LAYOUT_FLOORS = {
    "open_in_button": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "open_in_noscript": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "shadow_root": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "state_of_framework": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "posts_in_linked_data": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "broken_linked_data": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "many_comments": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "consent": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "next_article": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "results_table": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "interview": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "key_points": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "hidden_copy": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "date_above": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "changed_before_published": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "times_of_others": {"body": 0.97, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "linked_authors": {"body": 0.99, "title": 0.99, "authors": 0.71, "day": 0.99, "kept": 0.99},
    "site_in_h1": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "text_in_noscript": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "only_breaks": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
    "short_and_paid": {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99, "kept": 0.99},
}


def day_of(instant: str | None) -> str | None:
    return instant and datetime.fromisoformat(instant).astimezone(UTC).date().isoformat()


def page_scores(
    *, body: str, title: str | None, authors: list[str], published: str | None, found: dict[str, object]
) -> Scores:
    """Score the JSON of a found article against what is true of its page."""
    names, instant = found["authors"], found["published_at"]
    assert isinstance(names, list)
    return {
        "body": body_f1(body, str(found["body"])),
        "title": title_score(title, str(found["title"] or "")),
        "authors": authors_f1(authors, names),
        "day": float(day_of(published) == day_of(str(instant) if instant else None)),
    }


@cache
def fixture_scores() -> list[Scores]:
    return [
        page_scores(
            body=true["body"],
            title=true["title"],
            authors=true["authors"],
            published=true["published_at"],
            found=extracted(case),
        )
        for case in CASES
        if "title" in (true := expected(case))
    ]


def scores_by_layout(pages: Iterable[MadePage]) -> dict[str, list[Scores]]:
    """Return the scores of invented pages by layout; `kept` is 1 for a page that a crawl would store."""
    scores = defaultdict(list)
    for page in pages:
        story, article = page.story, extract(page.html, page.story.url)
        found = page_scores(
            body=page.body,
            title=story.title,
            authors=[] if page.layout in NO_AUTHORS else story.authors,
            published=story.published,
            found=article_json(article),
        )
        scores[page.layout].append(found | {"kept": float(reject_reason(article) is None)})
    return scores


@cache
def made_scores() -> dict[str, list[Scores]]:
    return scores_by_layout(made_pages())


@cache
def hard_scores() -> dict[str, list[Scores]]:
    return scores_by_layout(hard_pages())


def below(scores: Iterable[Scores], floors: Scores) -> dict[str, str]:
    """Return the fields whose mean is below its floor, each with the mean."""
    pages = list(scores)
    means = {field: mean(page[field] for page in pages) for field in floors}
    return {field: f"{means[field]:.3f} < {floor}" for field, floor in floors.items() if means[field] < floor}


def test_fixtures_stay_above_the_floors() -> None:
    assert len(fixture_scores()) >= 30
    assert below(fixture_scores(), FIXTURE_FLOORS) == {}


def test_invented_pages_stay_above_the_floors() -> None:
    pages = [page for pages in made_scores().values() for page in pages]
    assert len(pages) >= 100
    assert below(pages, MADE_FLOORS) == {}


@pytest.mark.parametrize("layout", LAYOUT_FLOORS)
def test_no_layout_falls_below_its_floors(layout: str) -> None:
    assert below(made_scores()[layout], LAYOUT_FLOORS[layout]) == {}


def test_every_layout_has_floors() -> None:
    assert {layout.__name__ for layout in LAYOUTS} == LAYOUT_FLOORS.keys()


def test_difficult_pages_stay_above_the_floors() -> None:
    pages = [page for pages in hard_scores().values() for page in pages]
    assert len(pages) >= 60
    assert below(pages, HARD_FLOORS) == {}


@pytest.mark.parametrize("layout", HARD_LAYOUT_FLOORS)
def test_no_difficult_layout_falls_below_its_floors(layout: str) -> None:
    assert below(hard_scores()[layout], HARD_LAYOUT_FLOORS[layout]) == {}


def test_every_difficult_layout_has_floors() -> None:
    assert {layout.__name__ for layout in HARD_LAYOUTS} == HARD_LAYOUT_FLOORS.keys()


def test_invented_pages_are_in_many_languages() -> None:
    assert len({page.story.language for page in hard_pages()}) >= 20


@pytest.mark.skipif("NEWSBOT_CORPORA" not in os.environ, reason="needs the corpora (NEWSBOT_CORPORA)")
@pytest.mark.parametrize(("corpus", "floor"), [("aeb", 0.96), ("fundus_eval", 0.96), ("fundus_tests", 0.96)])
def test_bodies_of_real_pages_stay_above_the_floor(corpus: str, floor: float) -> None:
    truths = list(json.loads((CORPORA / f"{corpus}.json").read_text(encoding="utf-8")).values())[:PAGES]
    scores = []
    for truth in truths:
        html = gzip.decompress((CORPORA / truth["file"]).read_bytes()).decode("utf-8", "replace")
        body = extract(html, truth["url"]).body
        accepted = [truth["articleBody"], *truth.get("alternatives", ())]
        scores.append(max(body_f1(true, body) for true in accepted))
    assert mean(scores) >= floor
