"""The page of edits by publishers, and its feeds."""

from __future__ import annotations

from datetime import timedelta

import feedparser
import pytest
from starlette.testclient import TestClient

from newsbot.store.database import Database
from newsbot.store.queries import EditFilters, Filters, Narrowed, PublisherEdit, list_edits
from newsbot.web.app import create_app
from tests.store.samples import LATER, article, save
from tests.web.newsroom import NOW

NOTE = "\n\nThe council will meet again on Thursday to vote on the cranes, a clerk said."


def all_edits(database: Database, filters: EditFilters, limit: int = 4) -> list[PublisherEdit]:
    found: list[PublisherEdit] = []
    after = None
    while True:
        with database.read() as session:
            page = list_edits(session, filters, after=after, limit=limit)
        found += page.edits
        after = page.after
        if after is None:
            return found


def of(**given: tuple[str, ...]) -> Narrowed:
    """Return conditions on articles, looked up already."""
    filters = Filters(**given)  # type: ignore[arg-type] # of sources and languages
    return Narrowed(filters=filters, sources=filters.source or None, excluded=(), entity_ids=None)


def _meets(edit: PublisherEdit, filters: Filters) -> bool:
    source, language = edit.article.source, edit.article.language
    return (not filters.source or source in filters.source) and (
        not filters.language or language in filters.language
    )


def site(database: Database) -> TestClient:
    return TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")


def test_pages_have_every_edit_once_newest_first(newsroom: Database) -> None:
    edits = all_edits(newsroom, EditFilters())
    places = [(edit.changed_at, edit.article.id, edit.revision) for edit in edits]
    assert places == sorted(set(places), reverse=True)
    assert len(edits) > 8
    assert places == [
        (edit.changed_at, edit.article.id, edit.revision) for edit in all_edits(newsroom, EditFilters(), 100)
    ]


@pytest.mark.parametrize(
    "filters",
    [
        EditFilters(part="headline"),
        EditFilters(part="text"),
        EditFilters(only_silent=True),
        EditFilters(articles=of(source=("harbour-post", "valley-herald"))),
        EditFilters(articles=of(language=("en",)), part="headline", only_silent=True),
    ],
    ids=["headline", "text", "silent", "sources", "all together"],
)
def test_filters_leave_the_edits_that_meet_them(newsroom: Database, filters: EditFilters) -> None:
    wanted = [
        (edit.article.id, edit.revision)
        for edit in all_edits(newsroom, EditFilters())
        if (filters.part != "headline" or edit.title)
        and (filters.part != "text" or edit.passages)
        and (not filters.only_silent or edit.is_silent)
        and (filters.articles is None or _meets(edit, filters.articles.filters))
    ]
    assert [(edit.article.id, edit.revision) for edit in all_edits(newsroom, filters, 2)] == wanted != []


def test_headline_and_text_are_those_of_the_edit_although_later_ones_followed(database: Database) -> None:
    bodies = [article(1).body, article(1).body + NOTE, article(1).body + NOTE.replace("Thursday", "Friday")]
    titles = ["Harbour opened", "Harbour opened in rain", "Harbour opened in rain and wind"]
    for step, (title, body) in enumerate(zip(titles, bodies, strict=True)):
        save(database, article(1, title=title, body=body), now=LATER + timedelta(days=step))
    second, first = all_edits(database, EditFilters())
    assert (first.title, second.title) == (tuple(titles[:2]), tuple(titles[1:]))
    [added], [replaced] = first.passages, second.passages
    assert "Thursday" in added.new
    assert "Thursday" not in added.old
    assert ("Thursday" in replaced.old, "Friday" in replaced.new) == (True, True)


def test_article_that_has_changed_often_since_says_so(database: Database) -> None:
    for step in range(64):
        body = f"{article(1).body}\n\nMinute {step * 7919}: {'goal ' * (step % 5 + 1)}for the {step * 31} guests."
        save(database, article(1, body=body), now=LATER + timedelta(hours=step))
    edits = all_edits(database, EditFilters(), 50)
    assert edits[0].passages
    assert edits[-1].passage_count is None


def test_hostile_headlines_are_text(database: Database) -> None:
    save(database, article(1, title="Harbour <script>alert(1)</script>"))
    save(database, article(1, title="Harbour <img src=x onerror=alert(2)> \x01]]>"), now=LATER)
    answer = site(database).get("/edits")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    feed = feedparser.parse(site(database).get("/edits.atom").content)
    assert not feed.bozo
    assert "<img" not in feed.entries[0].content[0].value


def test_page_says_what_silent_and_loud_mean(client: TestClient) -> None:
    page = client.get("/edits").text
    for words in ("Silent: nothing on the page owns up to it", "Loud: the page says that it was changed"):
        assert words in page
    assert "<del>" in page


def test_form_survives_a_fault(client: TestClient) -> None:
    answer = client.get("/edits?source=lost&silent=true&part=headline")
    assert answer.status_code == 422
    assert "no source &#39;lost&#39;; accepted:" in answer.text
    assert 'value="lost"' in answer.text
    assert 'value="true" checked' in answer.text
    assert '<option value="headline" selected>' in answer.text


def test_next_page_keeps_the_filters(client: TestClient) -> None:
    page = client.get("/edits?silent=true&limit=1").text
    assert "/edits?silent=true&amp;limit=1&amp;cursor=" in page


@pytest.mark.parametrize("address", ["/edits.atom", "/edits.json"])
def test_feeds_lead_to_every_edit(client: TestClient, newsroom: Database, address: str) -> None:
    count, following = 0, f"{address}?limit=7"
    while following:
        answer = client.get(following)
        if address.endswith("json"):
            feed = answer.json()
            count, following = count + len(feed["items"]), feed.get("next_url", "")
        else:
            parsed = feedparser.parse(answer.content)
            links = {link.rel: link.href for link in parsed.feed.links}
            count, following = count + len(parsed.entries), links.get("next", "")
    assert count == len(all_edits(newsroom, EditFilters()))


@pytest.mark.parametrize(
    "asked", ["cursor=9", "part=picture", "limit=0", "silent=perhaps", "source=lost", "colour=red"]
)
def test_bad_parameters_are_refused(client: TestClient, asked: str) -> None:
    assert client.get(f"/edits?{asked}").status_code == 422
    answer = client.get(f"/edits.json?{asked}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
