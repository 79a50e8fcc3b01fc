"""`[[watch]]` tables: what is accepted, and errors in one line. Quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from newsbot.errors import UsageError
from newsbot.outputs.watches.quiet_hours import parse_quiet_hours
from newsbot.outputs.watches.watch_table import read_watch_tables

WHOLE: dict[str, Any] = {
    "name": "harbour-watch",
    "query": "harbour OR port",
    "source": ["a", "b"],
    "tag": "uk, local",
    "language": "en",
    "notify": ["mailto://user:hush@mail.example", "tgram://123456789:abcdefg_hijklmnop/12315544/"],
    "webhook": "https://hooks.example/a",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "every": "1h",
    "quiet": "22:00-07:00 Europe/Berlin",
    "since": "2d",
}


def test_every_key_is_read() -> None:
    [table] = read_watch_tables([WHOLE], {}).values()
    assert table.source == ("a", "b")
    assert table.tag == ("uk", "local")
    assert table.period.total_seconds() == 3600


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"qeury": "x"},
            "[[watch]] 'harbour-watch': the key 'qeury' is no key of this table; accepted: name, query,",
        ),
        (
            {"every": "often"},
            "[[watch]] 'harbour-watch': every is 'often' (is no period); accepted: minutes, hours or days",
        ),
        ({"every": "0m"}, "every is '0m' (is no period)"),
        ({"quiet": "10-12"}, "quiet is '10-12' (cannot be read); accepted: \"22:00-07:00 Europe/Berlin\""),
        ({"quiet": "22:00-07:00 Atlantis"}, 'accepted: "22:00-07:00 Europe/Berlin"'),
        ({"query": '"open'}, "[[watch]] 'harbour-watch': query is '\"open'"),
        ({"name": "Über"}, "name is 'Über'; accepted: lower-case letters, digits and hyphens"),
        ({"webhook": "ftp://x"}, "webhook (is no URL of the web); accepted: an http:// or https:// URL"),
        ({"secret": "hush"}, "secret: is no key; accepted: whsec_ and 24 or more random bytes in Base64"),
        (
            {"notify": ["bob@example.org"]},
            "notify (has an address without a scheme); accepted: addresses of Apprise",
        ),
        ({"webhook": None}, "secret without a webhook"),
        ({"kind": "poem"}, "no kind 'poem'"),
        ({"language": 7}, "language is 7"),
        ({"since": "soon"}, "since is 'soon'"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_mistake_is_one_line_that_says_what_is_accepted(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_watch_tables([WHOLE | keys], {})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hush" not in str(caught.value)


def test_name_is_used_once_and_the_file_wins_over_the_page() -> None:
    with pytest.raises(UsageError, match="the name is used twice"):
        read_watch_tables([WHOLE, WHOLE], {})
    watches = read_watch_tables([{"name": "a", "query": "file"}], {"a": {"query": "page"}, "b": {}})
    assert (watches["a"].query, sorted(watches)) == ("file", ["a", "b"])


@pytest.mark.parametrize(
    ("text", "hour", "is_quiet"),
    [
        ("22:00-07:00", 23, True),
        ("22:00-07:00", 6, True),
        ("22:00-07:00", 7, False),
        ("12:00-13:00", 12, True),
        ("12:00-13:00", 13, False),
        ("22:00-07:00 America/New_York", 3, True),
        ("22:00-07:00 America/New_York", 13, False),
    ],
)
def test_quiet_hours_in_the_clocks_of_a_zone(text: str, hour: int, is_quiet: bool) -> None:
    assert parse_quiet_hours(text).holds(datetime(2026, 1, 15, hour, tzinfo=UTC)) == is_quiet
