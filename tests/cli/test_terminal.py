"""What a terminal shows: it fits the width, breaks between words, and cuts nothing."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from newsbot.cli.output import column_widths, print_table, print_wrapped
from newsbot.cli.progress_display import progress, reading

URL = "https://harbour-post.example/a-long-address/2026/03/11/of-a-story-that-is-long"
Show = Callable[[int], None]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Show:
    """Return what makes stdout a terminal of some columns."""

    def show(columns: int) -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm")

    return show


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [re.sub(r"\x1b\[[\d;]*m", "", line).rstrip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_table_fits_and_has_every_character(
    terminal: Show, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    terminal(width)
    print_table(("reason", "url", "detail"), [("http-404", URL, "the page was there yesterday and is gone")])
    shown = lines(capsys)
    assert max(map(len, shown)) <= width
    start = shown[0].index("url")
    end = shown[0].index("detail")
    assert "".join(line[start:end].strip() for line in shown[1:]) == URL


def test_key_stays_whole_beside_a_long_text(terminal: Show, capsys: pytest.CaptureFixture[str]) -> None:
    terminal(60)
    print_table(("setting", "purpose"), [("NEWSBOT_ALLOWED_NETWORKS", "private networks " * 10)])
    assert lines(capsys)[1].startswith("NEWSBOT_ALLOWED_NETWORKS  private networks")


@pytest.mark.parametrize(
    ("row", "width", "widths"),
    [
        (["key", "a b c"], 40, [3, 5]),
        (["a-long-key", "some words of text"], 24, [10, 10]),
        (["a-long-key", "0123456789"], 14, [5, 5]),
        (["港口報告", "港"], 40, [8, 2]),
        (["", ""], 40, [1, 1]),
    ],
)
def test_widths_of_columns(row: list[str], width: int, widths: list[int]) -> None:
    assert column_widths([row], width) == widths


def test_numbers_have_bars_on_a_terminal_only(terminal: Show, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("monday", 4), ("tuesday", 2), ("wednesday", 0)]
    print_table(("day", "articles"), rows, bars="articles")
    assert capsys.readouterr().out == "monday\t4\ntuesday\t2\nwednesday\t0\n"
    terminal(80)
    print_table(("day", "articles"), rows, bars="articles")
    assert [line.count("█") for line in lines(capsys)[1:]] == [24, 12, 0]


def test_text_is_broken_between_words(terminal: Show, capsys: pytest.CaptureFixture[str]) -> None:
    text = "The council did not answer questions about the contract with suppliers."
    print_wrapped(text, indent=4)
    assert capsys.readouterr().out == f"    {text}\n"
    terminal(30)
    print_wrapped(text, indent=4)
    shown = lines(capsys)
    assert " ".join(line.strip() for line in shown) == text
    assert all(line.startswith("    ") and len(line) <= 30 for line in shown)


def test_display_of_progress_ends_with_the_work_and_not_with_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")

    def work() -> None:
        with progress(iter(range(10)), "Counting") as numbers:
            for number in numbers:
                if number == 3:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    told = capsys.readouterr().err
    assert told.endswith("\n\x1b[?25h")  # the cursor is back, at the beginning of a line
    gc.collect()
    assert capsys.readouterr().err == ""


def test_how_much_of_a_file_is_left_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"a line\n" * 1000)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with path.open("rb") as file, reading(file, "Reading") as shown:
        assert sum(1 for _ in shown) == 1000
    assert re.search(r"7\.0/7\.0 kB", capsys.readouterr().err)
