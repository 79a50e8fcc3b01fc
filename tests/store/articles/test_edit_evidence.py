"""What is stored about an edit: which fact decided whether it is silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from newsbot.items import Article
from newsbot.store.database import Database
from newsbot.store.queries import Change, evidence_json, explanation, history
from newsbot.store.schema.models import ArticleRow, Revision
from tests.dedupe.texts import text
from tests.store.samples import NOW, article, load, save

LONG = text(1, 30)
EDITED = LONG + "\n\nThe county paid for the trip of two officials."


def page(**given: Any) -> Article:
    defaults: dict[str, Any] = {"body": LONG, "published_at": NOW}
    return article(**defaults | given)


def saved(database: Database, *pages: Article) -> list[Change]:
    """Store one version after the other, an hour apart, and return the changes."""
    for hours, version in enumerate(pages):
        save(database, version, now=NOW + timedelta(hours=hours))
    with database.read() as session:
        return history(session, 1) or []


def reasons(changes: list[Change]) -> list[str | None]:
    return [change.evidence.reason if change.evidence else None for change in changes]


def test_history_says_why_an_edit_is_silent(database: Database) -> None:
    [change] = saved(database, page(), page(body=EDITED))
    assert change.is_silent
    assert evidence_json(change) == {
        "verdict": "silent",
        "reason": "nothing-found",
        "text": None,
        "looked_for": ["modified-date", "published-date", "date-line", "note", "headline-mark", "announced"],
        "words_removed": 0,
        "words_added": 9,
    }
    assert "nothing on the page owns up to it" in explanation(change)


def test_note_outside_the_text_is_stored_and_owns_up_to_one_edit(database: Database) -> None:
    note = "Correction: The county paid."
    changes = saved(
        database,
        page(),
        page(body=EDITED, notes=[note]),
        page(body=LONG + "\n\nThe mayor paid.", notes=[note]),
    )
    assert [change.is_silent for change in changes] == [False, True]
    assert explanation(changes[0]) == f"the page has a new note: {note}"
    assert changes[0].fields["notes"] == ([], [note])
    assert load(database, 1).article.notes == [note]


def test_both_turns_of_a_test_of_headlines_are_unknown(database: Database) -> None:
    late = NOW - timedelta(days=5)  # later turns are no longer near the day of publication
    first, second = page(published_at=late), page(published_at=late, title="Port gets its harbour")
    assert reasons(saved(database, first, second)) == ["nothing-found"]
    save(database, first, now=NOW + timedelta(hours=2))
    with database.read() as session:
        changes = history(session, 1) or []
    assert reasons(changes) == ["returned", "returned"]
    assert not any(change.is_silent for change in changes)


def test_headline_that_changes_soon_after_publication_is_unknown(database: Database) -> None:
    assert reasons(saved(database, page(), page(title="Port gets its harbour"))) == ["headline-test"]


def test_text_that_comes_back_may_be_another_copy_of_the_page(database: Database) -> None:
    assert reasons(saved(database, page(), page(body=EDITED), page())) == ["returned", "returned"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"rules": {"body": "blocks"}}, {"rules": {"body": "json-ld articleBody"}, "body": EDITED}),
        ({"rules": {"title": "h1"}}, {"rules": {"title": "og:title"}, "title": "Port gets its harbour"}),
    ],
    ids=["body", "title"],
)
def test_text_that_another_rule_found_may_be_the_same_page(
    database: Database, old: dict[str, Any], new: dict[str, Any]
) -> None:
    [change] = saved(database, page(**old), page(**new))
    assert evidence_json(change)["verdict"] == "unknown"
    assert reasons([change]) == ["rules-changed"]


def test_article_of_older_rules_is_not_called_edited_silently(database: Database) -> None:
    save(database, page())
    with database.write() as session:
        session.execute(update(ArticleRow).values(extractor_version="extraction-0 cleaning-0"))
    assert reasons(saved(database, page(body=EDITED))) == ["rules-changed"]


def test_page_for_telephones_is_another_form_and_so_is_the_way_back(database: Database) -> None:
    mobile = {"url": "https://m.news.example/harbour/1", "canonical_url": "https://news.example/harbour/1"}
    third = page(body=LONG + "\n\nThe mayor paid.")
    assert reasons(saved(database, page(), page(body=EDITED, **mobile), third)) == [
        "other-form",
        "other-form",
    ]


OLD_ROWS: dict[str, Callable[[Change], bool]] = {
    "silent": lambda change: change.is_silent,
    "unknown": lambda change: evidence_json(change)["verdict"] is None,
    "said": lambda change: "earlier version" in explanation(change),
}


@pytest.mark.parametrize("what", OLD_ROWS)
def test_revision_of_an_earlier_version_has_no_evidence(database: Database, what: str) -> None:
    saved(database, page(), page(body=EDITED))
    with database.write() as session:
        session.execute(update(Revision).values(evidence=None))
    with database.read() as session:
        [change] = history(session, 1) or []
    assert OLD_ROWS[what](change)
