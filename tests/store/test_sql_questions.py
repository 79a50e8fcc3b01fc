"""Every question of docs/sql.md, asked of both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from newsbot.store.database import Database
from tests.store.sql_questions import DOCUMENT, NEWSROOM, Question, answer, questions
from tests.web.newsroom import fill

QUESTIONS = questions()


@pytest.fixture(scope="module")
def newsroom(module_database_url: str) -> Iterator[Database]:
    database = Database(module_database_url).open()
    fill(database, NEWSROOM)
    yield database
    database.close()


def test_there_are_twenty_questions_in_order() -> None:
    assert [question.number for question in QUESTIONS] == list(range(1, 21))


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.title for question in QUESTIONS])
def test_the_answer_is_that_of_the_document(newsroom: Database, question: Question) -> None:
    with newsroom.read() as session:
        assert answer(session, question.sql) == question.answer


@pytest.mark.parametrize("view", ["v_articles", "v_mentions", "v_stories"])
def test_views_have_the_columns_that_the_document_lists(newsroom: Database, view: str) -> None:
    row = next(line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith(f"| `{view}`"))
    with newsroom.read() as session:
        columns = list(session.execute(text(f"SELECT * FROM {view} LIMIT 1")).keys())
    assert columns == row.split("|")[3].strip().split(", ")
