"""Rows of tables of data are lines of the text; tables that lay out a page are read as if they were none."""

from __future__ import annotations

import pytest

from newsbot.extraction.body.choice import drop_repeats
from newsbot.extraction.body.scoring.block_walk import MAX_BLOCKS, read_blocks
from newsbot.extraction.page.page import Page

LONG = "The board meets again on the nineteenth, when it will hear from the residents of the island. " * 4


def lines(html: str) -> list[str]:
    return [block.text for block in read_blocks(Page.from_text(html).tree)]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "<caption>Last boats</caption><thead><tr><th>Route<th>Now</thead>"
            "<tbody><tr><td>Marrow<td>23:40<tr><td>Skerry<td>23:40</tbody><tfoot><tr><td>All<td>2</tfoot>",
            ["Last boats", "Route | Now", "Marrow | 23:40", "Skerry | 23:40", "All | 2"],
        ),
        ("<tr><td><th>2023<th>2024<tr><th>Boats<td>4<td><tr><td><td><td>", ["| 2023 | 2024", "Boats | 4"]),
        ("<tr><td>a<td><td>b<tr><td><td><p>c</p><td>d", ["a | | b", "| c | d"]),
        (
            "<tr><td rowspan=2>Monday<td colspan=2>Marrow<td>1<tr><td>Skerry<td>20:30<td>2",
            ["Monday | Marrow | | 1", "| Skerry | 20:30 | 2"],
        ),
        (
            "<tr><td>To<br>Marrow<td>7 <b>am</b><tr><td><ul><li>x<li>y</ul><td>8",
            ["To Marrow | 7 am", "x y | 8"],
        ),
        ("<tr><td><a href=/a>Ada</a><td><a href=/b>Red</a><tr><td>Olav<td>3", ["Ada | Red", "Olav | 3"]),
    ],
    ids=["sections", "empty cells", "blocks in cells", "spans", "lines", "links"],
)
def test_a_row_is_a_line(table: str, expected: list[str]) -> None:
    assert lines(f"before<table>{table}</table>after") == ["before", *expected, "after"]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (f"<tr><td><p>{LONG}</p><p>end</p><td>side<tr><td>a<td>b", [LONG.strip(), "end", "side", "a", "b"]),
        ("<tr><td><h2>a</h2><td>b<tr><td>c<td>d", ["a", "b", "c", "d"]),
        (
            "<tr><td>a<td><table><tr><td>1<td>2<tr><td>3<td>4</table><tr><td>c<td>d",
            ["a", "1 | 2", "3 | 4", "c", "d"],
        ),
        ("<tr><td>one<td>row", ["one", "row"]),
        ("<tr><td>one<tr><td>column<tr><td>wide", ["one", "column", "wide"]),
        ("<tr><td>a<td>b<tr><td>c<td>d</table><table role=presentation><tr><td>a<td>b<tr><td>c<td>d", None),
    ],
    ids=["paragraphs", "headings", "nested", "one row", "one column", "presentation"],
)
def test_a_layout_is_read_as_if_it_were_no_table(table: str, expected: list[str] | None) -> None:
    assert lines(f"<table>{table}</table>") == (expected or ["a | b", "c | d", "a", "b", "c", "d"])


def test_text_around_the_cells_is_not_lost() -> None:
    html = "<table><tr><td>a</td>loose<td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"
    assert "loose" in " ".join(lines(html))


def test_tables_may_have_the_same_header_and_only_a_whole_table_is_a_repeat() -> None:
    header = "<tr><th>Club<th>Played this season<th>Points"
    first, second = (f"<table>{header}<tr><td>{club}<td>3<td>7</table>" for club in ("Rovers", "Town"))
    blocks = read_blocks(Page.from_text(f"<div>{first}{second}</div><div>{first}</div>").tree)
    assert [block.text for block in drop_repeats(blocks)] == [
        "Club | Played this season | Points",
        "Rovers | 3 | 7",
        "Club | Played this season | Points",
        "Town | 3 | 7",
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<table>" + "<tr><td rowspan=50 colspan=50>a<td rowspan=50>b" * 40_000,
        "<table><tr><td>x<td>" * 2_000,
        "<table>" + "<tr><td>a<td>b" * 2 + "<td>c" * 100_000,
        "<table>" + "<tr>" + "<td rowspan=99 colspan=99>a" * 1000 + "<tr>" * 90_000 + "<td>b",
    ],
    ids=["spans", "nested", "wide", "tall"],
)
def test_hostile_tables_are_read_in_time(html: str) -> None:
    assert len(lines(html)) <= MAX_BLOCKS + 1
