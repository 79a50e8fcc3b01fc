"""The check of settings for the commands of Scrapy that do not crawl."""

from __future__ import annotations

import sys

from scrapy.settings import BaseSettings

from newsbot.errors import UsageError
from newsbot.settings import read_settings
from newsbot.text import escape_controls


def exit_if_wrong(settings: BaseSettings | None) -> None:
    """End the command with one line and status 2 if a setting of newsbot is wrong."""
    assert settings is not None
    try:
        read_settings(settings)
    except UsageError as error:
        print(escape_controls(f"scrapy: {error}"), file=sys.stderr)  # noqa: T201
        sys.exit(2)
