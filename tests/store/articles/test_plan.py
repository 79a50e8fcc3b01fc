"""What is done with a page, as a table: no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from newsbot.items import Article
from newsbot.store.articles.plan import (
    Another,
    Conflict,
    Content,
    Existing,
    Fill,
    Keep,
    Revise,
    SeeAgain,
    candidates,
    decide,
    needs_content,
)
from newsbot.store.schema.identity import REVISED_FIELDS, article_keys, content_key, url_hash
from tests.dedupe.texts import text
from tests.store.samples import NOW, article

STORED = article(1, body=text(1, 30), title="Harbour opened")
EDITED = article(1, body=text(1, 30) + "\n\nOne more thing was said.", title="Harbour opened")
TEASER = article(1, body=text(1, 30)[:400], title="Harbour opened", is_free=False)
OTHER = article(1, body=text(2, 30), title="Ferry sold")
STUB = Article(url=STORED.url, title="Harbour opened, says the feed", kind="stub")
RENAMED_STUB = Article(url=STORED.url, title="Harbour opened, says the feed again", kind="stub")
PAGE = article(
    1, title=STORED.title, canonical_url="https://news.example/a", aliases=["https://news.example/latest"]
)
"""A page with three URLs: the one that it declares, its own, and one that redirected to it."""
KEYS = article_keys(PAGE)
FIRST, OWN, SECOND = KEYS.hashes


def existing(number: int = 1, **given: Any) -> Existing:
    columns: dict[str, Any] = {
        "id": number,
        "url": STORED.url,
        "content_key": content_key(STORED),
        "text_key": KEYS.text_key,
        "title": STORED.title,
        "kind": STORED.kind,
        "source": STORED.source,
        "rules": {},
        "entity_engine": STORED.entity_engine,
        "first_seen_at": NOW,
        "last_seen_at": NOW,
    }
    return Existing(**columns | given)


def content(*replaced: Article) -> Content:
    columns = {name: getattr(STORED, name) for name in REVISED_FIELDS}
    return Content(columns, {content_key(version) for version in replaced})


@pytest.mark.parametrize(
    ("page", "hours", "replaced", "kind"),
    [
        pytest.param(STORED, 1, (), SeeAgain, id="same"),
        pytest.param(STORED, -1, (), SeeAgain, id="same, from an archive"),
        pytest.param(EDITED, 1, (), Revise, id="edited"),
        pytest.param(EDITED, 0, (), Revise, id="edited, at the time it was last seen"),
        pytest.param(EDITED, -1, (), SeeAgain, id="edited, from an archive"),
        pytest.param(EDITED, 1, (EDITED,), Revise, id="edit taken back"),
        pytest.param(EDITED, 1, (EDITED, STORED), SeeAgain, id="two forms in turns"),
        pytest.param(TEASER, 1, (), Conflict, id="teaser"),
        pytest.param(OTHER, 1, (), Another, id="another article"),
        pytest.param(OTHER, -1, (), Another, id="another article, from an archive"),
    ],
)
def test_plan_for_a_page_that_is_stored(
    page: Article, hours: int, replaced: tuple[Article, ...], kind: type
) -> None:
    stored, key, now = existing(), content_key(page), NOW + timedelta(hours=hours)
    held = content(*replaced) if needs_content(stored, key) else None
    plan = decide(stored, page, key, held, now=now)
    assert isinstance(plan, kind)
    assert not isinstance(plan, SeeAgain) or plan.is_older == (hours < 0)


@pytest.mark.parametrize(
    ("engine", "replaces"), [("rules 1", False), (None, False), ("rules 2", True)], ids=str
)
def test_entities_are_replaced_if_another_engine_has_recognised_them(
    engine: str | None, replaces: bool
) -> None:
    page = article(1, body=STORED.body, title=STORED.title, entity_engine=engine)
    plan = decide(existing(), page, content_key(page), None, now=NOW)
    assert plan == SeeAgain(existing(), replaces_entities=replaces)


@pytest.mark.parametrize(
    ("stored", "chosen"),
    [
        pytest.param({}, [], id="none"),
        pytest.param(
            {FIRST: existing(1, title="Another", text_key=b"other")}, [1], id="URL that it declares"
        ),
        pytest.param({OWN: existing(2, title="Another", text_key=b"other")}, [], id="its own URL"),
        pytest.param(
            {
                FIRST: existing(1, title="Any", text_key=b"any"),
                OWN: existing(2, title="A", text_key=b"other"),
            },
            [1, 2],
            id="its own URL, and the one that it declares is another article's",
        ),
        pytest.param({SECOND: existing(3, title="Another", text_key=b"other")}, [], id="another URL"),
        pytest.param({SECOND: existing(3, title="Another")}, [3], id="another URL, same text"),
        pytest.param({SECOND: existing(3, text_key=b"other")}, [3], id="another URL, same title"),
        pytest.param({SECOND: existing(3), OWN: existing(2), FIRST: existing(1)}, [1, 2, 3], id="all"),
        pytest.param(
            {FIRST: existing(2, url="https://evil.example/x", source="evil.example")},
            [],
            id="of another site",
        ),
        pytest.param(
            {FIRST: existing(2, url="https://news-of-us.example/x")}, [2], id="of another host of the source"
        ),
        pytest.param(
            {SECOND: existing(3, kind="stub", title="Any", text_key=b"other")}, [3], id="stub at another URL"
        ),
        pytest.param(
            {FIRST: existing(1, kind="stub", title="Any", text_key=b"other"), SECOND: existing(3)},
            [3, 1],
            id="article before stub",
        ),
    ],
)
def test_stored_articles_that_a_page_may_be(stored: dict[bytes, Existing], chosen: list[int]) -> None:
    assert [found.id for found in candidates(PAGE, KEYS, stored)] == chosen


def test_page_without_a_title_has_no_title_in_common() -> None:
    stored = {SECOND: existing(2, title=None, text_key=b"other")}
    assert candidates(replace(PAGE, title=None), KEYS, stored) == []


def test_stub_counts_under_a_url_of_another_site_that_redirected_to_the_page() -> None:
    page = replace(PAGE, aliases=["https://short.example/x"])
    keys = article_keys(page)
    way = url_hash("https://short.example/x")
    assert candidates(page, keys, {way: existing(1)}) == []
    assert candidates(page, keys, {way: existing(1, kind="stub")}) == [existing(1, kind="stub")]


def stub_content() -> Content:
    return Content({name: getattr(STUB, name) for name in REVISED_FIELDS}, set())


@pytest.mark.parametrize(
    ("page", "hours", "kind"),
    [
        pytest.param(STORED, 1, Fill, id="its page"),
        pytest.param(STORED, -1, Fill, id="its page, from an archive"),
        pytest.param(TEASER, 1, Fill, id="a teaser of it"),
        pytest.param(OTHER, 1, Fill, id="a page with another headline"),
        pytest.param(STUB, 1, SeeAgain, id="the same stub"),
        pytest.param(RENAMED_STUB, 1, Fill, id="what the feed says later"),
        pytest.param(RENAMED_STUB, -1, SeeAgain, id="what the feed said earlier"),
    ],
)
def test_plan_for_a_page_of_which_a_stub_is_stored(page: Article, hours: int, kind: type) -> None:
    stored = existing(content_key=content_key(STUB), kind="stub", title=STUB.title)
    key, now = content_key(page), NOW + timedelta(hours=hours)
    held = stub_content() if needs_content(stored, key) else None
    assert isinstance(decide(stored, page, key, held, now=now), kind)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_stub_leaves_a_stored_article_as_it_is(hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    assert decide(existing(), STUB, content_key(STUB), content(), now=now) == Keep(existing())


FEED_RULES = {"title": "feed title", "authors": "feed authors", "body": "best container"}


@pytest.mark.parametrize(
    ("changed", "rules", "kind", "own"),
    [
        pytest.param({"title": "Ferry sold"}, {"title": "h1"}, SeeAgain, {"title": "Ferry sold"}, id="title"),
        pytest.param(
            {"title": "Ferry sold"}, {"title": "feed title"}, Revise, None, id="title of the feed again"
        ),
        pytest.param(
            {"authors": ["Eve"]}, {"authors": "json-ld"}, SeeAgain, {"authors": ["Eve"]}, id="authors"
        ),
        pytest.param({"section": "Sport"}, {"section": "meta"}, Revise, None, id="what the page said before"),
    ],
)
def test_what_the_page_says_itself_replaces_what_the_feed_said_and_is_no_change(
    changed: dict[str, Any], rules: dict[str, str], kind: type, own: dict[str, Any] | None
) -> None:
    stored = existing(rules=FEED_RULES)
    page = replace(STORED, rules={"title": "feed title", "authors": "feed authors"} | rules, **changed)
    plan = decide(stored, page, content_key(page), content(), now=NOW)
    assert isinstance(plan, kind)
    assert not isinstance(plan, SeeAgain) or plan.own == own


def test_change_beside_a_headline_that_the_feed_gave_is_a_change_without_that_headline() -> None:
    page = replace(EDITED, title="Its own headline", rules={"title": "h1", "authors": "feed authors"})
    plan = decide(existing(rules=FEED_RULES), page, content_key(page), content(), now=NOW)
    assert isinstance(plan, Revise)
    assert plan.old["title"] == "Its own headline"
    assert plan.content["title"] == STORED.title
