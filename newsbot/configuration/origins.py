"""Where the values of settings come from: the command line, the environment, a file `newsbot.toml`; else the defaults.

The first of these that has a setting wins. Every name is checked, so that a mistyped one is an error and not ignored.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_config_path
from pydantic import ValidationError

from newsbot.configuration.table import PREFIX, SETTINGS, Configuration, Setting, as_text
from newsbot.errors import UsageError, did_you_mean
from newsbot.masking import masked_setting

FILE_NAME = "newsbot.toml"
FILE_VARIABLE = "NEWSBOT_CONFIG"
"""Environment variable with the path of the file of settings, as `--config` has it; empty: none is read."""
COMMAND_LINE = "command line"
ENVIRONMENT = "environment"
OF_TESTS = (
    "NEWSBOT_TEST_",
    "NEWSBOT_REQUIRE_SERVICES",
    "NEWSBOT_SLOW_TESTS",
    "NEWSBOT_SCREENSHOTS",
    "NEWSBOT_CORPORA",
)
"""What the variables of newsbot's tests and benchmarks begin with. They are no settings."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A place that has values of settings."""

    name: str
    """The path of a file, or one of the constants above."""
    values: Mapping[str, Any]
    """Key -> value as it is written there."""

    def name_of(self, key: str) -> str:
        """Return a setting as a message names it, so that it is found there."""
        return SETTINGS[key].name if self.name in {COMMAND_LINE, ENVIRONMENT} else f"{self.name}: {key}"


def find_file() -> Path | None:
    """Return the file of settings: the one that is named, else that of the current folder, else the user's own.

    None if there is none. Raises UsageError if the named file is missing."""
    named = os.environ.get(FILE_VARIABLE)
    if named is not None:
        if named and not Path(named).is_file():
            raise UsageError(f"{FILE_VARIABLE} (--config) is {named!r}: no such file", path=named)
        return Path(named) if named else None
    return next((path for path in usual_files() if path.is_file()), None)


def usual_files() -> tuple[Path, ...]:
    """Return the paths where a file of settings is looked for."""
    return Path(FILE_NAME), user_config_path("newsbot") / FILE_NAME


def find_origins(given: Mapping[str, Any] | None = None) -> list[Origin]:
    """Return all places that have values, those that win first. `given` are the values of the command line, by key.

    Raises UsageError for a file that cannot be read, and for an unknown name."""
    check_names(name for name in os.environ if name.startswith(PREFIX))
    origins = [
        Origin(COMMAND_LINE, {key: value for key, value in (given or {}).items() if value is not None}),
        Origin(ENVIRONMENT, _variables()),
    ]
    file = find_file()
    return [*origins, read_file(file)] if file else origins


def _variables() -> dict[str, str]:
    """Return key -> value of the environment variables that have settings."""
    return {key: os.environ[setting.name] for key, setting in SETTINGS.items() if setting.name in os.environ}


def read_file(path: Path) -> Origin:
    """Return what a file has, paths as they are seen from the current folder. Raises UsageError."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # ValueError: of TOML, or of UTF-8
        raise UsageError(f"{path}: not readable as TOML: {error}", path=str(path)) from error
    for key in values:
        if key not in SETTINGS:
            raise UsageError(
                f"{path}: {_unknown(key, key.lower().removeprefix(PREFIX.lower()))}", path=str(path)
            )
    folder = path.absolute().parent
    return Origin(str(path), {key: located(SETTINGS[key], value, folder) for key, value in values.items()})


def check_names(names: Iterable[str]) -> None:
    """Raise UsageError for a name of a variable, or of a setting of Scrapy, that newsbot does not know."""
    for name in names:
        key = name.removeprefix(PREFIX).lower()
        if key not in SETTINGS and name != FILE_VARIABLE and not name.startswith(OF_TESTS):
            raise UsageError(_unknown(name, key, lambda key: SETTINGS[key].name))


def _unknown(name: str, key: str, shown: Callable[[str], str] = str) -> str:
    """Return the message about a name that is no setting. `shown` gives the name of a setting in that place."""
    known = [key for key, setting in SETTINGS.items() if shown is str or not setting.is_table]
    hint = did_you_mean(key, known, shown) or f"; accepted: {', '.join(map(shown, sorted(known)))}"
    return f"{masked_setting(name, name)!r} is no setting{hint}"


def located(setting: Setting, value: Any, folder: Path) -> Any:
    """Return the value of a setting with its path below a folder, if it is a relative path."""
    if not setting.is_path or not isinstance(value, str) or not value:
        return value
    scheme, colon, path = value.partition(":///")
    if not colon and "://" not in value:
        return str(folder / value)
    is_file = scheme.startswith("sqlite") and not path.startswith(("/", ":memory:", "file:")) and path
    return f"{scheme}:///{folder / path}" if is_file else value


def merge(origins: Sequence[Origin]) -> dict[str, Any]:
    """Return the values of all places by key; the first place that has a key wins."""
    return {key: value for origin in reversed(origins) for key, value in origin.values.items()}


def check(origins: Sequence[Origin]) -> Configuration:
    """Return the settings with these values. Raises UsageError that names the place, the value and what is accepted."""
    values = merge(origins)
    try:
        return Configuration(**values)
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0])
    origin = next(origin for origin in origins if key in origin.values)
    shown = masked_setting(SETTINGS[key].name, as_text(values[key]))
    raise UsageError(f"{origin.name_of(key)} is {shown!r}; accepted: {SETTINGS[key].accepted}")


def origin_of(key: str, origins: Sequence[Origin]) -> str:
    """Return where the value of a setting comes from: `default`, or the name of a place."""
    return next((origin.name for origin in origins if key in origin.values), "default")
