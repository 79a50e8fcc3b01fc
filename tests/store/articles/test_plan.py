"""What is done with a page, as a table: no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from newsbot.items import Article
from newsbot.store.articles.plan import (
    Conflict,
    Content,
    Existing,
    Fill,
    Insert,
    Keep,
    Revise,
    SeeAgain,
    choose_existing,
    decide,
    needs_content,
)
from newsbot.store.schema.identity import REVISED_FIELDS, content_key
from tests.dedupe.texts import text
from tests.store.samples import NOW, article

STORED = article(1, body=text(1, 30), title="Harbour opened")
EDITED = article(1, body=text(1, 30) + "\n\nOne more thing was said.", title="Harbour opened")
TEASER = article(1, body=text(1, 30)[:400], title="Harbour opened", is_free=False)
OTHER = article(1, body=text(2, 30), title="Ferry sold")
STUB = Article(url=STORED.url, title="Harbour opened, says the feed", kind="stub")
RENAMED_STUB = Article(url=STORED.url, title="Harbour opened, says the feed again", kind="stub")
FIRST, SECOND = b"first-url-hash--", b"second-url-hash-"


def existing(number: int = 1, **given: Any) -> Existing:
    columns: dict[str, Any] = {
        "id": number,
        "content_key": content_key(STORED),
        "text_key": b"text",
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
        pytest.param(OTHER, 1, (), Conflict, id="another article"),
        pytest.param(OTHER, -1, (), SeeAgain, id="another article, from an archive"),
    ],
)
def test_plan_for_a_page_that_is_stored(
    page: Article, hours: int, replaced: tuple[Article, ...], kind: type
) -> None:
    stored, key, now = existing(), content_key(page), NOW + timedelta(hours=hours)
    held = content(*replaced) if needs_content(stored, key, now=now) else None
    plan = decide(stored, page, key, held, now=now)
    assert isinstance(plan, kind)
    assert not isinstance(plan, SeeAgain) or plan.is_older == (hours < 0)


def test_plan_for_a_page_that_is_not_stored() -> None:
    assert not needs_content(None, content_key(STORED), now=NOW)
    assert decide(None, STORED, content_key(STORED), None, now=NOW) == Insert()


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
        pytest.param({}, None, id="none"),
        pytest.param({FIRST: existing(1, title="Another", text_key=b"other")}, 1, id="first URL"),
        pytest.param({SECOND: existing(2, title="Another", text_key=b"other")}, None, id="second URL"),
        pytest.param({SECOND: existing(2, title="Another")}, 2, id="second URL, same text"),
        pytest.param({SECOND: existing(2, text_key=b"other")}, 2, id="second URL, same title"),
        pytest.param({SECOND: existing(2), FIRST: existing(1)}, 1, id="both"),
    ],
)
def test_stored_article_that_a_page_is(stored: dict[bytes, Existing], chosen: int | None) -> None:
    found = choose_existing([FIRST, SECOND], stored, title=STORED.title, text_key=b"text")
    assert (found.id if found else None) == chosen


def test_page_without_a_title_has_no_title_in_common() -> None:
    stored = {SECOND: existing(2, title=None, text_key=b"other")}
    assert choose_existing([FIRST, SECOND], stored, title=None, text_key=b"text") is None


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
    held = stub_content() if needs_content(stored, key, now=now) else None
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


@pytest.mark.parametrize(
    ("stored", "chosen"),
    [
        pytest.param(
            {SECOND: existing(2, kind="stub", title="Any", text_key=b"other")}, 2, id="stub at another URL"
        ),
        pytest.param(
            {FIRST: existing(1, kind="stub", title="Any", text_key=b"other"), SECOND: existing(2)},
            2,
            id="article before stub",
        ),
        pytest.param(
            {FIRST: existing(1), SECOND: existing(2, kind="stub")}, 1, id="stub of an article at another URL"
        ),
    ],
)
def test_stub_that_a_page_is(stored: dict[bytes, Existing], chosen: int) -> None:
    found = choose_existing([FIRST, SECOND], stored, title=STORED.title, text_key=b"text")
    assert found is not None
    assert found.id == chosen
