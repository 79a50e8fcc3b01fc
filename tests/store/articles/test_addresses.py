"""What names an article, what only leads to it, and addresses that are used again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from newsbot.discovery.links import Link
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import record_article
from newsbot.items import Article, Fetched, Reject
from newsbot.store.articles.reextraction import list_extracted
from newsbot.store.crawl import discovered
from newsbot.store.crawl.rejects import save_reject
from newsbot.store.database import Database
from newsbot.store.queries import addresses, former_articles, history, list_rejects
from newsbot.store.schema.identity import article_keys, url_hash
from newsbot.store.schema.models import ArticleUrl, ArticleWay, FrontierRow
from tests.dedupe.texts import text
from tests.store.samples import NOW, article, load, save

VICTIM = article(1, url="https://www.victim.example/budget", source="victim.example", body=text(1, 30))
EVIL = article(
    2,
    url="https://evil.example/x",
    source="evil.example",
    title=VICTIM.title,
    body=VICTIM.body + "\n\nThe minister has taken bribes, it was said.",
)
LATEST = "https://news.example/latest"


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def issue(number: int, **given: Any) -> Article:
    """Return what is at one address on one day: always under the same headline."""
    defaults = {"url": LATEST, "title": "Morning briefing", "published_at": at(24 * number)}
    return article(number, **defaults | {"body": text(number, 30)} | given)


def said(database: Database, ref: int | str) -> tuple[str, str | None, str]:
    stored = load(database, ref)
    return stored.article.url, stored.article.source, stored.article.body


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["original first", "copy first"])
@pytest.mark.parametrize("lead", ["canonical_url", "aliases"])
def test_page_of_another_site_never_takes_the_place_of_an_article(
    database: Database, order: tuple[int, int], lead: str
) -> None:
    led = {"canonical_url": VICTIM.url} if lead == "canonical_url" else {"aliases": [VICTIM.url]}
    pages = [VICTIM, replace(EVIL, **led)]
    for hours, place in enumerate(order):
        save(database, pages[place], now=at(hours))
    assert said(database, VICTIM.url) == (VICTIM.url, "victim.example", VICTIM.body)
    assert said(database, EVIL.url) == (EVIL.url, "evil.example", EVIL.body)
    stored = [load(database, url) for url in (VICTIM.url, EVIL.url)]
    with database.read() as session:
        assert [history(session, one.id) for one in stored] == [[], []]
    assert stored[0].story_id == stored[1].story_id is not None
    if lead == "canonical_url":
        assert [one.duplicate_of for one in stored] == [None, stored[0].id]


def test_unrelated_text_that_names_an_article_of_another_site_joins_no_story(database: Database) -> None:
    save(database, VICTIM)
    save(database, replace(EVIL, body=text(9, 30), canonical_url=VICTIM.url), now=at(1))
    assert load(database, EVIL.url).story_id is None
    assert load(database, EVIL.url).article.canonical_url == VICTIM.url


def test_rejects_of_an_address_that_another_site_names_stay(database: Database) -> None:
    with database.write() as session:
        refused = Reject(url=VICTIM.url, reason="http-503", source="victim.example")
        save_reject(session, refused, run_id=None, now=NOW)
    save(database, replace(EVIL, canonical_url=VICTIM.url), now=at(1))
    with database.read() as session:
        assert [reject.url for reject in list_rejects(session)] == [VICTIM.url]


def test_address_that_another_site_had_taken_goes_to_its_own_page(database: Database) -> None:
    """Such rows come from before: the canonical link of any page was believed."""
    saved = save(database, EVIL)
    row = {"url_hash": article_keys(VICTIM).hashes[0], "article_id": saved.article_id, "url": VICTIM.url}
    with database.write() as session:
        session.execute(insert(ArticleUrl).values(row))
    assert save(database, VICTIM, now=at(-5)).outcome == "new"
    assert said(database, VICTIM.url) == (VICTIM.url, "victim.example", VICTIM.body)
    assert load(database, EVIL.url).article.body == EVIL.body


def test_shortened_url_leads_to_the_article_until_it_has_one_of_its_own(database: Database) -> None:
    short = "https://short.example/x"
    save(database, replace(VICTIM, aliases=[short]))
    assert load(database, short).id == 1
    own = article(3, url=short, source="short.example", title=VICTIM.title, body=VICTIM.body + "\n\nMore.")
    assert save(database, own, now=at(1)).outcome == "new"
    assert load(database, short).id == 2
    assert load(database, VICTIM.url).article.body == VICTIM.body


def test_pages_that_all_name_one_page_of_their_site_are_all_stored(database: Database) -> None:
    section = "https://news.example/politics"
    urls = [f"https://news.example/story-{number}" for number in range(4)]
    for number, url in enumerate(urls):
        page = article(number, url=url, title=f"Title {number}", body=text(number, 30), canonical_url=section)
        assert save(database, page, now=at(number)).outcome == "new"
    assert len({load(database, url).id for url in urls}) == 4
    again = article(1, url=urls[1], title="Title 1", body=text(1, 30), canonical_url=section)
    assert save(database, again, now=at(9)).outcome == "unchanged"


def test_fixed_address_with_new_content_begins_a_new_article(database: Database) -> None:
    save(database, issue(0), now=at(0))
    save(database, issue(0), now=at(2))
    before = load(database, 1)
    saved = save(database, issue(1), now=at(24))
    assert (saved.article_id, saved.outcome, saved.replaced_id) == (2, "new", 1)
    assert load(database, 1) == before
    assert load(database, LATEST).id == 2
    with database.read() as session:
        assert history(session, 1) == history(session, 2) == []
        [old], [new] = addresses(session, 1), addresses(session, 2)
        assert (old.since, old.until, old.article_id) == (at(0), at(2), 2)
        assert (new.since, new.until, new.article_id) == (at(24), None, 2)
        assert [(was.id, was.until) for was in former_articles(session, 2)] == [(1, at(2))]
        assert former_articles(session, 1) == []


def test_two_articles_at_one_address_in_turns_stay_two(database: Database) -> None:
    for hours in range(8):
        save(database, issue(hours % 2), now=at(hours))
    assert load(database, LATEST).id == 2
    with database.read() as session:
        assert session.scalars(select(ArticleWay.article_id)).all() == [1]
        assert [history(session, number) for number in (1, 2)] == [[], []]
    edited = issue(0, body=text(0, 30) + "\n\nA correction was made.")
    assert save(database, edited, now=at(9)).outcome == "changed"
    assert load(database, LATEST).id == 1


def test_article_of_a_long_row_is_found_again_by_its_text(database: Database) -> None:
    for number in range(9):
        save(database, issue(number), now=at(number))
    assert save(database, issue(0), now=at(20)).article_id == 1
    assert load(database, LATEST).id == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2), (2, 0, 1), (0, 2, 1)], ids=str)
def test_pages_of_a_reused_address_are_stored_in_any_order(
    database: Database, order: tuple[int, ...]
) -> None:
    for number in order:
        save(database, issue(number), now=at(24 * number))
    with database.read() as session:
        current = load(database, LATEST)
        assert current.article.body == issue(2).body
        former = {load(database, was.id).article.body for was in former_articles(session, current.id)}
        assert former == {issue(0).body, issue(1).body}
        assert history(session, current.id) == []


def test_older_capture_of_an_edited_article_is_only_seen(database: Database) -> None:
    save(database, issue(0, body=text(0, 30) + "\n\nMore was said."), now=at(5))
    assert save(database, issue(0), now=at(1)).outcome == "unchanged"
    assert load(database, 1).first_seen_at == at(1)


def test_archived_pages_of_all_articles_of_an_address_can_be_extracted_again(database: Database) -> None:
    for number in range(2):
        fetched = Fetched(url=LATEST, status=200, warc_file="a.warc.gz", warc_offset=number)
        page = replace(issue(number), retrieved_at=at(number))
        with database.write() as session:
            record_article(session, Envelope(article=page, fetched=fetched), run_id=None, now=at(number))
    way = "https://short.example/y"
    fetched = Fetched(url=way, status=200, warc_file="a.warc.gz", warc_offset=2)
    led = replace(VICTIM, aliases=[way], retrieved_at=at(3))
    with database.write() as session:
        record_article(session, Envelope(article=led, fetched=fetched), run_id=None, now=at(3))
    with database.read() as session:
        found = list_extracted(session, is_stale=False)
    assert [(page.article_id, page.warc_offset) for page in found] == [(1, 0), (2, 1), (3, 2)]


@pytest.mark.parametrize(
    ("url", "other", "is_same"),
    [
        ("https://www.news.example/a", "https://m.blog.news.example/b", True),
        ("https://one.blogspot.com/a", "https://two.blogspot.com/a", False),
        ("https://news.example/a", "https://news.example.evil.example/a", False),
        ("https://evil.example/2026/https://news.example/a", "https://news.example/a", False),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/a", "https://news.example/b", True),
        ("https://evil-example.cdn.ampproject.org/c/s/evil.example/a", "https://news.example/b", False),
        ("https://web.archive.org/web/2026/https://evil.example/a", "https://news.example/b", False),
    ],
)
def test_canonical_link_names_the_article_only_on_the_site_of_the_page(
    url: str, other: str, is_same: bool
) -> None:
    keys = article_keys(Article(url=url, canonical_url=other))
    assert (article_keys(Article(url=other)).own in keys.url_keys) == is_same
    assert url_hash(keys.own) == keys.own_hash


def test_other_host_of_the_source_names_the_article_if_the_catalog_says_so() -> None:
    page = Article(url="https://amp.example/a", canonical_url="https://news.example/a")
    assert article_keys(page).url_keys == ("https://amp.example/a",)
    claimed = replace(page, claims=["https://news.example/a"])
    assert article_keys(claimed).url_keys == ("https://news.example/a", "https://amp.example/a")


def test_saved_page_without_an_address_is_stored_once(database: Database) -> None:
    saved = article(1, url="file:///pages/a.html", source=None)
    assert save(database, saved).outcome == "new"
    assert save(database, saved, now=at(1)).outcome == "unchanged"
    assert save(database, replace(saved, url="file:///pages/b.html"), now=at(1)).outcome == "duplicate"


def test_page_leaves_the_frontier_row_of_an_address_alone_that_it_only_names(database: Database) -> None:
    with database.write() as session:
        links = [Link(url=VICTIM.url), Link(url=EVIL.url)]
        discovered.add_links(session, links, source="victim.example", feed_id=None, now=NOW)
        page = replace(EVIL, canonical_url=VICTIM.url)
        fetched = Fetched(url=EVIL.url, status=200)
        record_article(session, Envelope(article=page, fetched=fetched), run_id=None, now=NOW)
    with database.read() as session:
        states = dict(session.execute(select(FrontierRow.url, FrontierRow.state)).all())
    assert states == {VICTIM.url: "pending", EVIL.url: "done"}


def test_page_with_the_same_bytes_is_changed_by_the_rules_only(database: Database) -> None:
    fetched = Fetched(url=LATEST, status=200, payload_digest="sha1:A")
    for number, (digest, day) in enumerate([("sha1:A", 0), ("sha1:A", 0), ("sha1:B", 24)]):
        page = replace(issue(number, published_at=at(day)), retrieved_at=at(number))
        envelope = Envelope(article=page, fetched=replace(fetched, payload_digest=digest))
        with database.write() as session:
            record_article(session, envelope, run_id=None, now=at(number))
    with database.read() as session:
        assert [change.by_rules for change in history(session, 1) or []] == [True]
    assert load(database, LATEST).id == 2
