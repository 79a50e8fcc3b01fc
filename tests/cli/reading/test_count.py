"""`newsbot count`, and exports of what a query finds."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from newsbot.cli import newsbot
from newsbot.store.database import Database
from tests.store.samples import NOW, article, save


@pytest.fixture
def filled(database: Database, database_url: str) -> str:
    for number, (title, source) in enumerate(
        [
            ("Pine falls", "a.example"),
            ("Willow falls", "a.example"),
            ("Pines and willows", "b.example"),
            ("=cmd|' /C calc'!A0", "=b.example"),
        ]
    ):
        save(database, article(number, title=title, source=source, published_at=NOW - timedelta(days=number)))
    return database_url


def run(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(newsbot, [*arguments, "--database", url])


def table(result: Result) -> list[list[str]]:
    assert result.exit_code == 0, result.output
    return list(csv.reader(io.StringIO(result.stdout)))


def test_queries_are_counted_side_by_side(filled: str) -> None:
    assert table(run(filled, "count", "pine", "willow", "--by", "day", "--share")) == [
        ["day", "pine", "willow", "all articles", "pine (%)", "willow (%)"],
        ["2026-02-26", "0", "0", "1", "0.0", "0.0"],
        ["2026-02-27", "1", "1", "1", "100.0", "100.0"],
        ["2026-02-28", "0", "1", "1", "0.0", "100.0"],
        ["2026-03-01", "1", "0", "1", "100.0", "0.0"],
    ]


def test_the_same_query_twice_is_refused(filled: str) -> None:
    done = CliRunner().invoke(newsbot, ["count", "pine", "pine", "--database", filled])
    assert done.exit_code == 2
    assert "the same query is given twice" in done.stderr


def test_without_a_query_all_articles_are_counted(filled: str) -> None:
    assert table(run(filled, "count")) == [["all articles"], ["4"]]
    assert table(run(filled, "count", "--by", "month")) == [
        ["month", "all articles"],
        ["2026-02", "3"],
        ["2026-03", "1"],
    ]


def test_formulas_are_texts_in_a_table(filled: str) -> None:
    rows = table(run(filled, "count", "pine OR calc", "--by", "source"))
    assert rows[0] == ["source", "name", "pine OR calc"]
    assert ["'=b.example", "'=b.example", "1"] in rows
    assert table(run(filled, "count", "=pine"))[0] == ["'=pine"]


def test_rows_as_json_name_the_queries(filled: str) -> None:
    result = run(filled, "count", "pine", "willow", "--by", "source", "--share", "--limit", "1", "--json")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {
            "source": "a.example",
            "name": "a.example",
            "counts": {"pine": 1, "willow": 1},
            "all": 2,
            "shares": {"pine": 0.5, "willow": 0.5},
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--by", "hour"], "'hour' is not one of 'day', 'week', 'month'"),
        (["--source", "c.example"], "source: no source 'c.example'; did you mean "),
        (["--since", "soon"], "'soon' is no date; accepted: 2026-11-23"),
        (["--kind", "poem"], "no kind 'poem'; accepted: article"),
        (["(pine"], "query, character 1: this parenthesis is not closed"),
        (["pine"] * 51, "51 queries are too many; accepted: at most 50"),
    ],
)
def test_what_cannot_be_counted_is_one_line(filled: str, arguments: list[str], message: str) -> None:
    result = run(filled, "count", *arguments)
    assert result.exit_code != 0
    assert message in str(result.exception) or message in result.output


def test_export_of_a_query_has_what_it_finds(filled: str) -> None:
    result = run(filled, "export", "pine")
    assert result.exit_code == 0, result.exception
    lines = result.stdout.splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["Pine falls", "Pines and willows"]
    newest = run(filled, "export", "willow", "--sort", "date", "--limit", "1", "--format", "csv")
    assert [row["title"] for row in csv.DictReader(io.StringIO(newest.stdout))] == ["Willow falls"]
    assert run(filled, "export", "nothing").stdout == ""
