from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.silent_edits import measured, pairs
from newsbot.dedupe.admissions import LOOKED_FOR, REASONS, Evidence, judge_edit
from newsbot.items import Article

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)
PARAGRAPHS = (
    "The ferry between Lindow and the outer islands will sail through the winter after all, the county decided.",
    "The county pays 4.1 million a year for it, said Nora Whitlock, who leads the harbour office.",
    "Islanders had collected nine thousand signatures since the spring, and the school had closed for a day.",
    "A new engine would cost as much as the wages of the crew for three years, the yard has calculated.",
)
OLD = Article(
    url="https://post.example/ferry",
    title="Ferry line is saved",
    body="\n\n".join(PARAGRAPHS),
    published_at=NOON,
)
EDITED = replace(OLD, body=OLD.body.replace("4.1", "4.7"))
NOTE = "Correction: An earlier version of this article said that the county pays 4.1 million a year. It is 4.7 million."


def with_line(article: Article, line: str) -> Article:
    return replace(article, body=f"{article.body}\n\n{line}")


def test_edit_is_silent_if_nothing_on_the_page_owns_up_to_it() -> None:
    evidence = judge_edit(OLD, EDITED, now=LATER)
    assert evidence == Evidence("nothing-found")
    assert evidence.is_silent
    assert evidence.verdict == "silent"


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (replace(EDITED, modified_at=LATER), Evidence("modified-date", "2026-05-04T15:00:00Z")),
        (replace(EDITED, published_at=LATER), Evidence("published-date", "2026-05-04T15:00:00Z")),
        (with_line(EDITED, "Correction: It is 4.7 million."), Evidence("note", "Correction: It is 4.7 million.")),
        (with_line(EDITED, "Updated 14:32"), Evidence("date-line", "Updated 14:32")),
        (with_line(EDITED, "24 May 2026"), Evidence("date-line", "24 May 2026")),
        (replace(EDITED, title="CORRECTED-Ferry line is saved"), Evidence("headline-mark", "CORRECTED-Ferry line is saved")),
        (replace(EDITED, notes=["(Corrects sum)"]), Evidence("note", "(Corrects sum)")),
        (replace(EDITED, kind="live_blog"), Evidence("live-blog")),
        (replace(EDITED, body=f"14:05 The boat sails\n\n{EDITED.body}"), Evidence("live-blog", "14:05 The boat sails")),
    ],
    ids=["modified", "published", "note", "time", "bare date", "headline", "outside the text", "live blog", "entry"],
)  # fmt: skip
def test_page_that_owns_up_to_an_edit_is_quoted(new: Article, expected: Evidence) -> None:
    assert judge_edit(OLD, new, now=LATER) == expected
    assert expected.verdict == "admitted"


@pytest.mark.parametrize("line", ["More follows.", "This is a developing story and will be updated."])
def test_old_text_that_announced_changes_owns_up_to_them(line: str) -> None:
    assert judge_edit(with_line(OLD, line), EDITED).reason == "announced"
    assert judge_edit(replace(OLD, notes=[line]), EDITED).reason == "announced"


def test_sentence_that_is_added_to_a_paragraph_can_own_up() -> None:
    end = " This article has been corrected."
    assert judge_edit(OLD, replace(EDITED, body=EDITED.body + end)).text == end.strip()


def test_note_of_an_earlier_edit_does_not_own_up_to_another_one() -> None:
    note = "Correction: Her name is Nora Whitlock."
    assert judge_edit(with_line(OLD, note), with_line(EDITED, note)).is_silent
    noted = replace(OLD, notes=[note])
    assert judge_edit(noted, replace(EDITED, notes=[note])).is_silent
    assert judge_edit(noted, with_line(EDITED, note)).is_silent
    assert not judge_edit(noted, replace(EDITED, notes=[f"{note} It is 4.7 million."])).is_silent


