"""A browser that renders pages, and sites whose pages are made by scripts."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from newsbot.rendering.installed import find_browser, missing
from tests.site import Site, running_site


@pytest.fixture(scope="session")
def browser() -> str:
    """The path of a browser; skip the test, or fail it, if there is none, or nothing to drive it."""
    found = find_browser(os.environ.get("NEWSBOT_BROWSER", ""))
    if found and missing() is None:
        return found
    reason = "the extra `render` or Chromium is not installed"
    if os.environ.get("NEWSBOT_REQUIRE_SERVICES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running
