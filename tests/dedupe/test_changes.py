from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsbot.dedupe.changes import judge
from newsbot.items import Article
from tests.dedupe.texts import follow_up, text, update

PARAGRAPHS = (
    "The mayor opened the new harbour on Monday and promised 1,200 jobs to the city.",
    'Critics "doubt" the number - since the last promise of the kind wasn\'t kept... by anybody.',
    "Read also: Ferry to the islands sold",
    "It cost $40 million, and the council will vote on the next part of it on 3 May 2027.",
    "Who will work there",
    "The harbour is the largest of the coast, and the first that was built by the city alone in thirty years.",
)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def report(*paragraphs: str, **given: Any) -> Article:
    defaults: dict[str, Any] = {
        "url": "https://news.example/1",
        "title": "Harbour opened at last",
        "published_at": NOON,
    }
    return Article(**defaults | given, body="\n\n".join(paragraphs or PARAGRAPHS))


OLD = report()


def edited(before: str, after: str) -> Article:
    assert before in OLD.body
    return replace(OLD, body=OLD.body.replace(before, after))


SAME = {
    "white space": replace(OLD, body=OLD.body.replace("\n\n", "\n \n").replace(" ", "\u00a0")),
    "typography": replace(
        OLD, body=OLD.body.replace('"', "”").replace(" - ", " – ").replace("...", "…").replace("'", "’")
    ),
    "thousands": edited("1,200", "1\u202f200"),
    "case of the headline": replace(OLD, title="HARBOUR OPENED AT LAST"),
    "quotes in the headline": replace(OLD, title="Harbour ‘opened’ at last"),
    "a paragraph is split": report(
        *PARAGRAPHS[:5],
        "The harbour is the largest of the coast,",
        "and the first that was built by the city alone in thirty years.",
    ),
    "counters": report("4 min read", *PARAGRAPHS, "12 comments", "1,234 views"),
    "a date line": report("Updated 23 November 2026, 14:05", *PARAGRAPHS),
    "another teaser": edited("Read also: Ferry to the islands sold", "Read also: The ten best beaches"),
    "no teaser": report(*PARAGRAPHS[:2], *PARAGRAPHS[3:]),
    "another advertisement, without a label": edited("Who will work there", "Win a boat for two this summer"),
    "a moved advertisement": report(*PARAGRAPHS[:2], *PARAGRAPHS[3:5], PARAGRAPHS[2], PARAGRAPHS[5]),
    "a moved line": report(*PARAGRAPHS[:3], *PARAGRAPHS[4:], PARAGRAPHS[3]),
    "an unknown counter": report(*PARAGRAPHS, "Kuxo 12"),
    "date of modification": replace(OLD, modified_at=NOON),
    "a clock": replace(OLD, published_at=NOON + timedelta(hours=1)),
}
CHANGED = {
    "a number": edited("1,200 jobs", "1,300 jobs"),
    "a word": edited("doubt", "deny"),
    "a currency": edited("$40", "€40"),
    "a date in a sentence": edited("3 May 2027", "4 May 2027"),
    "a new paragraph": report(*PARAGRAPHS, "The opposition wants an inquiry."),
    "a paragraph gone": report(*PARAGRAPHS[1:]),
    "the first paragraph replaced": report("Nothing to see here, she said", *PARAGRAPHS[1:]),
    "a sub-headline edited": edited("Who will work there", "Who will not work there"),
    "a long paragraph moved": report(PARAGRAPHS[5] * 2, *PARAGRAPHS[:5]),
    "the headline": replace(OLD, title="Harbour closed at last"),
    "a question": replace(OLD, title="Harbour opened at last?"),
    "the byline": replace(OLD, authors=["Ada Kovac"]),
    "the day of publication": replace(OLD, published_at=NOON + timedelta(days=2)),
    "it costs now": replace(OLD, is_free=False),
    "a live blog grew": replace(report("14:05 The band plays", "It is loud.", *PARAGRAPHS), kind="live_blog"),
}


@pytest.mark.parametrize("name", SAME)
def test_cosmetic_difference_is_no_change(name: str) -> None:
    old = report(*PARAGRAPHS, "Kuxo 11") if name == "an unknown counter" else OLD
    assert judge(old, SAME[name]).verdict == "same"
    assert judge(SAME[name], old).verdict == "same"


