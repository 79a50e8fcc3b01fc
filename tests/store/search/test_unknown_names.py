"""Names in filters that no article has."""

from __future__ import annotations

from newsbot.store.database import Database
from newsbot.store.queries import Filters, unknown_names
from tests.store.samples import article, save


def test_entities_and_sections_that_no_article_has_are_named_with_names_like_them(database: Database) -> None:
    save(database, article(1, section="Politics"))
    with database.read() as session:
        assert unknown_names(session, Filters(entity=("Ada Kovac",), section=("Politics",))) == []
        assert unknown_names(
            session, Filters(entity=("Ada Kovacs", "Nobody"), section=("Politic", "\0"))
        ) == [
            "there is no entity 'Ada Kovacs'; did you mean 'Ada Kovac'?",
            "there is no entity 'Nobody'",
            "there is no section 'Politic'; did you mean 'Politics'?",
            "there is no section '\\x00'",
        ]
