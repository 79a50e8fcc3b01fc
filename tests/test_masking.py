"""Passwords and tokens in texts that people see."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.masking import masked, masked_setting, masked_url

URLS = [
    ("postgresql://me:p@ss:w@host/db", "postgresql://me:***@host/db"),
    ("postgresql://host/db?user=me&password=hush&x=1", "postgresql://host/db?user=me&password=***&x=1"),
    (
        "postgresql://host/db?sslpassword=hush&passfile=/x",
        "postgresql://host/db?sslpassword=***&passfile=***",
    ),
    ("postgresql://me@host:5432/db", "postgresql://me@host:5432/db"),
    ("postgresql://me:hush@[::1]:5432/db", "postgresql://me:***@[::1]:5432/db"),
    ("postgresql://[::1]:5432/db", "postgresql://[::1]:5432/db"),
    ("postgresql://me:hush/db", "postgresql://me:***/db"),
    ("sqlite:///a@b:c.db", "sqlite:///a@b:c.db"),
    ("sqlite:////srv/a:b@c/newsbot.db", "sqlite:////srv/a:b@c/newsbot.db"),
    ("sqlite:///newsbot.db", "sqlite:///newsbot.db"),
]
TEXTS = [
    ("given: -s NEWSBOT_WEB_TOKEN=hush news", "given: -s NEWSBOT_WEB_TOKEN=*** news"),
    ("{'password': 'hush', 'port': 1}", "{'password': ***, 'port': 1}"),
    ("Authorization: Bearer hush", "Authorization: Bearer ***"),
    ("http_proxy=http://me:hu/sh@proxy:3128", "http_proxy=http://me:***@proxy:3128"),
    ("from https://hush@news.example/feed", "from https://***@news.example/feed"),
    ("from https://me:hush@news.example/feed: 404", "from https://me:***@news.example/feed: 404"),
    ("https://news.example/@name/a:b@c", "https://news.example/@name/a:b@c"),
    ("http://localhost:8000/@name", "http://localhost:8000/@name"),
    ("NEWSBOT_WEB_TOKEN asks for a token", "NEWSBOT_WEB_TOKEN asks for a token"),
    ("write to mailto:editor@news.example at 12:30", "write to mailto:editor@news.example at 12:30"),
]
SCHEMES = ("postgresql", "postgresql+psycopg", "postgres", "PostgreSQL", "mysql", "")
MARKS = ("://", ":/", ":///", "//", ":", "")
PASSWORD = st.text(
    st.characters(codec="utf-8", exclude_categories=("Z", "C"), exclude_characters="&;'\"?#/<>,"), min_size=8
)


@pytest.mark.parametrize(("url", "shown"), URLS)
def test_passwords_of_database_urls_are_masked(url: str, shown: str) -> None:
    assert masked_url(url) == shown


@pytest.mark.parametrize(("text", "shown"), TEXTS)
def test_secrets_in_texts_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_no_password_is_shown_whatever_is_wrong_with_the_url() -> None:
    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(scheme=st.sampled_from(SCHEMES), mark=st.sampled_from(MARKS), password=PASSWORD)
    def shown(scheme: str, mark: str, password: str) -> None:
        for secret in (password + "x7", quote(password + "x7", safe="")):
            assert "x7" not in masked_url(f"{scheme}{mark}bob:{secret}@host.example/news")
            for name in ("password", "sslpassword", "PASSWORD"):
                assert "x7" not in masked_url(f"{scheme}{mark}host.example/news?{name}={secret}&x=1")

    shown()


@pytest.mark.parametrize("around", ["{}", "cannot open {}", "url={}, again", "('{}',)", 'File "{}"'])
@pytest.mark.parametrize("mark", ["://", ":/", ":///", "//"])
def test_no_password_is_shown_in_the_middle_of_a_text(around: str, mark: str) -> None:
    text = around.format(f"postgresql+psycopg{mark}bob:s3@cr3t:x@host/news?sslpassword=hush")
    assert "cr3t" not in masked(text)
    assert "hush" not in masked(text)


def test_secret_settings_are_masked_by_their_names() -> None:
    assert masked_setting("NEWSBOT_WEB_TOKEN", "hush") == "***"
    assert masked_setting("NEWSBOT_WEB_TOKEN", "") == ""
    assert masked_setting("NEWSBOT_DATABASE_URL", "postgresql:/bob:hush@h/x") == "postgresql:/bob:***@h/x"
    assert masked_setting("NEWSBOT_WORKERS", "4") == "4"


@pytest.mark.parametrize("part", ["a:", "a:/", "://", "x@", "password", "a.b-c+", "token= ", "//a:b"])
def test_a_password_is_masked_at_the_end_of_a_long_text(part: str) -> None:
    assert "hush" not in masked(f"{part * 20_000} token=hush")
    assert "hush" not in masked_url(f"{part * 20_000}?password=hush")
