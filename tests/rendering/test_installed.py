"""What is said, and what is crawled, where no page can be rendered."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from newsbot.errors import UsageError
from newsbot.rendering.installed import find_browser, renderable
from newsbot.sources.model import Source

PLAIN = Source(key="plain", name="Plain", homepage="https://plain.example/")
SCRIPTED = Source(key="scripted", name="Scripted", homepage="https://scripted.example/", render=True)
SOURCES = {source.key: source for source in (PLAIN, SCRIPTED)}


@pytest.fixture
def _without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright", None)


@pytest.mark.usefixtures("_without_extra")
def test_a_source_that_cannot_be_rendered_is_left_out_with_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert renderable(SOURCES, asked=["plain"], browser="") == {"plain": PLAIN}
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (
            logging.WARNING,
            'source "scripted": render = true needs a browser: pip install newsbot[render]; it is left out',
        )
    ]


@pytest.mark.usefixtures("_without_extra")
def test_a_source_that_was_asked_for_and_cannot_be_rendered_is_an_error() -> None:
    with pytest.raises(UsageError, match=r'"scripted".*pip install newsbot\[render\]'):
        renderable(SOURCES, asked=["plain", "scripted"], browser="")


@pytest.mark.usefixtures("_without_extra")
def test_sources_without_render_need_nothing() -> None:
    assert renderable({"plain": PLAIN}, asked=["plain"], browser="/nowhere") == {"plain": PLAIN}


def test_a_browser_is_found_by_its_path_and_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser("") is None
    for name in ("google-chrome", "chromium", "thorium"):
        path = tmp_path / name
        path.write_text("#!/bin/sh")
        path.chmod(0o755)
        assert find_browser(name) == find_browser(str(path)) == str(path)
    assert find_browser("") == str(tmp_path / "chromium")


def test_a_browser_that_is_not_there_is_an_error_that_names_the_setting() -> None:
    with pytest.raises(
        UsageError, match="NEWSBOT_BROWSER is '/nowhere/chromium'; accepted: the path or name"
    ):
        renderable(SOURCES, asked=[], browser="/nowhere/chromium")
