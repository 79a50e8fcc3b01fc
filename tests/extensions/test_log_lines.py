"""Log lines are safe to show on a terminal, and errors of the network are one line."""

from __future__ import annotations

import logging
import sys

import pytest
from scrapy.exceptions import CannotResolveHostError

from newsbot.extensions.log_lines import MAX_GIVEN_UP, MAX_MESSAGE_CHARS, FewGivenUp, SafeFormatter

FORMATTER = SafeFormatter(logging.Formatter("%(levelname)s %(message)s"))


def formatted(
    message: str,
    *args: object,
    level: int = logging.INFO,
    name: str = "scrapy.core.scraper",
    error: Exception | None = None,
) -> str:
    info = None
    if error is not None:
        try:
            raise error
        except Exception:  # noqa: BLE001 - it is raised for its traceback
            info = sys.exc_info()
    return FORMATTER.format(logging.LogRecord(name, level, "path", 1, message, args, info))


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2Jx", r"\x1b[2Jx"),
        ("\x9b2Jx", r"\x9b2Jx"),
        ("a\rb", r"a\rb"),
        ("a\x00\x07\x08b", r"a\x00\x07\x08b"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\u2028b", r"a\u2028b"),
        ("a\tb é 漢", "a\tb é 漢"),
    ],
    ids=["escape", "C1", "carriage return", "controls", "bidi", "line separator", "ordinary text"],
)
def test_characters_that_control_a_terminal_are_shown_as_escapes(hostile: str, shown: str) -> None:
    assert formatted("Stored %s", hostile) == f"INFO Stored {shown}"


def test_a_line_feed_cannot_make_a_text_look_like_a_record() -> None:
    assert formatted("Stored %s", "x\nINFO forged") == "INFO Stored x\n  INFO forged"
    assert formatted("%s", "x\nERROR forged", level=logging.ERROR) == "ERROR x ERROR forged"


@pytest.mark.parametrize(
    "error",
    [CannotResolveHostError("no such host"), ConnectionRefusedError("refused"), TimeoutError("timed out")],
)
def test_an_error_of_the_network_is_one_line(error: Exception) -> None:
    text = formatted("Error downloading %s", "https://a.example/", level=logging.ERROR, error=error)
    assert text.startswith("ERROR Error downloading https://a.example/: ")
    assert len(text.splitlines()) == 1


def test_a_bug_keeps_its_traceback_without_control_characters() -> None:
    text = formatted("Failed", level=logging.ERROR, error=ValueError("\x1b[31m"))
    assert "Traceback" in text
    assert text.endswith("ValueError: \\x1b[31m")
    ours = formatted("Failed", level=logging.ERROR, name="newsbot.session", error=TimeoutError("a bug"))
    assert "Traceback" in ours


def test_a_long_message_is_cut() -> None:
    assert len(formatted("%s", "x" * 100_000)) < MAX_MESSAGE_CHARS + 20


def test_only_the_first_requests_that_are_given_up_are_logged() -> None:
    few = FewGivenUp()
    records = [logging.makeLogRecord({"levelno": logging.ERROR, "msg": "Gave up"}) for _ in range(20)]
    passed = [record for record in records if few.filter(record)]
    assert len(passed) == MAX_GIVEN_UP
    assert passed[-1].getMessage() == "Gave up (others that fail are not logged)"
    assert few.filter(logging.makeLogRecord({"levelno": logging.DEBUG, "msg": "Retrying"}))