def test_note_that_disappears_is_a_silent_edit() -> None:
    assert judge_edit(with_line(OLD, "Correction: It is 4.7 million."), OLD).is_silent


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (OLD, replace(OLD, topics=["ferries"], modified_at=LATER), "metadata"),
        (OLD, with_line(OLD, "Sign up for our morning newsletter."), "metadata"),
        (OLD, with_line(OLD, "Nora Whitlock is a staff writer who covers the coast."), "boilerplate"),
        (with_line(OLD, "DAX 18,204.33 +0.4%"), with_line(OLD, "DAX 18,310.90 -0.2%"), "boilerplate"),
        (replace(OLD, body="\n\n".join(PARAGRAPHS[:2])), OLD, "full-text"),
        (replace(OLD, body="The ferry is saved, the county said."), OLD, "first-report"),
    ],
    ids=["topics", "newsletter", "writer", "prices", "teaser", "first report"],
)
def test_what_is_no_edit_by_the_publisher(old: Article, new: Article, reason: str) -> None:
    evidence = judge_edit(old, new, now=LATER)
    assert (evidence.reason, evidence.verdict) == (reason, "no-edit")


@pytest.mark.parametrize(
    "new",
    [
        replace(with_line(OLD, "Nora Whitlock is a staff writer who covers the coast."), notes=[NOTE]),
        with_line(with_line(OLD, "Nora Whitlock is a staff writer who covers the coast."), NOTE),
        with_line(replace(OLD, body=PARAGRAPHS[1]), NOTE),
    ],
    ids=["line about a writer, note beside the text", "line about a writer, note in the text", "short text"],
)
def test_correction_owns_up_whatever_else_the_page_shows_now(new: Article) -> None:
    old = replace(OLD, body=PARAGRAPHS[1]) if len(new.body) < len(OLD.body) else OLD
    assert judge_edit(old, new, now=LATER) == Evidence("note", NOTE)


def test_number_in_a_headline_of_a_list_is_no_counter() -> None:
    assert judge_edit(
        with_line(OLD, "12 dead in harbour fire"), with_line(OLD, "9 dead in harbour fire")
    ).is_silent


def test_page_that_costs_now_is_another_form() -> None:
    assert judge_edit(OLD, replace(EDITED, is_free=False)).verdict == "unknown"


def test_headline_alone_may_be_a_test_soon_after_publication() -> None:
    new = replace(OLD, title="County pays millions for old ferry")
    assert judge_edit(OLD, new, now=NOON + timedelta(hours=20)).reason == "headline-test"
    assert judge_edit(OLD, new, now=NOON + timedelta(days=3)).is_silent
    assert judge_edit(OLD, replace(new, body=EDITED.body), now=LATER).is_silent
    back = judge_edit(new, OLD, now=NOON + timedelta(days=3), earlier_titles=[OLD.title])
    assert back == Evidence("returned", OLD.title or "")


@pytest.mark.parametrize("reason", REASONS)
def test_evidence_is_stored_and_loaded(reason: Any) -> None:
    evidence = Evidence(reason, "Updated 14:32")
    assert Evidence.from_json(evidence.to_json()) == evidence


def test_what_was_looked_for_owns_up() -> None:
    assert {Evidence(reason).verdict for reason in LOOKED_FOR} == {"admitted"}


@pytest.mark.parametrize("half", ["tuned", "kept"])
def test_silent_edits_are_told_from_others_in_many_languages(half: str) -> None:
    figures = measured(list(pairs(half)))
    assert figures["precision"] >= 0.98
    assert figures["recall"] >= 0.98


def test_line_of_any_length_is_judged_quickly() -> None:
    long = "Correction " * 5_000
    assert judge_edit(OLD, with_line(EDITED, long)).reason != "note"
    assert (
        judge_edit(OLD, replace(EDITED, body="\n\n".join(f"Line {n} said so." for n in range(20_000))))
        is not None
    )
