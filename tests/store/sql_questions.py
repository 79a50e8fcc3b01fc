"""The queries of docs/sql.md, and the newsroom that their documented results come from.

`python -m tests.store.sql_questions` writes the results anew; with the path of a new file, it makes the newsroom there.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from newsbot.store.database import Database
from tests.web.newsroom import Newsroom, fill

DOCUMENT = Path(__file__).parents[2] / "docs" / "sql.md"
NEWSROOM = Newsroom(articles=200, days=30)
_QUESTION = re.compile(
    r"^## (\d+)\. ([^\n]+)\n\n```sql\n(.*?)\n```\n\n(.*?)(?=\n## |\Z)", re.MULTILINE | re.DOTALL
)


class Question(NamedTuple):
    """A query of the document, with its heading and its result."""

    number: int
    title: str
    sql: str
    answer: str


def questions() -> list[Question]:
    """Return the queries of the document, in their order."""
    found = _QUESTION.findall(DOCUMENT.read_text("utf-8"))
    return [Question(int(number), title, sql, answer.strip()) for number, title, sql, answer in found]


def answer(session: Session, sql: str) -> str:
    """Return what a question gives, as a Markdown table."""
    result = session.execute(text(sql.replace(":", "\\:")))
    rows = [list(result.keys()), ["---" for _ in result.keys()], *(list(row) for row in result)]  # noqa: SIM118
    return "\n".join(_row(row) for row in rows)


def _row(values: Sequence[Any]) -> str:
    return "| " + " | ".join(_cell(value) for value in values) + " |"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, (int, str)) else f"{float(value):.1f}"


def main(path: str | None = None) -> None:
    """Write the answers of the newsroom into the document; with `path`, only make the database of the newsroom there."""
    if path is not None:
        make_newsroom(path).close()
        return
    document = DOCUMENT.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        database = make_newsroom(f"{folder}/newsbot.db")
        with database.read() as session:
            for question in questions():
                head = f"```sql\n{question.sql}\n```\n\n"
                document = document.replace(head + question.answer, head + answer(session, question.sql))
        database.close()
    DOCUMENT.write_text(document, "utf-8")


def make_newsroom(path: str) -> Database:
    """Return the database that the results come from, made in a new file."""
    database = Database(f"sqlite:///{path}").open()
    fill(database, NEWSROOM)
    return database


if __name__ == "__main__":
    main(*sys.argv[1:])