@pytest.mark.parametrize("name", CHANGED)
def test_difference_that_a_reader_notices_is_a_change(name: str) -> None:
    assert judge(OLD, CHANGED[name]).verdict == "changed"


LONG = report(*text(1, 30).split("\n\n"))


def test_short_line_may_move_but_a_long_paragraph_may_not() -> None:
    paragraphs = LONG.body.split("\n\n")
    forms = [
        report(*paragraphs[:at], "Win a boat for two this summer", *paragraphs[at:]) for at in range(1, 6)
    ]
    assert {judge(one, other).verdict for one in forms for other in forms} == {"same"}
    swapped = [*paragraphs[:2], paragraphs[3], paragraphs[2], *paragraphs[4:]]
    assert judge(LONG, report(*swapped)).verdict == "changed"


def test_order_and_case_of_names_and_size_of_pictures_are_no_change() -> None:
    old = replace(
        OLD, authors=["ADA KOVAC", "Jon Abe"], topics=["a", "b"], image_url="https://news.example/a.jpg?w=600"
    )
    new = replace(
        old, authors=["Jon Abe", "Ada Kovac"], topics=["b", "a"], image_url="https://cdn.example/a.jpg?w=1200"
    )
    assert judge(old, new).verdict == "same"


def test_beginning_of_the_text_is_a_teaser() -> None:
    beginning = LONG.body[: len(LONG.body) // 3]
    judgement = judge(LONG, replace(LONG, body=f"{beginning} ...\n\nSubscribe now and read on."))
    assert judgement.verdict == "teaser"
    assert "words are left" in judgement.detail
    assert (
        judge(LONG, replace(LONG, body="This story is for subscribers only, as you know.")).verdict
        == "teaser"
    )


def test_most_of_the_text_is_a_teaser_only_if_the_page_says_that_it_costs() -> None:
    most = replace(LONG, body=LONG.body[: len(LONG.body) * 3 // 4])
    assert judge(LONG, most).verdict == "changed"
    assert judge(LONG, replace(most, is_free=False)).verdict == "teaser"


def test_full_text_after_a_teaser_is_a_change() -> None:
    assert judge(replace(LONG, body=LONG.body[:900]), LONG).verdict == "changed"


def test_live_blog_that_lost_its_oldest_entries_is_a_change() -> None:
    live = replace(LONG, kind="live_blog")
    assert judge(live, replace(live, body=LONG.body[: len(LONG.body) // 3])).verdict == "changed"


@pytest.mark.parametrize("title", ["Ferry sold", "Das Wetter im Gebirge", "港口 开放"])
def test_another_text_under_another_headline_is_another_article(title: str) -> None:
    assert judge(LONG, report(text(2), title=title)).verdict == "other-article"


@pytest.mark.parametrize(
    "new",
    [
        report(text(2), title="Harbour opened, jobs promised"),
        replace(LONG, title="All is new", body=update(LONG.body, 7)),
        report(follow_up(LONG.body, 5), title="Something else"),
        report(text(3), LONG.body, title="Live: what is known"),
    ],
    ids=["same headline", "new lead", "half is background", "it grew"],
)
def test_running_stories_are_changes(new: Article) -> None:
    assert judge(LONG, new).verdict == "changed"


def test_rewritten_first_report_is_recognised_by_its_names() -> None:
    alert = report(
        "A blast was heard near the market of Port Lindow, the mayor Ada Kovac said.", title="Blast heard"
    )
    names = "Port Lindow mourns. Ada Kovac called it the worst day of the city in a hundred years."
    assert judge(alert, report(text(4), names, title="Five killed at market")).verdict == "changed"
    assert (
        judge(alert, report("It rained in the mountains for two days.", title="Weather")).verdict
        == "other-article"
    )


@pytest.mark.parametrize("lines", [["Yes."], ["a b", "c d"]], ids=["one line", "two lines"])
def test_texts_that_repeat_the_same_few_lines_are_judged(lines: list[str]) -> None:
    half = lines * (20_000 // len(lines))
    old = report(*half, *half)
    assert judge(old, report("Before.", *half, "Between.", *half, "After.")).verdict == "changed"
    assert judge(old, replace(old, body=old.body.replace("\n\n", "\n \n"))).verdict == "same"
