"""Every query of docs/sql.md, run on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, text

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


def test_questions_are_numbered_in_order() -> None:
    assert [question.number for question in QUESTIONS] == list(range(1, 27))


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.title for question in QUESTIONS])
def test_result_is_the_one_in_the_document(newsroom: Database, question: Question) -> None:
    with newsroom.read() as session:
        assert answer(session, question.sql) == question.answer


@pytest.mark.parametrize("number", [8, 9])
def test_a_question_about_one_name_reads_its_mentions_only(newsroom: Database, number: int) -> None:
    if not newsroom.has_one_writer:
        pytest.skip("the plans of PostgreSQL depend on its statistics")
    with newsroom.read() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {QUESTIONS[number - 1].sql}")
        steps = [step.detail for step in plan]
    assert any("ix_entities_name" in step for step in steps)
    assert not [step for step in steps if step.startswith("SCAN")]


@pytest.mark.parametrize("view", ["v_articles", "v_mentions", "v_stories", "v_revisions"])
def test_views_have_the_columns_that_the_document_lists(newsroom: Database, view: str) -> None:
    row = next(line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith(f"| `{view}`"))
    with newsroom.read() as session:
        columns = list(session.execute(text(f"SELECT * FROM {view} LIMIT 1")).keys())
    assert columns == row.split("|")[3].strip().split(", ")


def test_any_program_can_read_every_table_and_view(newsroom: Database) -> None:
    """Plain SQL is enough: Datasette shows every table on a page of its own, pandas reads it as a data frame."""
    with newsroom.read() as session:
        connection = session.connection()
        found = inspect(connection)
        names = [*found.get_table_names(), *found.get_view_names()]
        assert {"articles", "article_search", "v_articles", "v_mentions", "v_stories"} <= set(names)
        for name in names:
            columns = {column["name"] for column in found.get_columns(name)}
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}" LIMIT 3')
            assert set(rows.keys()) == columns
            rows.all()
