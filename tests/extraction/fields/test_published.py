from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.published import read_modified, read_published
from newsbot.extraction.page.page import Page
from newsbot.languages.calendar.date_labels import DATE_LABELS
from tests.word_list_examples import by_language

NOW = datetime(2026, 5, 1, tzinfo=UTC)
MOMENT = datetime(2026, 3, 14, 9, 5, tzinfo=UTC)


def evidence(head: str = "", body: str = "", url: str = "https://gazette.example/a") -> PageEvidence:
    return PageEvidence(Page.from_text(f"<html lang=en><head>{head}</head><body>{body}</body></html>", url))


def published(
    page: PageEvidence, timezone: tzinfo = UTC, now: datetime | None = NOW
) -> tuple[datetime | None, str]:
    moment, rule = read_published(page, timezone, now)
    return moment and moment.at, rule


def json_ld(published: str) -> str:
    return f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"H","datePublished":{published}}}</script>'


@pytest.mark.parametrize(
    ("head", "body", "rule"),
    [
        pytest.param(json_ld('"2026-03-14T10:05:00+01:00"'), "", "json-ld datePublished", id="json-ld"),
        pytest.param(
            json_ld('["", null, "2026-03-14 09:05Z"]'), "", "json-ld datePublished", id="json-ld list"
        ),
        pytest.param(
            '<meta property="article:published_time" content="2026-03-14T09:05:00Z">', "", "meta", id="meta"
        ),
        pytest.param(
            "",
            '<div itemscope itemtype="http://schema.org/NewsArticle"><meta itemprop="datePublished" content="2026-03-14T09:05:00Z"></div>',
            "meta",
            id="microdata in meta",
        ),
        pytest.param(
            "",
            "<time datetime='2026-01-01T00:00Z'></time><h1>H</h1><time datetime='2026-03-14T09:05Z'></time>",
            "time element",
            id="time below the headline",
        ),
        pytest.param(
            "",
            "<h1>H</h1><p>Published: 14 March 2026, 9.05am GMT</p>",
            "beside headline",
            id="line below the headline",
        ),
        pytest.param(
            "", "<h1>H</h1><ul><li><b>Date</b> 14.03.2026 09:05</li></ul>", "beside headline", id="label"
        ),
        pytest.param(
            "",
            '<span class="entry-date">14 March 2026 09:05</span><p>Text',
            "dated element",
            id="dated element",
        ),
    ],
)
def test_date_is_found_by_each_rule(head: str, body: str, rule: str) -> None:
    assert published(evidence(head, body)) == (MOMENT, rule)


def test_day_in_the_url_is_the_last_resort() -> None:
    found = published(evidence(url="https://gazette.example/2026/03/14/ferry"))
    assert found == (datetime(2026, 3, 14, tzinfo=UTC), "url")


def test_time_of_day_comes_from_a_later_rule() -> None:
    head = json_ld('"2026-03-14"') + '<meta name="pubdate" content="2026-03-14T09:05:00Z">'
    assert published(evidence(head)) == (MOMENT, "meta")


def test_zone_comes_from_a_later_rule_only_for_the_same_moment() -> None:
    first = json_ld('"2026-03-14T10:05:30"')
    same = '<meta property="article:published_time" content="2026-03-14T10:05+01:00">'
    later = '<meta name="date" content="2026-03-14T18:41:00Z">'
    assert published(evidence(first + same)) == (MOMENT, "meta")
    assert published(evidence(first + later))[1] == "json-ld datePublished"


def test_another_day_does_not_overrule_the_first_rule() -> None:
    head = json_ld('"2026-03-14"') + '<meta name="date" content="2026-04-20T09:05:00Z">'
    assert published(evidence(head))[0] == datetime(2026, 3, 14, tzinfo=UTC)


def test_date_without_offset_is_read_in_the_zone_of_the_source() -> None:
    head = json_ld('"2026-07-14T11:05:00"')
    assert published(evidence(head), ZoneInfo("Europe/Paris"), None)[0] == datetime(
        2026, 7, 14, 9, 5, tzinfo=UTC
    )


def test_future_dates_and_dates_in_captions_are_ignored() -> None:
    body = "<h1>H</h1><p>The old harbour and its three cranes in the evening of 14 March 2019</p>"
    assert published(evidence(json_ld('"2031-01-01"'), body)) == (None, "")


def test_last_change_is_read_from_its_own_properties() -> None:
    head = json_ld('"2026-03-14"') + '<meta property="article:modified_time" content="2026-03-15T10:00Z">'
    modified, rule = read_modified(evidence(head), UTC, NOW)
    assert (modified and modified.at, rule) == (datetime(2026, 3, 15, 10, tzinfo=UTC), "meta")


@by_language(label=DATE_LABELS)
def test_labels_of_dates_are_recognised_in_every_language(kind: str, texts: list[str]) -> None:
    # Ten words make the line too long for the rule "below headline".
    value = "one two three four five six seven eight nine ten 2026-03-14"
    pages = [evidence("", f"<h1>H</h1><li><b>{text.capitalize()}:</b> {value}</li>") for text in texts]
    found = [published(page) for page in pages]
    assert found == [(datetime(2026, 3, 14, tzinfo=UTC), "labelled")] * len(texts)


@pytest.mark.parametrize(
    ("written", "zone", "offset_min"),
    [
        ("2026-03-14T20:05:00-05:00", "UTC", -300),
        ("2026-03-14T20:05:00+05:45", "Europe/Paris", 345),
        ("2026-07-14T20:05:00", "Europe/Paris", 120),
        ("2026-07-14", "America/New_York", -240),
        ("2026-07-14T20:05:00Z", "America/New_York", -240),
        ("2026-07-14T20:05:00+00:00", "UTC", 0),
        ("2026-07-14T20:05:00", "UTC", None),
        ("2026-07-14", "UTC", None),
        ("1784045100", "UTC", None),
        ("1784045100", "Asia/Tokyo", 540),
        ("2026-07-14T20:05:00+23:00", "UTC", None),
    ],
)
def test_offset_is_that_of_the_page_else_of_the_source(
    written: str, zone: str, offset_min: int | None
) -> None:
    moment, _ = read_published(evidence(json_ld(f'"{written}"')), ZoneInfo(zone), None)
    assert moment is not None
    assert moment.offset_min == offset_min


def test_offset_of_the_more_precise_date_counts() -> None:
    head = json_ld('"2026-03-14"') + '<meta name="pubdate" content="2026-03-14T20:05:00-05:00">'
    moment, _ = read_published(evidence(head), UTC, NOW)
    assert moment == (datetime(2026, 3, 15, 1, 5, tzinfo=UTC), -300)
