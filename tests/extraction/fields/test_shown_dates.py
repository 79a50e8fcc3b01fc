from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.published import read_modified, read_published
from newsbot.extraction.page.page import Page

DAY = datetime(2026, 3, 10, tzinfo=UTC)
TITLE = "Reading room shut after beam is found rotten"
TEXT = (
    "<p>The town library has been closed since Thursday after a beam in the roof of its reading room was found to be "
    "rotten, the council said.</p><p>Until the summer the children's books are lent from the old fire station, while "
    "students have been given desks in the chapel next door.</p>"
)
CARDS = "".join(
    f"<div><a href='/{day}'><h3>Another story of the same week: part {day}</h3></a><time datetime='2026-02-0{day}'></time></div>"
    for day in (1, 2, 3)
)
TWEET = "<blockquote class=twitter-tweet><p>Look</p><a href='//t.example/1'><time datetime='2019-05-02'>May 2, 2019</time></a></blockquote>"
COMMENTS = "<ol class=commentlist><li>Bob <time datetime='2026-03-12T10:00Z'>12 March 2026</time><p>Sad.</p></li></ol>"


def evidence(
    above: str = "",
    below: str = "",
    *,
    title: str = TITLE,
    text: str = TEXT,
    end: str = "",
    top: str = "",
    head: str = "",
    url: str = "https://post.example/a",
    lang: str = "en",
) -> PageEvidence:
    html = (
        f"<html lang={lang}><head>{head}</head><body><header>{top}</header><main><article>{above}<h1>{title}</h1>"
        f"{below}<div>{text}</div></article>{end}</main></body></html>"
    )
    return PageEvidence(Page.from_text(html, url))


def published(page: PageEvidence) -> datetime | None:
    moment, _ = read_published(page, UTC, None)
    return moment and moment.at


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(evidence(below="<p>By Ann Lee, 10 March 2026</p>", end=TWEET), id="embedded post"),
        pytest.param(evidence(below="<p>10 March 2026</p>", end=COMMENTS), id="comments"),
        pytest.param(evidence(below="<p>10 March 2026</p>", end=CARDS), id="teasers below"),
        pytest.param(evidence(above=CARDS, below="<p>10 March 2026</p>"), id="teasers above"),
        pytest.param(
            evidence(below="<aside><time datetime=2026-06-19></time></aside><p>10 March 2026"), id="aside"
        ),
        pytest.param(
            evidence(below="<time class=event-date>19 June 2026</time><span>10 March 2026</span>"), id="event"
        ),
        pytest.param(
            evidence(below="<p>The board meets on 19 June 2026.</p><p>10 March 2026</p>"),
            id="sentence about an event",
        ),
        pytest.param(
            evidence(top="<p>Tuesday, 17 March 2026</p>", below="<p>10 March 2026</p>"), id="masthead"
        ),
        pytest.param(
            evidence(below="<p>Updated: 14 March 2026 | Published: 10 March 2026</p>"), id="updated first"
        ),
        pytest.param(
            evidence(below="<div>Updated</div><div>14 March 2026</div><div>10 March 2026</div>"),
            id="label apart",
        ),
        pytest.param(
            evidence(
                below="<span class=updated>14 March 2026</span><span class=published>10 March 2026</span>"
            ),
            id="marked as updated",
        ),
        pytest.param(
            evidence(
                below="<time itemprop=dateModified datetime=2026-03-14>10/03/2026 | Updated 14/03/2026</time>",
                lang="en-GB",
            ),
            id="two dates in a modified element",
        ),
        pytest.param(evidence(above="<p>Press release | 10 March 2026</p>"), id="above the headline"),
        pytest.param(evidence(title=f"<small>10 March 2026</small> {TITLE}"), id="before the headline"),
        pytest.param(evidence(title=f"{TITLE} <small>10 March 2026</small>"), id="after the headline"),
        pytest.param(
            evidence(end="<p><a href='/x' rel=bookmark><span class=entry-date>March 10, 2026</span></a></p>"),
            id="marked, in a link",
        ),
        pytest.param(evidence(below="<svg><path/></svg>10 March 2026"), id="after an icon"),
        pytest.param(
            evidence(text=TEXT.replace("<p>The town", "<p>10.3.2026 - The town", 1)), id="start of the text"
        ),
        pytest.param(
            evidence(text=TEXT.replace("<p>The town", "<p>MARROW, March 10, 2026 – The town", 1)),
            id="dateline",
        ),
    ],
)
def test_the_date_of_the_article_is_found_among_others(page: PageEvidence) -> None:
    assert published(page) == DAY


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(evidence(end=CARDS), id="teasers"),
        pytest.param(evidence(end=COMMENTS), id="comments"),
        pytest.param(evidence(end=TWEET), id="embedded post"),
        pytest.param(evidence(top="<p>Tuesday, 17 March 2026</p>"), id="masthead"),
        pytest.param(evidence(text=f"{TEXT}<p>5 May 1996: first book lent</p>"), id="text"),
        pytest.param(evidence(below="<time>2 hours ago</time>"), id="relative"),
        pytest.param(evidence(url="https://post.example/news/20261345/a-2026"), id="number in the URL"),
        pytest.param(evidence(url="https://post.example/2026/03/92713"), id="long number in the URL"),
    ],
)
def test_dates_of_other_things_are_not_taken(page: PageEvidence) -> None:
    assert published(page) is None


