"""Floors under the quality of extraction: a change of rules or models that makes it worse on average fails here.

Three sets of pages: the fixtures, which rules were written against; invented pages (tests/extraction/quality), on which
nothing was tuned; and, where NEWSBOT_CORPORA names their folder, pages of real publishers, most of which the body
model was trained on. For publishers that the model has not seen, see the cross-validation that
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
from newsbot.items import article_json
from tests.extraction.quality.made_pages import LAYOUTS, made_pages
from tests.extraction.quality.scoring import authors_f1, body_f1, title_score
from tests.fixture_cases import CASES, expected, extracted

CORPORA = Path(os.environ.get("NEWSBOT_CORPORA", ""))
PAGES = 40

Scores = dict[str, float]

FIXTURE_FLOORS = {"body": 0.99, "title": 0.99, "authors": 0.99, "day": 0.99}
MADE_FLOORS = {"body": 0.975, "title": 0.99, "authors": 0.78, "day": 0.95}
LAYOUT_FLOORS = {
    "semantic": {"body": 0.99, "authors": 0.99, "day": 0.99},
    "graph": {"body": 0.94, "authors": 0.99, "day": 0.99},  # the newsletter box inside the text is kept
    "microdata": {"body": 0.99, "authors": 0.99, "day": 0.99},
    "open_graph": {"body": 0.99, "authors": 0.99, "day": 0.99},
    "no_metadata": {"body": 0.98, "authors": 0.99, "day": 0.99},  # the copyright line is kept
    # A byline and a date in one line with a comma between them are not read, nor are dates in most languages there.
    "line_breaks": {"body": 0.93, "authors": 0.0, "day": 0.37},
    "div_soup": {"body": 0.96, "authors": 0.0, "day": 0.99},  # no class name says which line is the byline
    "amp": {"body": 0.99, "authors": 0.99, "day": 0.99},
    "live_blog": {"body": 0.99, "authors": 0.99, "day": 0.99},
    "paywall": {"body": 0.98, "authors": 0.99, "day": 0.99},  # the offer in French is kept
    "interrupted": {"body": 0.95, "authors": 0.99, "day": 0.99},  # the pull quote is kept
    "portal": {"body": 0.99, "authors": 0.99, "day": 0.99},
    "components": {
        "body": 0.94,
        "authors": 0.91,
        "day": 0.99,
    },  # the promotion is kept; one of two linked authors is found
    "blog": {"body": 0.99, "authors": 0.91, "day": 0.99},  # one of two marked authors is found
    "plain_cms": {"body": 0.99, "authors": 0.0, "day": 0.99},  # a byline behind a date and a bar is not read
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


@cache
def made_scores() -> dict[str, list[Scores]]:
    """Return the scores of the invented pages by layout."""
    scores = defaultdict(list)
    for page in made_pages():
        story = page.story
        found = article_json(extract(page.html, story.url))
        scores[page.layout].append(
            page_scores(
                body=page.body,
                title=story.title,
                authors=story.authors,
                published=story.published,
                found=found,
            )
        )
    return scores


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
