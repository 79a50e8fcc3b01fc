from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsbot.dedupe.changes import is_silent, judge
from newsbot.dedupe.passing import settled
from newsbot.items import Article
from tests.dedupe.texts import follow_up, text, update

TOLD = (
    "The mayor opened the new harbour on Monday and promised 1,200 jobs to the city.",
    'Critics "doubt" the number - since the last promise of the kind wasn\'t kept... by anybody.',
    "Read also: Ferry to the islands sold",
    "It cost $40 million, and the council will vote on the next part of it on 3 May 2027.",
    "Who will work there",
    "The harbour is the largest of the coast, and the first that was built by the city alone in thirty years.",
)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def said(*paragraphs: str, **given: Any) -> Article:
    defaults: dict[str, Any] = {
        "url": "https://news.example/1",
        "title": "Harbour opened at last",
        "published_at": NOON,
    }
    return Article(**defaults | given, body="\n\n".join(paragraphs or TOLD))


OLD = said()


def edited(before: str, after: str) -> Article:
    assert before in OLD.body
    return replace(OLD, body=OLD.body.replace(before, after))


SAME = {
    "white space": replace(OLD, body=OLD.body.replace("\n\n", "\n \n").replace(" ", "\u00a0")),
    "typography": replace(OLD, body=OLD.body.replace('"', "”").replace(" - ", " – ").replace("...", "…").replace("'", "’")),
    "thousands": edited("1,200", "1\u202f200"),
    "case of the headline": replace(OLD, title="HARBOUR OPENED AT LAST"),
    "quotes in the headline": replace(OLD, title="Harbour ‘opened’ at last"),
    "a paragraph is parted": said(*TOLD[:5], "The harbour is the largest of the coast,", "and the first that was built by the city alone in thirty years."),
    "counters": said("4 min read", *TOLD, "12 comments", "1,234 views"),
    "a date line": said("Updated 23 November 2026, 14:05", *TOLD),
    "another teaser": edited("Read also: Ferry to the islands sold", "Read also: The ten best beaches"),
    "no teaser": said(*TOLD[:2], *TOLD[3:]),
    "another advertisement, without a label": edited("Who will work there", "Win a boat for two this summer"),
    "a moved advertisement": said(*TOLD[:2], *TOLD[3:5], TOLD[2], TOLD[5]),
    "a moved line": said(*TOLD[:3], *TOLD[4:], TOLD[3]),
    "an unknown counter": said(*TOLD, "Kuxo 12"),
    "date of modification": replace(OLD, modified_at=NOON),
    "a clock": replace(OLD, published_at=NOON + timedelta(hours=1)),
}  # fmt: skip
CHANGED = {
    "a number": edited("1,200 jobs", "1,300 jobs"),
    "a word": edited("doubt", "deny"),
    "a currency": edited("$40", "€40"),
    "a date in a sentence": edited("3 May 2027", "4 May 2027"),
    "a new paragraph": said(*TOLD, "The opposition wants an inquiry."),
    "a paragraph gone": said(*TOLD[1:]),
    "the first paragraph replaced": said("Nothing to see here, she told us", *TOLD[1:]),
    "a sub-headline edited": edited("Who will work there", "Who will not work there"),
    "a long paragraph moved": said(TOLD[5] * 2, *TOLD[:5]),
    "the headline": replace(OLD, title="Harbour closed at last"),
    "a question": replace(OLD, title="Harbour opened at last?"),
    "the byline": replace(OLD, authors=["Ada Kovac"]),
    "the day of publication": replace(OLD, published_at=NOON + timedelta(days=2)),
    "it costs now": replace(OLD, is_free=False),
    "a live blog grew": replace(said("14:05 The band plays", "It is loud.", *TOLD), kind="live_blog"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_what_no_reader_would_care_for_is_no_change(name: str) -> None:
    old = said(*TOLD, "Kuxo 11") if name == "an unknown counter" else OLD
    assert judge(old, SAME[name]).verdict == "same"
    assert judge(SAME[name], old).verdict == "same"


@pytest.mark.parametrize("name", CHANGED)
def test_what_a_reader_would_notice_is_a_change(name: str) -> None:
    assert judge(OLD, CHANGED[name]).verdict == "changed"


LONG = said(*text(1, 30).split("\n\n"))


def test_line_may_move_between_long_paragraphs_which_may_not() -> None:
    paragraphs = LONG.body.split("\n\n")
    forms = [said(*paragraphs[:at], "Win a boat for two this summer", *paragraphs[at:]) for at in range(1, 6)]
    assert {judge(one, other).verdict for one in forms for other in forms} == {"same"}
    swapped = [*paragraphs[:2], paragraphs[3], paragraphs[2], *paragraphs[4:]]
    assert judge(LONG, said(*swapped)).verdict == "changed"


def test_form_of_names_and_pictures_is_no_change() -> None:
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
    assert judge(LONG, said(text(2), title=title)).verdict == "other-article"


@pytest.mark.parametrize(
    "new",
    [
        said(text(2), title="Harbour opened, jobs promised"), replace(LONG, title="All is new", body=update(LONG.body, 7)),
        said(follow_up(LONG.body, 5), title="Something else"), said(text(3), LONG.body, title="Live: what is known"),
    ],
    ids=["same headline", "new lead", "half is background", "it grew"],
)  # fmt: skip
def test_running_stories_are_changes(new: Article) -> None:
    assert judge(LONG, new).verdict == "changed"


def test_first_report_that_is_rewritten_is_known_by_its_names() -> None:
    alert = said(
        "A blast was heard near the market of Port Lindow, the mayor Ada Kovac said.", title="Blast heard"
    )
    names = "Port Lindow mourns. Ada Kovac called it the worst day of the city in a hundred years."
    assert judge(alert, said(text(4), names, title="Five killed at market")).verdict == "changed"
    assert (
        judge(alert, said("It rained in the mountains for two days.", title="Weather")).verdict
        == "other-article"
    )


@pytest.mark.parametrize(
    ("before", "after", "is_it"),
    [(None, None, True), (NOON, NOON, True), (NOON, None, True), (None, NOON, False),
     (NOON, NOON + timedelta(minutes=1), False)],
)  # fmt: skip
def test_edit_is_silent_unless_the_date_of_modification_moves(
    before: datetime | None, after: datetime | None, is_it: bool
) -> None:
    new = edited("doubt", "deny")
    assert is_silent(replace(OLD, modified_at=before), replace(new, modified_at=after)) is is_it


def test_edit_that_a_date_line_tells_of_is_not_silent_nor_is_one_of_the_topics() -> None:
    new = edited("doubt", "deny")
    assert not is_silent(OLD, replace(new, body=f"Updated 24 November 2026\n\n{new.body}"))
    assert not is_silent(OLD, replace(OLD, topics=["harbour"]))


@pytest.mark.parametrize("line", """12 comments|Comments (12)|1.2K shares|3 min read|No comments|2 hours ago|Updated 14:05
Last updated: Nov. 23, 2026 at 2:05 p.m.|Stand: 23.11.2026, 14:05 Uhr|12 Kommentare|Lesedauer 4 Min.|Mis à jour le 23 novembre 2026 à 14h05
Temps de lecture : 3 min|12 comentarios|3 min de lectura|3 minuti di lettura|Обновлено 23 ноября 2026, 14:05|12 комментариев|1234 просмотра
更新时间：2026年11月23日 14:05|阅读 1234|12条评论|コメント 12件|댓글 12|입력 2026.11.23. 오후 2:05|تم التحديث 23 نوفمبر 2026|12 تعليقا
अपडेट 23 नवंबर 2026 14:05|Cập nhật 23/11/2026 14:05|12 bình luận|12 yorum|Zaktualizowano 23 listopada 2026, 14:05|12 תגובות
Ενημερώθηκε 23 Νοεμβρίου 2026|Uppdaterad 23 november 2026 kl 14.05|Päivitetty 23.11.2026 14.05|Advertisement|Advertisement: Boats by Holt|Lesen Sie auch: Hafen""".replace("\n", "|").split("|"))  # fmt: skip
def test_lines_that_change_by_themselves(line: str) -> None:
    assert settled(line) == ""


@pytest.mark.parametrize("line", """7 dead in crash|Five dead in crash|He died on 3 May 2024.|Shares fall 5 percent|Bayern 2-1 Dortmund
He left – 3 days ago – for Rome.|He was 52.|“I have 12 comments to make,” she said""".replace("\n", "|").split("|"))  # fmt: skip
def test_lines_that_tell_something(line: str) -> None:
    assert settled(line) == line


def test_byline_stays_of_a_line_with_counters() -> None:
    assert settled("By Ada Kovac | 3 min read | Updated 14:05") == "By Ada Kovac"


@pytest.mark.parametrize("lines", [["Yes."], ["a b", "c d"]], ids=["one line", "two lines"])
def test_texts_of_the_same_few_lines_without_end_are_judged(lines: list[str]) -> None:
    half = lines * (20_000 // len(lines))
    old = said(*half, *half)
    assert judge(old, said("Before.", *half, "Between.", *half, "After.")).verdict == "changed"
    assert judge(old, replace(old, body=old.body.replace("\n\n", "\n \n"))).verdict == "same"
