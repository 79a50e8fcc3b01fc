from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import insert, update
from starlette.testclient import TestClient

from newsbot.items import Article, Entity, Mention
from newsbot.query.written_values import written_name
from newsbot.sources.model import Source
from newsbot.store.crawl import feed_rows
from newsbot.store.database import Database
from newsbot.store.queries import source_overviews
from newsbot.store.schema.models import Feed, Host
from newsbot.web.app import create_app
from newsbot.web.html.rendering import MAX_TITLE_CHARS
from tests.store.samples import article, save
from tests.web.addresses import every_kind
from tests.web.newsroom import NOW

HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "quotes": "\"'><b onmouseover=alert(1)>",
    "template": "{{ 7 * 7 }}{% raw %}${7*7}",
    "right to left": "\u202e evil \u2066 gnp.exe",
    "emoji": "🚢" * 40,
    "ten kB": "long " * 2_000,
    "one word of ten kB": "a" * 10_000,
}


class Elements(HTMLParser):
    """The elements of a page: tag and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(html: str, tag: str) -> list[dict[str, str | None]]:
    return [attributes for name, attributes in Elements(html).found if name == tag]


def client_of(database: Database, **given: Any) -> TestClient:
    return TestClient(create_app(database, now=lambda: NOW, **given), base_url="http://127.0.0.1")


def test_every_kind_of_page_is_shown(client: TestClient) -> None:
    assert {address: client.get(address).status_code for address in every_kind(client)} == dict.fromkeys(
        every_kind(client), 200
    )


def test_every_page_has_one_main_heading_a_title_and_no_skipped_level(client: TestClient) -> None:
    for address in every_kind(client):
        answer = client.get(address)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        levels = [int(tag[1]) for tag, _ in Elements(answer.text).found if re.fullmatch("h[1-6]", tag)]
        assert levels.count(1) == 1, address
        assert all(after - before <= 1 for before, after in pairwise(levels)), address
        assert re.search("<title>[^<]+</title>", answer.text), address


def test_pages_load_nothing_from_elsewhere_and_hold_no_own_script_or_style(client: TestClient) -> None:
    for address in every_kind(client):
        answer = client.get(address)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        found = Elements(answer.text).found
        loaded = [
            attributes.get("src") for tag, attributes in found if tag in {"img", "iframe", "script", "video"}
        ]
        loaded += [
            attributes.get("href")
            for tag, attributes in found
            if tag == "link" and attributes.get("rel") != "alternate"
        ]
        assert all((url or "").startswith("/static/") for url in loaded), address
        assert not [tag for tag, attributes in found if tag == "style" or "style" in attributes], address


def test_links_to_other_sites_send_no_referrer(client: TestClient) -> None:
    others = 0
    for address in every_kind(client):
        for link in elements(client.get(address).text, "a"):
            if urlsplit(link["href"] or "").netloc:
                others += 1
                assert {"noopener", "noreferrer"} <= set((link.get("rel") or "").split()), address
    assert others


def test_every_field_has_a_label_and_every_image_a_text(client: TestClient) -> None:
    for address in every_kind(client):
        html = client.get(address).text
        labelled = {label.get("for") for label in elements(html, "label")}
        for field in elements(html, "input"):
            inside = re.search(rf"<label>[^<]*<input[^>]*name=\"{field['name']}\"", html)
            assert (
                field.get("type") == "hidden"
                or field.get("aria-label")
                or field.get("id") in labelled
                or inside
            )
        drawings = elements(html, "svg")
        assert all(drawing.get("aria-label") or drawing.get("aria-hidden") for drawing in drawings), address


def test_home_shows_a_story_once_with_its_outlets(client: TestClient) -> None:
    html = client.get("/").text
    stories = re.findall(r'class="badge" href="(/stories/\d+)">in (\d+) outlets', html)
    assert stories
    assert len({address for address, _ in stories}) == len(stories)
    assert "Rising this week" in html
    assert "feed fails" in html


def test_home_shows_one_article_per_outlet_of_a_story(client: TestClient) -> None:
    stories = client.get("/").text.split('<article class="story')[1:]
    outlets = [re.findall(r'class="source" href="([^"]+)"', story.split("<aside>")[0]) for story in stories]
    assert max(map(len, outlets)) > 2
    assert all(len(names) == len(set(names)) for names in outlets)


def test_home_shows_sources_in_trouble_first(client: TestClient) -> None:
    glance = client.get("/").text.partition('<ul class="glance">')[2]
    assert re.search(r'href="/sources/([\w-]+)"', glance)[1] == "coast-wire"  # type: ignore[index]


def test_texts_have_the_language_and_direction_of_their_article(database: Database) -> None:
    saved = save(database, article(1, title="ميناء النخيل يستقبل أول سفينة", language="ar"))
    client = client_of(database)
    for address in ("/", "/search?q=harbour", f"/articles/{saved.article_id}"):
        html = client.get(address).text
        assert re.search(r'<article [^>]*dir="rtl"', html), address
        assert 'lang="ar"' in html, address


def test_article_names_its_authors_separated_by_commas(database: Database) -> None:
    saved = save(database, article(1, authors=["Ada Kovac", "Teo Holt"]))
    html = client_of(database).get(f"/articles/{saved.article_id}").text
    assert ">By <bdi>Ada Kovac</bdi>, <bdi>Teo Holt</bdi></p>" in html


def test_very_long_headline_is_cut_and_shown_whole_on_request(database: Database) -> None:
    saved = save(database, article(1, title="long " * 200))
    html = client_of(database).get(f"/articles/{saved.article_id}").text
    assert len(re.findall("<h1[^>]*>([^<]*)", html)[0]) <= MAX_TITLE_CHARS + 1
    assert "long " * 199 in html.partition("The whole headline")[2]


def test_name_redirects_to_its_entity(client: TestClient) -> None:
    answer = client.get("/entities", params={"name": "lisbon"})
    assert re.search("<h1[^>]*>Lisbon</h1>", answer.text)
    assert "No article names <bdi>Nobody</bdi>" in client.get("/entities?name=Nobody").text


def test_names_are_ordered_by_the_counts_that_are_shown(client: TestClient) -> None:
    lists = client.get("/entities").text.split('<ol class="counted">')[1:]
    counts = [[int(count) for count in re.findall(r'class="count">(\d+)', html)] for html in lists]
    assert max(map(len, counts)) > 2
    assert all(numbers == sorted(numbers, reverse=True) for numbers in counts)


def test_every_filter_has_a_field_that_holds_what_is_asked_for(client: TestClient) -> None:
    asked = {
        "source": "le-courrier",
        "entity": "Lisbon",
        "section": "City",
        "language": "fr",
        "since": "2026-03-01",
    }
    fields = elements(client.get("/search", params=asked).text, "input")
    assert asked.items() <= {field["name"]: field.get("value") for field in fields}.items()


def test_api_page_describes_parameters_and_answer_of_every_endpoint(client: TestClient) -> None:
    html = client.get("/api").text
    for path in client.get("/api/openapi.json").json()["paths"]:
        assert f"<code>GET {path}</code>" in html
    assert re.search(r"<code>sort</code></dt><dd>Best first, or newest first. Default: relevance. ", html)
    assert "list of: id, title, url, source" in html
    assert "`" not in html


def test_search_marks_what_it_found_and_counts_by_source(client: TestClient) -> None:
    html = client.get("/search?q=%22Harbour+Board%22").text
    assert "<mark>" in html
    assert re.search(r'href="/search\?q=[^"]+&amp;source=[\w-]+"><bdi>', html)


def test_search_narrowed_by_a_source_can_be_widened_again(client: TestClient) -> None:
    html = client.get("/search?q=council&source=harbour-post").text
    assert 'href="/search?q=council" title="Remove"><bdi>Source: The Harbour Post</bdi>' in html


def test_search_pages_by_cursor_show_every_article_once(client: TestClient) -> None:
    address: str | None = "/search?q=the&limit=50"
    seen: list[str] = []
    while address:
        html = client.get(address).text
        seen += re.findall(r'<h2><a [^>]*href="(/articles/\d+)"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 160


def test_article_marks_entities_where_they_are_named(database: Database) -> None:
    saved = save(database, article(1))
    html = client_of(database).get(f"/articles/{saved.article_id}").text
    marked = r'<a class="name per" href="/entities/\d+" title="Person: Ada Kovac">Ada Kovac</a> opened the new harbour of '
    assert re.search(marked, html)


def test_changes_are_shown_as_removed_and_added(client: TestClient) -> None:
    address = next(path for path in every_kind(client) if path.endswith("/revisions"))
    html = client.get(address).text
    assert "<del>" in html
    assert "<ins>" in html


def test_story_shows_how_much_of_the_first_text_an_article_kept(client: TestClient) -> None:
    address = next(path for path in every_kind(client) if path.startswith("/stories/"))
    html = client.get(address).text
    assert re.search(r"of it (is|are) in the first text", html)
    assert "What it changed" in html


def test_article_shows_that_it_is_gone_or_replaced_and_its_silent_edits(
    client: TestClient,
) -> None:
    newest = [item["id"] for item in client.get("/api/articles?limit=60").json()["items"]]
    pages = [client.get(f"/articles/{number}").text for number in newest]
    assert any("from its address since" in html for html in pages)
    assert any("its address had something else" in html for html in pages)
    assert any("1 silently" in html for html in pages)
    changes = [client.get(f"/articles/{number}/revisions").text for number in newest]
    assert any("silent: the page does not say so" in html for html in changes)
    assert any("nothing on the page owns up to it" in html for html in changes)
    assert any("<ins>20 March 2026, 10:30 UTC</ins>" in html for html in changes)


def test_story_names_the_agency_that_a_copy_credits(client: TestClient) -> None:
    stories = [item["id"] for item in client.get("/api/stories?limit=100").json()["items"]]
    credited = [
        number
        for number in stories
        if any(m["agency"] for m in client.get(f"/api/stories/{number}").json()["items"])
    ]
    assert '<span class="badge">AFP</span>' in client.get(f"/stories/{credited[0]}").text


def test_silent_source_shows_its_last_days_with_articles(database: Database) -> None:
    old = NOW - timedelta(days=400)
    save(database, article(1, source="news.example", published_at=old), now=old)
    html = client_of(database).get("/sources/news.example").text
    assert "Published: 1 articles from" in html
    assert f"most on {old.day} {old:%B %Y}: 1" in html


def test_source_shows_flags_feeds_and_rejects(client: TestClient) -> None:
    html = client.get("/sources/coast-wire").text
    assert "failed 7 times: http-503" in html
    assert "Pages not stored" in client.get("/sources/harbour-post").text


def test_source_shows_feeds_that_moved_or_ended_and_hosts_that_are_held(database: Database) -> None:
    feeds = ("https://news.example/old.xml", "https://news.example/gone.xml")
    source = Source(key="one", name="One", homepage="https://news.example/", feeds=feeds)
    later = NOW + timedelta(hours=3)
    with database.write() as session:
        feed_rows.sync_sources(session, [source], now=NOW)
        old = update(Feed).where(Feed.url == feeds[0])
        session.execute(
            old.values(moved_to="https://news.example/new.xml", moved_at=NOW, last_success_at=NOW)
        )
        session.execute(update(Feed).where(Feed.url == feeds[1]).values(gone_at=NOW))
        hold = {"host": "news.example", "held_until": later, "held_since": NOW, "hold_reason": "429"}
        session.execute(insert(Host).values(hold))
    client = client_of(database)
    html = client.get("/sources/one").text
    assert "https://news.example/new.xml" in html
    assert "ended on 20 March 2026" in html
    assert "20 March 2026, 12:30 UTC" in html  # the end of the hold
    assert "asked to wait until 20 March 2026, 12:30 UTC" in client.get("/sources").text


def test_unknown_and_wrong_addresses_get_a_page_that_says_so(client: TestClient) -> None:
    for address, status in {
        "/nothing": 404,
        "/articles/999999": 404,
        "/articles/abc": 404,
        "/entities/99999999999999999999": 404,
        "/stories/999999": 404,
        "/sources/none": 404,
        "/search?since=tomorrow": 422,
        "/search?cursor=abc": 422,
    }.items():
        answer = client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8"), (
            address
        )


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_are_shown_as_text(database: Database, text: str) -> None:
    name = text[:200]
    mention = Mention(start=0, end=len(name), text=name, type="PER")
    hostile = Article(
        url="javascript:alert(1)//" + text[:50],
        source=text[:200].strip(),
        title=text,
        description=text,
        authors=[text[:200]],
        section=text[:200],
        topics=[text[:200]],
        image_url="javascript:alert(1)",
        language="en",
        published_at=NOW,
        body=f"{text}\n\n{text}",
        word_count=2,
        entities=[Entity(name=name, type="PER", role=text[:200], mentions=[mention])],
    )
    saved = save(database, hostile)
    client = client_of(database, images=True)
    with database.read() as session:
        key = source_overviews(session, now=NOW)[0].key
    entity = client.get("/api/entities").json()["items"][0]["id"]
    for address in ("/", "/search", f"/articles/{saved.article_id}", f"/entities/{entity}", "/sources"):
        answer = client.get(address)
        assert answer.status_code == 200
        found = Elements(answer.text).found
        scripts = [attributes.get("src") or "" for tag, attributes in found if tag == "script"]
        assert all(address.startswith("/static/") for address in scripts)
        assert not [
            attributes
            for _, attributes in found
            if any(attribute.startswith("on") for attribute in attributes)
        ]
        assert not [
            attributes
            for _, attributes in found
            if (attributes.get("href") or attributes.get("src") or "").startswith("javascript")
        ]
        assert "49" not in re.findall(r"<h1[^>]*>([^<]*)", answer.text)
    answer = client.get("/search", params={"source": written_name(key), "q": text[:400]})
    assert answer.status_code in {200, 422}  # a query of signs alone is refused
    assert not [
        link for link in elements(answer.text, "script") if not (link.get("src") or "").startswith("/static/")
    ]
    assert "onmouseover" not in {name for _, attributes in Elements(answer.text).found for name in attributes}


def test_empty_form_finds_everything(client: TestClient) -> None:
    empty = "/search?q=&source=&section=&entity=&language=&since=&until=&cursor="
    assert client.get(empty).status_code == 200
    assert client.get(f"/api{empty}").json() == client.get("/api/search").json()


def test_images_of_other_sites_are_shown_only_when_asked_for(database: Database) -> None:
    saved = save(database, article(1, image_url="https://news.example/a.jpg"))
    without, with_images = client_of(database), client_of(database, images=True)
    address = f"/articles/{saved.article_id}"
    assert elements(without.get(address).text, "img") == []
    assert "img-src 'self';" in without.get(address).headers["content-security-policy"]
    assert elements(with_images.get(address).text, "img")[0]["src"] == "https://news.example/a.jpg"
    assert "img-src 'self' https: http:;" in with_images.get(address).headers["content-security-policy"]


def test_an_empty_database_has_pages_too(database: Database) -> None:
    client = client_of(database)
    for address in (
        "/",
        "/search",
        "/search?q=x",
        "/entities",
        "/sources",
        "/feed.atom",
        "/feed.json",
        "/api/stats",
    ):
        assert client.get(address).status_code == 200
