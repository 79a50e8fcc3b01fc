"""The questions in docs/entities.md have answers on both databases."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import text

from newsbot.store.database import Database
from tests.store.samples import article, save

PAGE = Path(__file__).parents[3] / "docs" / "entities.md"


def test_every_question_is_answered(database: Database) -> None:
    for number in range(1, 10):
        save(database, article(number, title="Ada Kovac speaks"))
    questions = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(questions) == 5
    with database.read() as session:
        answers = [session.execute(text(question)).all() for question in questions]
    about, days, companions, rising, places = answers
    assert [row.id for row in about] == list(range(1, 10))
    assert [row.articles for row in days] == [1] * 9
    assert [(row.name, row.articles) for row in companions] == [("Harbour Board", 9), ("Port Lindow", 9)]
    assert next((row.name, row.this_week, float(row.usual)) for row in rising) == ("Ada Kovac", 7, 0.5)
    assert places == []  # the sample's are on no map
