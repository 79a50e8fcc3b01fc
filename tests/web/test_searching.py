"""The search page: its form and errors, chart, facets, pages, downloads, citation."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from newsbot import __version__
from newsbot.store.database import Database
from newsbot.web import downloads, searching
from newsbot.web.app import create_app
from newsbot.web.searching import ASKING, MAX_BACK
from tests.store.samples import article, save
from tests.web.newsroom import NOW
from tests.web.test_pages import elements

SPAN_LINK = re.compile(r'<a href="([^"]*)">(7 days|30 days|90 days|a year|all days)</a>')


def client_of(database: Database) -> TestClient:
    return TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")


def fields_of(html: str) -> dict[str | None, str | None]:
    return {field["name"]: field.get("value") for field in elements(html, "input")}


def facet(html: str, heading: str) -> dict[str, int]:
    """Return label -> count of a panel."""
    panel = html.partition(f"<h2>{heading}</h2>")[2].partition("</section>")[0]
    entries = re.findall(r"<bdi>([^<]*)</bdi>.*?class=\"count\">([\d,]+)<", panel)
    return {unescape(label): int(count.replace(",", "")) for label, count in entries}


def total_of(html: str) -> int:
    found = re.search(r"<strong>([\d,]+)</strong> articles?</p>", html)
    assert found
    return int(found[1].replace(",", ""))


def link(html: str, text: str) -> str:
    """Return the address of the first link that contains a text."""
    found = re.search(rf'href="([^"]+)"[^>]*>(?:<bdi>)?{re.escape(text)}', html)
    assert found, text
    return unescape(found[1])


# ------------------------------------------------------------------ the form and its errors


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("since", "foo", "is no date; accepted: 2026-11-23"),
        ("kind", "dog", "accepted: article, live_blog, stub"),
        ("source", "nope", "no source"),
        ("language", "english", "no language"),
        ("tag", "nope", "'nope'"),
        ("q", "a" * 501, "at most 500 characters"),
        ("q2", "a" * 501, "at most 500 characters"),
        ("by", "hour", "day"),
    ],
)
def test_form_survives_an_error_beside_its_field(
    client: TestClient, name: str, value: str, message: str
) -> None:
    answer = client.get(
        "/search", params={"q": "council", "entity": "Lisbon", "section": "City", name: value}
    )
    assert answer.status_code == 422
    kept = fields_of(answer.text)
    assert (kept["entity"], kept["section"]) == ("Lisbon", "City")
    assert kept["q"] == ("council" if name != "q" else value)
    assert message in unescape(answer.text)
    if name not in {"by"}:
        assert f'id="{name}-fault"' in answer.text
        assert f'aria-describedby="{name}-fault"' in answer.text
    if name not in {"kind", "by"}:
        assert kept[name] == value


def test_error_without_a_field_is_shown_above_the_form(client: TestClient) -> None:
    for address in (
        "/search?q=council&cursor=abc",
        "/search?q=council&colour=red",
        "/search?q=council&limit=0",
    ):
        answer = client.get(address)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert fields_of(answer.text)["q"] == "council"


def test_fault_of_a_query_is_pointed_at(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "council (tram", "section": "City"})
    assert answer.status_code == 422
    html = unescape(answer.text)
    assert re.search(r"<pre>council \(tram\n +\^", html)
    assert "accepted: " in html
    assert fields_of(answer.text)["q"] == "council (tram"


def test_fault_of_a_compared_query_is_beside_its_field(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "council", "q3": "colour:red"})
    assert answer.status_code == 422
    assert 'id="q3-fault"' in answer.text
    assert 'id="q-fault"' not in answer.text


@pytest.mark.parametrize("markup", ["<script>alert(1)</script> (", "\ue000<b>( x", "(\x00\x1b[31m"])
def test_hostile_query_is_shown_as_text(client: TestClient, markup: str) -> None:
    answer = client.get("/search", params={"q": markup, "q2": markup, "source": markup[:20]})
    assert "<script>" not in answer.text.replace("<script src=", "")
    assert "<b>" not in answer.text
    assert "\x1b" not in answer.text.partition("<pre>")[2].partition("</pre>")[0]


@pytest.mark.parametrize("query", [query for query, _ in ASKING], ids=[query for query, _ in ASKING])
def test_examples_of_queries_are_understood(client: TestClient, query: str) -> None:
    assert client.get("/search", params={"q": query}).status_code == 200


def test_other_words_are_suggested_when_nothing_is_found(client: TestClient) -> None:
    html = client.get("/search?q=cuoncil").text
    assert link(html.partition("Did you mean")[2], "council") == "/search?q=council"


def test_best_first_says_that_it_lists_the_newest_alone(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MAX_RANKED", 10)
    html = client.get("/search?q=council&limit=100").text
    assert "Best first orders the newest 10 articles" in html
    assert "Best first orders" not in client.get("/search?q=council&limit=100&sort=date").text


def test_words_are_marked_in_headlines(client: TestClient) -> None:
    html = client.get("/search?q=council").text
    assert re.search(r"<h2><a [^>]*>[^<]*<mark>Council</mark>", html)


def test_order_is_offered_for_words_alone(client: TestClient) -> None:
    assert 'name="sort"' in client.get("/search?q=council").text
    assert 'name="sort"' not in client.get("/search?section=City").text


def test_fields_offer_what_the_database_has(client: TestClient) -> None:
    html = client.get("/search").text
    assert '<option value="harbour-post">The Harbour Post</option>' in html
    assert '<option value="fr">French</option>' in html


# ------------------------------------------------------------------ facets


def test_facets_name_languages_and_sources(client: TestClient) -> None:
    html = client.get("/search?q=council").text
    assert set(facet(html, "Language")) <= {"English", "French", "German"}
    assert "The Harbour Post" in facet(html, "Source")


def test_two_values_of_a_facet_widen_and_two_facets_narrow(client: TestClient) -> None:
    start = client.get("/search?q=council").text
    sources = facet(start, "Source")
    first, second = list(sources)[:2]
    one = client.get(link(start, first)).text
    assert total_of(one) == sources[first]
    both = client.get(link(one.partition('id="narrow"')[2], second)).text
    assert total_of(both) == sources[first] + sources[second]
    sections = facet(both, "Section")
    section = next(iter(sections))
    narrowed = client.get(link(both.partition("<h2>Section</h2>")[2], section)).text
    assert total_of(narrowed) == sections[section] < total_of(both)


def test_values_beside_the_chosen_one_keep_their_counts(client: TestClient) -> None:
    start = client.get("/search?q=council").text
    first = next(iter(facet(start, "Source")))
    assert facet(client.get(link(start, first)).text, "Source") == facet(start, "Source")


def test_chosen_value_can_be_removed_in_its_panel_and_above(client: TestClient) -> None:
    html = client.get("/search?q=council&source=harbour-post,le-courrier").text
    assert (
        'href="/search?source=le-courrier&amp;q=council" title="Remove"><bdi>Source: The Harbour Post' in html
    )
    panel = html.partition("<h2>Source</h2>")[2]
    assert link(panel, "The Harbour Post") == "/search?source=le-courrier&q=council"


def test_more_shows_every_value_of_a_facet(client: TestClient) -> None:
    html = client.get("/search").text
    assert len(facet(html, "Source")) == 8
    more = client.get("/search?more=source").text
    assert len(facet(more, "Source")) == 10


# ------------------------------------------------------------------ over time


def test_chart_counts_what_is_found(client: TestClient) -> None:
    html = client.get("/search?q=council&by=week").text
    label = re.search(r'class="plain-chart" role="img" aria-label="([^"]*)"', html)
    assert label
    assert str(total_of(html)) in label[1]
    assert "Show shares of all articles" in html


def test_up_to_four_queries_are_compared_in_one_chart(client: TestClient) -> None:
    html = client.get("/search?q=tram&q2=council&q3=tunnel&q4=ferry&share=1").text
    for query in ("tram", "council", "tunnel", "ferry"):
        assert f"<bdi>{query}</bdi>" in html
    assert "Show counts" in html
    assert total_of(html) == total_of(client.get("/search?q=tram").text)
    assert fields_of(html)["q3"] == "tunnel"
    assert fields_of(html)["share"] == "1"


def test_numbers_of_the_chart_are_those_of_the_count(client: TestClient) -> None:
    html = client.get("/search?q=tram&q2=council&by=week&source=harbour-post").text
    address = re.search(r'href="(/api/count\?[^"]+)"', html)
    assert address
    rows = list(csv.DictReader(io.StringIO(client.get(unescape(address[1])).text)))
    assert sum(int(row["tram"]) for row in rows) == total_of(html)
    assert set(rows[0]) == {"week", "tram", "council"}


# ------------------------------------------------------------------ pages and what to try


def test_pages_lead_forwards_and_back(client: TestClient) -> None:
    addresses = ["/search?q=council&limit=5"]
    shown = []
    for number in range(4):
        html = client.get(addresses[-1]).text
        shown.append(re.findall(r'<h2><a [^>]*href="(/articles/\d+)"', html))
        assert f"{number * 5 + 1} to {number * 5 + 5} of {total_of(html)}" in html
        addresses.append(link(html, "Next articles"))
    assert len({path for page in shown for path in page}) == 20
    back = client.get(link(client.get(addresses[3]).text, "Previous"))
    assert re.findall(r'<h2><a [^>]*href="(/articles/\d+)"', back.text) == shown[2]
    first = client.get(link(client.get(link(back.text, "Previous")).text, "Previous")).text
    assert re.findall(r'<h2><a [^>]*href="(/articles/\d+)"', first) == shown[0]
    assert "Previous" not in first


def test_way_back_is_remembered_for_a_bounded_number_of_pages(client: TestClient) -> None:
    address = "/search?limit=3"
    for _ in range(MAX_BACK + 6):
        address = link(client.get(address).text, "Next articles")
    assert address.count("~") + address.count("%7E") == MAX_BACK - 1
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("back", ["x", "~~", "a" * 2001, "%00"])
def test_made_up_way_back_breaks_nothing(client: TestClient, back: str) -> None:
    assert client.get(f"/search?page=3&back={back}").status_code in {200, 422}


def test_nothing_found_says_what_to_try(client: TestClient) -> None:
    html = client.get("/search?q=xyzzyx&since=2026-01-01&source=le-courrier").text
    assert total_of(html) == 0
    assert link(html, "Search all days") == "/search?source=le-courrier&q=xyzzyx"
    assert link(html, "Search without the filters") == "/search?since=2026-01-01&q=xyzzyx"


def test_empty_database_says_that_nothing_has_been_stored(database: Database) -> None:
    assert "Nothing has been stored yet" in client_of(database).get("/search").text


# ------------------------------------------------------------------ to take away


def test_citation_has_query_time_version_count_and_address(client: TestClient) -> None:
    html = unescape(client.get("/search?q=council&source=harbour-post&page=1").text)
    total = total_of(html)
    assert f"newsbot {__version__}, search for “council” (source: harbour-post): {total} articles" in html
    assert "on 20 March 2026, 09:30 UTC. http://127.0.0.1/search?source=harbour-post&q=council" in html
    assert "newsbot methods --source=harbour-post -- council" in html


def test_csv_has_every_article_that_is_found(client: TestClient) -> None:
    html = client.get("/search?q=council&section=City").text
    address = link(html, "CSV")
    answer = client.get(address)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="articles.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == total_of(html)
    assert {row["section"] for row in rows} == {"City"}
    days = [row["published_at"] for row in rows]
    assert days == sorted(days, reverse=True)


def test_csv_is_not_capped_and_is_read_in_batches(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "BATCH", 7)
    monkeypatch.setattr(downloads, "CHUNK_CHARS", 1)
    assert len(list(csv.reader(io.StringIO(client.get("/search.csv").text)))) == 161


def test_csv_has_no_formulas(database: Database) -> None:
    save(database, article(1, title="=HYPERLINK(1)", body="+cmd|' /C calc'!A0"))
    [row] = csv.DictReader(io.StringIO(client_of(database).get("/search.csv").text))
    assert row["title"] == "'=HYPERLINK(1)"
    assert row["body"].startswith("'+")


def test_articles_of_a_query_are_listed_with_all_fields(client: TestClient) -> None:
    address: str | None = "/api/articles?q=council&section=City&limit=7"
    found = []
    while address:
        answer = client.get(address).json()
        found += answer["items"]
        address = answer["next"]
    assert len({item["id"] for item in found}) == len(found)
    assert len(found) == client.get("/api/search?q=council&section=City").json()["total"] > 7
    assert all("council" in f"{item['title']} {item['body']}".lower() for item in found)
    refused = client.get("/api/articles", params={"q": "(council"})
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


def test_counts_are_side_by_side(client: TestClient) -> None:
    answer = client.get("/api/count?q=tram&q=council&q=&by=source&share=1").json()
    assert answer["queries"] == ["tram", "council", ""]
    for number, query in enumerate(("tram", "council", "")):
        assert answer["total"]["counts"][number] == client.get(f"/api/search?q={query}").json()["total"]
        assert sum(item["counts"][number] for item in answer["items"]) == answer["total"]["counts"][number]
    assert answer["total"]["all_articles"] == 160
    item = answer["items"][0]
    assert item["shares"][0] == pytest.approx(item["counts"][0] / item["all_articles"], abs=1e-6)


def test_count_without_groups_is_a_total(client: TestClient) -> None:
    answer = client.get("/api/count?q=tram").json()
    assert (answer["by"], answer["items"], answer["total"]["shares"]) == (None, [], None)
    [heading, row] = csv.reader(io.StringIO(client.get("/api/count?q=tram&format=csv").text))
    assert (heading, row) == (["tram"], [str(answer["total"]["counts"][0])])


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("/api/count?q=a&q=a", "q: the same query is given twice"),
        ("/api/count?" + "&".join(f"q={number}" for number in range(11)), "q: "),
        ("/api/count?by=hour", "by: "),
        ("/api/count?share=often", "share: Input should be 1, 0, true or false"),
        ("/api/changes?silent=often", "silent: Input should be 1, 0, true or false"),
        ("/api/count?source=nope", "source: no source 'nope'"),
        ("/search.csv?source=nope", "source: no source 'nope'"),
        ("/search.csv?limit=10", "limit: is no parameter of this address; accepted: source,"),
        ("/api/completions?field=section", "field: "),
    ],
)
def test_what_cannot_be_counted_is_a_problem(client: TestClient, address: str, detail: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["detail"].startswith(detail)


@pytest.mark.parametrize("address", ["/api/count?q=tram&by=day&share=", "/api/changes?silent="])
def test_yes_and_no_are_numbers_or_words(client: TestClient, address: str) -> None:
    one, true, zero, false = (client.get(address + text).text for text in ("1", "true", "0", "false"))
    assert one == true != zero == false


def test_names_are_completed(client: TestClient) -> None:
    found = client.get("/api/completions?field=entity&q=LIS").json()["items"]
    assert [item["value"] for item in found] == ["Lisbon"]
    [source] = client.get("/api/completions?field=source&q=courr").json()["items"]
    assert (source["value"], source["label"]) == ("le-courrier", "Le Courrier du Lac")


@pytest.mark.parametrize("name", ["by", "share"])
def test_fault_of_a_hidden_field_is_told(client: TestClient, name: str) -> None:
    answer = client.get(f"/search?q=tram&{name}=often")
    assert answer.status_code == 422
    assert f"<strong>{name}</strong> Input should be" in answer.text
    assert 'value="tram"' in answer.text


def test_recent_days_are_one_click_away(client: TestClient) -> None:
    page = client.get("/search?q=tram&source=harbour-post&since=&until=").text
    links = {name: dict(parse_qsl(urlsplit(unescape(url)).query)) for url, name in SPAN_LINK.findall(page)}
    same = {"q": "tram", "source": "harbour-post"}
    assert links == {
        "7 days": same | {"since": "7d"},
        "30 days": same | {"since": "30d"},
        "90 days": same | {"since": "90d"},
        "a year": same | {"since": "1y"},
    }
    assert "<strong>all days</strong>" in page
