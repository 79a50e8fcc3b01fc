"""The cells of docs/notebooks/newsbot.ipynb, run one after the other without Jupyter."""

from __future__ import annotations

import ast
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsbot.store.database import Database
from tests.store.samples import LATER, NOW, article, save, save_all

NOTEBOOK = json.loads((Path(__file__).parents[2] / "docs" / "notebooks" / "newsbot.ipynb").read_text("utf-8"))


def run_cells() -> dict[str, Any]:
    """Return the id of every cell with code -> the value of its last expression, as Jupyter would show it."""
    names: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    for cell in NOTEBOOK["cells"]:
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell["id"], "exec"), names)
        if isinstance(last, ast.Expr):
            shown[cell["id"]] = eval(compile(ast.Expression(last.value), cell["id"], "eval"), names)
    return shown


def test_cells_show_an_article_a_search_and_a_chart(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [
        article(number, published_at=NOW - timedelta(weeks=number), title=title)
        for number, title in enumerate(("Climate and energy", "Climate talks", "Energy prices"), start=1)
    ]
    save_all(database, told)
    save(database, article(2, title="Climate talks fail", published_at=NOW - timedelta(weeks=2)), now=LATER)
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", database_url)
    shown = run_cells()
    assert shown["fields"][0] == "Ferry line reopens"
    assert list(shown["search"].title) == ["Climate and energy", "Climate talks fail"]
    assert list(shown["weeks"].climate) == [0, 1, 1]
    assert "#2f6d8a" in shown["chart"].to_html()
    assert list(shown["silent"].article_id) == [2]


def test_cells_find_nothing_in_an_empty_database(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_all(database, [article(1)])
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", database_url)
    assert run_cells()["silent"] == "nothing yet"


def test_outputs_are_not_kept() -> None:
    assert [cell["id"] for cell in NOTEBOOK["cells"] if cell.get("outputs")] == []
