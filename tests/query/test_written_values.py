"""Lists of names and days as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from newsbot.query.written_values import parse_day, parse_names, unknown_value, written_name

NOW = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["a,b"], ("a", "b")),
        (["a", "b"], ("a", "b")),
        ([" a , b ,", "a"], ("a", "b")),
        (['"Arts, Culture",World'], ("Arts, Culture", "World")),
        (['"a ""b"" c"'], ('a "b" c',)),
        ([""], ()),
        ([",,"], ()),
        (["two\nlines"], ("two lines",)),
        (["a\0b"], ("a\0b",)),
    ],
)
def test_names_are_separated_by_commas(texts: list[str], names: tuple[str, ...]) -> None:
    assert parse_names(texts) == names


@pytest.mark.parametrize("text", ['"a', '"a"b,c', '"'])
def test_quote_that_is_not_closed_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="quote is not closed"):
        parse_names([text])


@pytest.mark.parametrize("name", ["a", "Arts, Culture", 'the "big" one', "O'Neill", '"', ",", "a,b,c"])
def test_written_name_is_read_as_one(name: str) -> None:
    assert parse_names([written_name(name)]) == (name,)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("today", date(2026, 11, 30)),
        ("yesterday", date(2026, 11, 29)),
        ("7d", date(2026, 11, 23)),
        ("2w", date(2026, 11, 16)),
        ("1y", date(2025, 11, 30)),
        ("36h", datetime(2026, 11, 28, 18, 30, tzinfo=UTC)),
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00+02:00", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("20260301 100000,5-0230", datetime(2026, 3, 1, 12, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-03-01T10:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
    ],
)
def test_day_is_read(text: str, day: date) -> None:
    found = parse_day(text, now=NOW)
    assert (found, type(found)) == (day, type(day))


@pytest.mark.parametrize(
    "text",
    [
        "foo",
        "2026-02-30",
        "7",
        "7 days",
        "-7d",
        "99999y",
        "٧d",
        "",
        "2026",
        "20260301T",
        "20260301T10000Z",
        "2026-03-01T10:00:00.5d-03:30",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_other_text_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match="accepted: 2026-11-23"):
        parse_day(text, now=NOW)


def test_unknown_value_names_similar_ones_and_lists_few() -> None:
    assert unknown_value("source", "guardan", ["bbc-news", "guardian"]) == (
        "no source 'guardan'; did you mean guardian? accepted: bbc-news, guardian"
    )
    many = [f"source-{number:03}" for number in range(1000)]
    assert unknown_value("source", "zzz", many, more="newsbot stats") == (
        "no source 'zzz'; accepted: 1,000 values such as source-000, source-001, source-002, listed by newsbot stats"
    )
    assert unknown_value("tag", "uk", []) == "no tag 'uk'; there is none in this database"
