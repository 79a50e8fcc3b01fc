"""Markdown, pictures and links are stored with an article, replaced with its text, and follow what cleaning removes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from newsbot.cleaning.text_structure import follow_body
from newsbot.items import Article, Image, Link
from newsbot.store.articles.reextraction import changes_by_rules
from newsbot.store.articles.writer import apply_rules_to
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import ArticleLink, ArticleRow
from tests.store.samples import LATER, article, load, save

BODY = "The harbour opens on Monday, says the board.\n\nFollow us for more."
MARKDOWN = (
    "The [harbour](https://www.Board.example/plan) opens on Monday, says the board.\n\n"
    "![Cranes](https://news.example/i/cranes.jpg)\n\nFollow [us](https://social.example/us) for more\\."
)
IMAGES = [
    Image(url="https://news.example/i/lead.jpg", caption="The harbour", credit="Ada Kovac/dpa"),
    Image(url="https://news.example/i/cranes.jpg"),
]
LINKS = [
    Link(url="https://www.Board.example/plan", text="harbour"),
    Link(url="https://social.example/us", text="us"),
]


def marked(**given: object) -> Article:
    values = {"body": BODY, "body_markdown": MARKDOWN, "images": IMAGES, "links": LINKS}
    return article(1, **values | {"image_url": IMAGES[0].url} | given)


def rows_of(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        query = select(ArticleLink.host, ArticleLink.url, ArticleLink.text).order_by(ArticleLink.position)
        return [(host, url, text) for host, url, text in session.execute(query)]


def test_structure_is_stored_and_loaded(database: Database) -> None:
    save(database, marked())
    loaded = load(database, 1).article
    assert (loaded.body_markdown, loaded.images, loaded.links) == (MARKDOWN, IMAGES, LINKS)
    assert rows_of(database) == [
        ("board.example", LINKS[0].url, "harbour"),
        ("social.example", LINKS[1].url, "us"),
    ]


def test_markdown_without_marks_is_not_stored_twice(database: Database) -> None:
    save(database, marked(body="1. One\n\nTwo", body_markdown="1\\. One\n\nTwo", images=[], links=[]))
    with database.read() as session:
        assert session.scalar(select(ArticleRow.body_markdown)) is None
    assert load(database, 1).article.body_markdown == "1\\. One\n\nTwo"


def test_an_update_replaces_them(database: Database) -> None:
    save(database, marked())
    save(
        database,
        marked(body="Other text.", body_markdown="Other text.", images=IMAGES[:1], links=[]),
        now=LATER,
    )
    loaded = load(database, 1).article
    assert (loaded.body_markdown, loaded.images, loaded.links) == ("Other text.", IMAGES[:1], [])
    assert rows_of(database) == []


def test_rules_that_find_more_structure_are_a_change_without_a_revision(database: Database) -> None:
    plain = marked(body_markdown="", images=[], links=[])
    follow_body(plain)
    save(database, plain)
    with database.write() as session:
        changes = changes_by_rules(session, 1, marked())
        assert set(changes) == {"body_markdown", "images", "links"}
        assert changes["links"][0] == []
        assert changes["links"][1][0]["url"] == LINKS[0].url
        apply_rules_to(session, 1, marked(), keys=article_keys(marked()), run_id=None, now=LATER)
    stored = load(database, 1)
    assert (stored.revision, stored.article.links, stored.article.images) == (1, LINKS, IMAGES)
    with database.read() as session:
        assert changes_by_rules(session, 1, marked()) == {}


def test_what_a_removed_paragraph_links_to_and_shows_goes_with_it() -> None:
    shorter = replace(marked(), body=BODY.split("\n\n", maxsplit=1)[0])
    follow_body(shorter)
    assert shorter.body_markdown == MARKDOWN.split("\n\n", maxsplit=1)[0]
    assert (shorter.images, shorter.links) == (IMAGES[:1], LINKS[:1])
