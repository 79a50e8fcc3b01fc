"""Reads newsbot's settings: for a command, for a crawl, and for Scrapy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsbot.configuration.origins import COMMAND_LINE, Origin, check, check_names, find_origins, merge
from newsbot.configuration.table import PREFIX, SETTINGS, Configuration
from newsbot.errors import UsageError

PROBLEM = "NEWSBOT_PROBLEM"
"""Scrapy setting: why the settings cannot be read. Scrapy would show a traceback for an error in its settings module."""
INTERNAL = frozenset({PROBLEM, "NEWSBOT_STORES", "NEWSBOT_STARTS"})
"""Scrapy settings that are for newsbot's own commands, not for users."""


def configuration(**given: Any) -> Configuration:
    """Return newsbot's settings, for use outside a crawl. `given` are those of the command line, by key; None: not given.

    Raises UsageError that names the place, the setting, its value and what is accepted."""
    return check(find_origins(given))


def read_settings(given: Mapping[str, Any]) -> Configuration:
    """Return the `NEWSBOT_*` values of `given` (Scrapy's settings, or any mapping), defaults for those missing.

    Raises UsageError that names the setting, its value and what is accepted."""
    if problem := given.get(PROBLEM):
        raise UsageError(problem)
    check_names(name for name in given if name.startswith(PREFIX) and name not in INTERNAL)
    values = {key: given.get(setting.name) for key, setting in SETTINGS.items()}
    return check([Origin(COMMAND_LINE, {key: value for key, value in values.items() if value is not None})])


def scrapy_names() -> dict[str, Any]:
    """Return the names by which Scrapy reads newsbot's settings, with the values of the environment and of the file.

    If they are wrong, only the problem: `read_settings` raises it where it is reported in one line."""
    try:
        origins = find_origins()
        ours = check(origins)
    except UsageError as error:
        return {PROBLEM: str(error)}
    values = merge(origins)
    names = {setting.name: values.get(key, setting.default) for key, setting in SETTINGS.items()}
    return names | {"USER_AGENT": ours.user_agent, "DOWNLOAD_VERIFY_CERTIFICATES": ours.tls_verify}


def product_token(user_agent: str) -> str:
    """Return the name by which robots.txt addresses a crawler: the first word of its user agent, without the version.

    Source: RFC 9309, section 2.2.1."""
    words = user_agent.split("/", maxsplit=1)[0].split(maxsplit=1)
    return words[0] if words else "newsbot"
