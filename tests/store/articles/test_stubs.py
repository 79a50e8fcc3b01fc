"""Stubs beside articles: what they become, what they leave alone, and where they do not count."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from newsbot.cleaning.boilerplate import block_keys
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import lock_items, record_article, record_reject
from newsbot.items import Article, Fetched, Reject
from newsbot.sources.health import Flag
from newsbot.store.articles.existing import known_unchanged, recall
from newsbot.store.articles.reextraction import list_extracted
from newsbot.store.articles.site_boilerplate import ids_of_source
from newsbot.store.database import Database
from newsbot.store.queries import (
    Filters,
    count_silent,
    find_articles,
    history,
    iter_articles,
    list_rejects,
    newest_at,
    newest_stories,
    search,
    source_detail,
    source_overviews,
    stats,
    summaries,
)
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import (
    ArticleRow,
    ArticleSketch,
    ArticleUrl,
    Author,
    BoilerplateSite,
    RejectRow,
)
from tests.store.samples import LATER, NOW, article, load, save, save_all

FEED = {
    "title": "feed title",
    "published_at": "feed date",
    "authors": "feed authors",
    "topics": "feed categories",
    "language": "feed language",
}


def stub(number: int = 1, **given: Any) -> Article:
    """Return what a feed says of the article of the same number: another headline, another author."""
    url = article(number).url
    defaults: dict[str, Any] = {
        "url": url,
        "source": "news.example",
        "title": f"Zanzibar harbour, part {number}",
        "authors": ["The desk"],
        "published_at": NOW - timedelta(days=number),
        "language": "en",
        "kind": "stub",
        "rules": FEED,
    }
    return Article(**defaults | given)


def reject(
    database: Database, left: Article | None, *, reason: str = "paywall", url: str | None = None
) -> Any:
    """Store a reject with its stub, as a crawl does."""
    asked = article().url if left is None else left.url
    found = Reject(url=url or asked, reason=reason, fetched=Fetched(url=asked, status=200), stub=left)
    with database.write() as session:
        return record_reject(session, found, run_id=None, now=NOW)


def rows(database: Database, model: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def found(database: Database, query: str, **given: Any) -> list[int]:
    with database.read() as session:
        return [hit.id for hit in search(session, query, Filters(**given))]


def test_a_stub_is_stored_beside_its_reject(database: Database) -> None:
    assert reject(database, stub(), url="https://news.example/login") == "rejected"
    stored = load(database, stub().url)
    assert stored.article == replace(stub(), entities=[], body="", word_count=0)
    assert stored.unread_reason == "paywall"
    with database.read() as session:
        [row] = list_rejects(session)
        assert (row.url, row.reason, row.article_id) == (stub().url, "paywall", stored.id)
        assert summaries(session, [stored.id])[0].unread_reason == "paywall"
    assert found(database, "zanzibar") == [stored.id]
    assert found(database, "zanzibar", kind=("stub",)) == [stored.id]
    assert found(database, "zanzibar", kind=("article", "live_blog")) == []


def test_a_stub_becomes_the_article_in_place(database: Database) -> None:
    reject(database, stub())
    page = article(1, url="https://news.example/moved/1", aliases=[stub().url], source="other")
    saved = save(database, page, now=LATER)
    assert (saved.article_id, saved.outcome) == (load(database, stub().url).id, "new")
    stored = load(database, saved.article_id)
    assert stored.article == replace(page, aliases=[])
    assert (stored.revision, stored.first_seen_at, stored.last_seen_at) == (1, NOW, LATER)
    assert (stored.duplicate_of, stored.unread_reason) == (None, None)
    with database.read() as session:
        assert history(session, saved.article_id) == []
        assert count_silent(session, saved.article_id) == 0
    assert (rows(database, ArticleRow), rows(database, RejectRow), rows(database, ArticleSketch)) == (1, 0, 1)
    assert found(database, "zanzibar") == []
    assert found(database, "harbour", kind=("stub",)) == []
    assert found(database, "harbour", source=("other",)) == [saved.article_id]


def test_a_stub_becomes_a_member_of_a_story(database: Database) -> None:
    save(database, article(7))
    reject(database, stub())
    saved = save(database, article(1, body=article(7).body), now=LATER)
    assert saved.outcome == "duplicate"
    stored = load(database, saved.article_id)
    assert (stored.story_id, stored.duplicate_kind) == (saved.story_id, "exact")


def test_stubs_are_no_duplicates_of_each_other(database: Database) -> None:
    for number in (1, 2, 3):
        reject(database, stub(number, title="The same headline"))
    with database.read() as session:
        stored = list(iter_articles(session, Filters()))
    assert [(row.story_id, row.duplicate_of, row.article.entity_engine) for row in stored] == [
        (None, None, None)
    ] * 3
    assert rows(database, ArticleSketch) == 0


@pytest.mark.parametrize("reason", ["paywall", "http-404", "fetch-failed", "robots"])
def test_a_stub_never_replaces_an_article(database: Database, reason: str) -> None:
    saved = save(database, article())
    before = load(database, saved.article_id)
    reject(database, stub(), reason=reason)
    after = load(database, saved.article_id)
    assert replace(after, gone_at=None) == before
    assert (after.gone_at is not None) == (reason == "http-404")
    assert save(database, stub(), now=LATER).outcome == "unchanged"
    assert load(database, saved.article_id) == after
    assert rows(database, ArticleRow) == 1


def test_a_stub_of_an_article_that_is_stored_elsewhere_goes(database: Database) -> None:
    kept = save(database, article()).article_id
    alias = "https://news.example/short"
    reject(database, stub(url=alias))
    assert rows(database, ArticleRow) == 2
    assert save(database, article(aliases=[alias]), now=LATER).outcome == "unchanged"
    assert (rows(database, ArticleRow), rows(database, RejectRow), rows(database, ArticleUrl)) == (1, 0, 2)
    assert load(database, alias).id == kept
    assert found(database, "zanzibar") == []


def test_what_the_feed_says_later_is_stored_in_place(database: Database) -> None:
    reject(database, stub())
    with database.write() as session:
        later = Reject(url=stub().url, reason="robots", stub=stub(title="Renamed in Kisumu"))
        record_reject(session, later, run_id=None, now=LATER)
    stored = load(database, stub().url)
    assert (stored.article.title, stored.revision, stored.unread_reason) == ("Renamed in Kisumu", 1, "robots")
    assert (found(database, "kisumu"), found(database, "zanzibar")) == ([stored.id], [])
    assert rows(database, RejectRow) == 2


def test_stubs_and_articles_are_stored_in_one_transaction(database: Database) -> None:
    items: list[Any] = [Envelope(article=article(9, authors=["Zoe", "Abe"]))]
    items += [
        Reject(
            url=stub(number).url,
            reason="paywall",
            stub=stub(number, authors=[name], source=f"{name}.example"),
        )
        for number, name in ((3, "yara"), (2, "bob"), (1, "zed"))
    ]
    with database.write() as session:
        lock_items(session, items, now=NOW)
        for item in items:
            record = record_article if isinstance(item, Envelope) else record_reject
            record(session, item, run_id=None, now=NOW)
    assert (rows(database, ArticleRow), rows(database, Author)) == (4, 5)


def test_stubs_count_apart(database: Database) -> None:
    save_all(database, [article(number) for number in (3, 4)])
    reject(database, stub(1))
    with database.read() as session:
        counts = stats(session)
        assert (counts.article_count, counts.stub_count, counts.duplicate_count) == (2, 1, 0)
        [by_source] = counts.by_source
        newest = article(3).published_at
        assert (by_source.article_count, by_source.stub_count, by_source.newest_at) == (2, 1, newest)
        assert counts.by_language == [("en", 2)]
        assert sum(count for _, count in counts.by_day) == 2
        [overview] = source_overviews(session, now=NOW)
        assert (overview.article_count, overview.stub_count, overview.newest_at) == (2, 1, newest)
        assert sum(count for _, count in overview.days) == 2
        detail = source_detail(session, "news.example", now=NOW)
        assert detail is not None
        assert (detail.article_count, detail.stub_count, detail.coverage["section"]) == (2, 1, 1.0)
        assert sum(count for _, count in detail.days) == 2
        assert not any(isinstance(flag, Flag) for flag in detail.health.flags)
        assert newest_at(session, now=NOW) == newest
        assert all(member.kind == "article" for entry in newest_stories(session) for member in entry.articles)
        result = find_articles(session, "", Filters(sort="date"), limit=10)
        assert sorted(result.facets.kind) == [("article", 2), ("stub", 1)]
        assert [each.article.kind for each in result.listing.articles] == ["stub", "article", "article"]


def test_source_with_stubs_alone_has_no_newest_article(database: Database) -> None:
    reject(database, stub())
    with database.read() as session:
        assert [
            (each.article_count, each.stub_count, each.newest_at) for each in stats(session).by_source
        ] == [(0, 1, None)]


def test_jobs_leave_stubs_alone(database: Database) -> None:
    reject(database, stub())
    with database.read() as session:
        assert list_extracted(session, is_stale=False) == []
        assert ids_of_source(session, "news.example", after=0, limit=10) == []
        assert known_unchanged(session, stub(), keys=article_keys(stub())) is None


def test_boilerplate_is_not_learnt_from_stubs(database: Database) -> None:
    assert block_keys([""]) == {}
    with database.write() as session:
        record_article(session, Envelope(article=stub()), run_id=None, now=NOW)
    assert rows(database, BoilerplateSite) == 0


# ------------------------------------------------------------------ what a feed says of an article


def listed(**given: Any) -> Article:
    """Return an article whose page has no headline, date and author, so that the feed has given them."""
    rules = {name: FEED[name] for name in ("title", "published_at", "authors")} | {"section": "meta"}
    return replace(article(), title="Zanzibar harbour", rules=rules, **given)


def again(database: Database, page: Article, *, now: Any = LATER) -> Any:
    """Store a page that is read again, as every way into the database does."""
    with database.read() as session:
        recall(session, page)
    return save(database, page, now=now)


def test_value_of_a_feed_outlasts_its_entry(database: Database) -> None:
    saved = save(database, listed())
    page = replace(article(), title=None, published_at=None, authors=[], rules={"section": "meta"})
    assert again(database, page).outcome == "unchanged"
    stored = load(database, saved.article_id)
    assert (stored.article.title, stored.article.authors) == ("Zanzibar harbour", listed().authors)
    assert (stored.revision, stored.article.rules) == (1, listed().rules)


def test_value_of_a_feed_outlasts_a_change_of_the_text(database: Database) -> None:
    saved = save(database, listed())
    body = article().body + "\n\nOne more thing was said."
    page = replace(article(), title=None, published_at=None, authors=[], body=body, rules={"section": "meta"})
    assert again(database, page).outcome == "changed"
    stored = load(database, saved.article_id)
    assert (stored.article.title, stored.article.rules) == ("Zanzibar harbour", listed().rules)
    with database.read() as session:
        [change] = history(session, saved.article_id) or []
        assert change.fields.keys() == {"body"}


def test_value_that_the_page_took_back_itself_is_taken_back(database: Database) -> None:
    saved = save(database, listed())
    page = replace(listed(), section=None, rules={"title": "feed title"})
    assert again(database, page).outcome == "changed"
    assert load(database, saved.article_id).article.section is None


def test_value_of_the_page_replaces_that_of_the_feed_without_a_revision(database: Database) -> None:
    saved = save(database, listed())
    own = {"title": "h1", "authors": "json-ld author", "published_at": "json-ld"}
    page = replace(
        article(), title="Kisumu headline", authors=["Eve"], published_at=NOW - timedelta(days=9), rules=own
    )
    assert again(database, page).outcome == "unchanged"
    stored = load(database, saved.article_id)
    assert (stored.article.title, stored.article.authors, stored.revision) == ("Kisumu headline", ["Eve"], 1)
    assert stored.article.published_at == NOW - timedelta(days=9)
    assert stored.article.rules == own | {"section": "meta"}
    assert (found(database, "kisumu"), found(database, "zanzibar")) == ([saved.article_id], [])
    assert found(database, "kisumu", until=NOW - timedelta(days=8)) == [saved.article_id]
    with database.read() as session:
        assert history(session, saved.article_id) == []
    assert again(database, replace(page, rules=own)).outcome == "unchanged"


def test_change_of_the_text_does_not_record_the_headline_that_the_feed_gave(database: Database) -> None:
    saved = save(database, listed())
    body = article().body + "\n\nOne more thing was said."
    page = replace(listed(), title="Kisumu headline", body=body, rules=listed().rules | {"title": "h1"})
    assert again(database, page).outcome == "changed"
    with database.read() as session:
        [change] = history(session, saved.article_id) or []
        assert change.fields.keys() == {"body"}
    assert load(database, saved.article_id).article.title == "Kisumu headline"
    assert (found(database, "kisumu"), found(database, "zanzibar")) == ([saved.article_id], [])


def test_headline_of_another_article_does_not_replace_that_of_the_feed(database: Database) -> None:
    saved = save(database, listed())
    other = replace(article(5), url=article().url, title="Ferry sold in Kisumu", rules={"title": "h1"})
    again(database, other)
    stored = load(database, saved.article_id).article
    assert (stored.title == "Zanzibar harbour") == (stored.body == article().body)


def test_article_keeps_its_source_where_its_address_names_none(database: Database) -> None:
    saved = save(database, article(source="lister"))
    page = article(source="news.example")
    with database.read() as session:
        recall(session, page)
    assert page.source == "lister"
    other = article(source="another")
    with database.read() as session:
        recall(session, other)
    assert other.source == "another"
    assert load(database, saved.article_id).article.source == "lister"
