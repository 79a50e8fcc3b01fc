"""What a live check says about a source, and what of it is written into its TOML."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from newsbot.sources.live_check import (
    CheckedAddress,
    CheckedArticle,
    LiveCheck,
    changed_values,
    robots_verdict,
)
from newsbot.sources.model import Source
from newsbot.sources.toml_edit import Value

TODAY = date(2026, 11, 29)
A, B, MOVED = (f"https://courier.example/{name}" for name in ("a.xml", "b.xml", "new.xml"))
SOURCE = Source(key="courier", name="Courier", homepage="https://courier.example/", feeds=(A, B))
READ_A = CheckedAddress(kind="feed", url=A, links=9)
READ_B = CheckedAddress(kind="feed", url=B, links=9)
ARTICLE = CheckedArticle(url="https://courier.example/1", title="Ferry", word_count=400)
PAID = CheckedArticle(url="https://courier.example/2", problem="no article: paywall")
WORKS = LiveCheck(
    key="courier",
    checked_on=TODAY,
    homepage=CheckedAddress(kind="homepage", url=SOURCE.homepage),
    has_answered=True,
    robots="allowed",
    addresses=(READ_A, READ_B),
    articles=(PAID, ARTICLE),
)
FOUND: dict[str, Value] = {"checked_on": TODAY, "robots": "allowed"}


def with_b(**found: object) -> LiveCheck:
    """Return a check in which the second feed gave something else."""
    return replace(WORKS, addresses=(READ_A, replace(READ_B, **found)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("allowed", "verdict"),
    [([], None), ([True, True], "allowed"), ([True, False], "partly"), ([False], "refused")],
)
def test_verdict_is_over_all_articles(allowed: list[bool], verdict: str | None) -> None:
    assert robots_verdict(allowed) == verdict


@pytest.mark.parametrize(
    ("check", "problems"),
    [
        (WORKS, []),
        (replace(WORKS, homepage=replace(WORKS.homepage, problem="status 403")), []),
        (with_b(problem="status 500"), [f"feed {B}: status 500"]),
        (replace(WORKS, articles=(PAID,)), ["article https://courier.example/2: no article: paywall"]),
        (replace(WORKS, articles=()), ["no article was found"]),
    ],
    ids=["works", "homepage fails", "feed fails", "paid articles only", "no articles"],
)
def test_problems_are_what_keeps_articles_out(check: LiveCheck, problems: list[str]) -> None:
    assert check.problems == problems


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        (WORKS, FOUND | {"verified": True}),
        (replace(WORKS, robots=None), {"checked_on": TODAY, "verified": True}),
        (with_b(problem="status 404", is_gone=True), FOUND | {"verified": True, "feeds": [A]}),
        (with_b(problem="status 500"), FOUND),
        (with_b(moved_to=MOVED), FOUND | {"verified": True, "feeds": [A, MOVED]}),
        (with_b(moved_to=A), FOUND | {"verified": True, "feeds": [A]}),
        (replace(WORKS, articles=(PAID,)), FOUND),
        (replace(WORKS, has_answered=False), {}),
    ],
    ids=["works", "robots unknown", "gone", "fails", "moved", "moved to another feed", "paid", "no answer"],
)
def test_changes_of_a_source_that_was_not_verified(check: LiveCheck, changes: dict[str, Value]) -> None:
    assert changed_values(SOURCE, check) == changes


def test_verified_is_written_only_if_it_changes() -> None:
    verified = replace(SOURCE, verified=True)
    assert changed_values(verified, WORKS) == FOUND
    assert changed_values(verified, with_b(problem="status 500")) == FOUND | {"verified": False}


def test_a_source_whose_feeds_are_all_gone_names_none_and_is_not_verified() -> None:
    gone = tuple(replace(read, problem="status 410", is_gone=True) for read in (READ_A, READ_B))
    check = replace(WORKS, addresses=gone, articles=(), robots=None)
    assert changed_values(SOURCE, check) == {"checked_on": TODAY, "feeds": []}


def test_feeds_that_a_homepage_announces_are_not_written() -> None:
    assert changed_values(replace(SOURCE, feeds=()), WORKS) == FOUND | {"verified": True}