@pytest.mark.parametrize(
    "path",
    [
        "2026/3/10/reading-room",
        "2026/03/10/",
        "news/2026-03-10-reading-room.html",
        "10-03-2026/reading-room",
        "20260310/reading-room",
        "news/2026/mar/10/reading-room",
        "reading-room-20260310.html",
    ],
)
def test_day_in_the_path_of_the_url(path: str) -> None:
    assert published(evidence(url=f"https://post.example/{path}")) == DAY


@pytest.mark.parametrize(
    ("declared", "shown", "lang"),
    [
        ("3/10/2026 12:43:42", "10.03.2026", "de"),
        ("03/10/2026 12:43:42", "Publié le 10 mars 2026", "fr"),
        ("10/03/2026 12:43:42", "10 March 2026", "en"),
    ],
)
def test_order_of_day_and_month_agrees_with_what_the_page_shows(declared: str, shown: str, lang: str) -> None:
    page = evidence(head=f"<meta name=date content='{declared}'>", below=f"<p>{shown}</p>", lang=lang)
    assert published(page) == datetime(2026, 3, 10, 12, 43, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "offset_min"),
    [
        ("9 March 2026, 9:30 pm", -300),
        ("9 March 2026", -180),
        ("10 March 2026, 2:30 am", 0),
        ("10 March 2026, 11:30 am", 540),
        ("10 March 2026, 11:47 am", 0),
        ("Updated 9 March 2026", 0),
    ],
)
def test_offset_of_a_date_in_utc_is_that_of_what_the_page_shows(shown: str, offset_min: int) -> None:
    head = "<meta property='article:published_time' content='2026-03-10T02:30:00Z'>"
    moment, _ = read_published(evidence(head=head, below=f"<p>{shown}</p>"), UTC, None)
    assert moment == (datetime(2026, 3, 10, 2, 30, tzinfo=UTC), offset_min)


def test_offset_comes_from_another_declaration_of_the_same_instant() -> None:
    head = (
        "<meta property='article:published_time' content='2026-03-10T02:30:00Z'>"
        "<meta name=date content='2026-03-09T21:30:00-05:00'>"
    )
    moment, _ = read_published(evidence(head=head), UTC, None)
    assert moment == (datetime(2026, 3, 10, 2, 30, tzinfo=UTC), -300)


def test_shown_time_of_the_last_change_is_read_if_none_is_declared() -> None:
    page = evidence(below="<p>Updated: 14 March 2026 | Published: 10 March 2026</p>")
    modified, rule = read_modified(page, UTC, None)
    assert modified is not None
    assert (modified.at.day, rule) == (14, "shown change")


def test_date_of_the_last_change_is_taken_only_if_there_is_no_other() -> None:
    page = evidence(below="<p>Last updated: 14 March 2026</p>")
    moment, rule = read_published(page, UTC, None)
    assert moment is not None
    assert (moment.at.day, rule) == (14, "shown change")


@pytest.mark.parametrize(
    "inside", ["<div>" * 500, "<b>1 March " * 400, "<time datetime=1>" * 300], ids=["divs", "bold", "times"]
)
def test_deep_and_repeated_markup_is_bounded(inside: str) -> None:
    assert published(evidence(below=inside)) is None
