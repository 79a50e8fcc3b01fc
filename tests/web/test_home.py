from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient

from newsbot.store.database import Database
from newsbot.store.queries import newest_stories, ranked_stories, recent_languages
from newsbot.web.app import create_app
from newsbot.web.html.rendering import short_time
from tests.store.samples import article, save
from tests.web.newsroom import NOW


def _client(database: Database) -> TestClient:
    return TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")


def _told_by(database: Database, number: int, sources: int, at: datetime) -> str:
    """Store one story, told by so many sources, and return its headline."""
    body = article(number).body
    for source in range(sources):
        told = article(
            number,
            url=f"https://s{source}.example/{number}",
            source=f"s{source}.example",
            title=f"Story {number}",
            body=body,
            published_at=at - timedelta(minutes=source),
        )
        save(database, told, now=at)
    return f"Story {number}"


def _titles(database: Database, path: str = "/") -> list[str]:
    html = _client(database).get(path).text
    return re.findall(r"<h2><a [^>]*>([^<]+)</a></h2>", html)


def test_a_story_of_many_outlets_comes_before_a_fresher_one_of_a_single_outlet(database: Database) -> None:
    single = _told_by(database, 1, 1, NOW - timedelta(hours=1))
    many = _told_by(database, 2, 4, NOW - timedelta(hours=12))
    old = _told_by(database, 3, 4, NOW - timedelta(days=4))
    assert _titles(database) == [many, single, old]
    assert _titles(database, "/?view=newest") == [single, many, old]


def test_articles_of_the_future_are_not_at_the_top(database: Database) -> None:
    now = _told_by(database, 1, 1, NOW - timedelta(hours=1))
    save(database, article(2, title="Next year", published_at=NOW + timedelta(days=300)))
    for path in ("/", "/?view=newest"):
        assert _titles(database, path) == [now]


def test_stories_are_found_in_the_language_that_is_asked_for(database: Database) -> None:
    save(database, article(1, title="English"))
    save(database, article(2, title="Deutsch", language="de"))
    save(database, article(3, title="Unknown", language=None))
    assert _titles(database, "/?language=de") == ["Deutsch"]
    assert _titles(database, "/?language=de&view=newest") == ["Deutsch"]
    html = _client(database).get("/?language=de").text
    assert '<option value="de" selected>German</option>' in html
    with database.read() as session:
        assert recent_languages(session, until=NOW) == [("de", 1), ("en", 1)]
        assert [entry.articles[0].title for entry in ranked_stories(session, until=NOW, language="de")] == [
            "Deutsch"
        ]
        assert len(newest_stories(session)) == 3


def test_a_language_without_articles_says_so_and_stays_in_the_form(database: Database) -> None:
    save(database, article(1))
    html = _client(database).get("/?language=xx").text
    assert "None of the newest articles is in this language" in html
    assert "<option selected>xx</option>" in html


def test_choices_keep_each_other(client: TestClient) -> None:
    html = client.get("/?density=compact&language=de").text
    assert 'href="/?density=compact&amp;language=de&amp;view=newest"' in html
    assert '<input type="hidden" name="density" value="compact">' in html
    assert 'class="lead"' not in html
    assert len(_shown(html)) > len(_shown(client.get("/?language=de").text)) - 1


def _shown(html: str) -> list[str]:
    return re.findall('<article class="story', html)


@pytest.mark.parametrize("query", ["view=best", "density=3", "lang=de", "language=" + "x" * 300])
def test_what_is_not_understood_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/?{query}").status_code == 422


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(hours=2), "07:30"),
        (timedelta(hours=10), "Thu 23:30"),
        (timedelta(days=6), "Sat 09:30"),
        (timedelta(days=7), "13 March 2026"),
        (timedelta(days=-1), "21 March 2026"),
    ],
)
def test_hours_are_shown_of_this_week(age: timedelta, expected: str) -> None:
    assert short_time(NOW - age, NOW) == expected


def test_an_hour_has_its_whole_time_for_programs_and_tooltips(client: TestClient) -> None:
    assert re.search(
        r'<time datetime="2026-03-20T[\d:+]+" title="20 March 2026, \d\d:\d\d UTC"><bdi>\d\d:\d\d</bdi></time>',
        client.get("/").text,
    )


@pytest.mark.parametrize("path", ["/", "/entities", "/sources"])
def test_pages_of_an_empty_database_say_what_to_do(database: Database, path: str) -> None:
    html = _client(database).get(path).text
    assert "newsbot crawl" in html
    assert "newsbot import FILE" in html
