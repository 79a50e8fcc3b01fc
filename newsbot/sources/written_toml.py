"""A source as TOML, as the catalog has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

from newsbot.sources.model import Selectors, Source
from newsbot.sources.toml_edit import toml_value


def source_toml(source: Source) -> str:
    """Return the `[[source]]` table of a source, without the values that are the defaults."""
    table = plain_values(source)
    extract = table.pop("selectors", None)
    return _lines("[[source]]", table) + (_lines("[source.extract]", extract) if extract else "")


def plain_values(owner: Source | Selectors) -> dict[str, Any]:
    """Return name of a field -> its value as TOML knows it, without the values that are the defaults."""
    found = {field.name: (getattr(owner, field.name), field.default) for field in fields(owner)}
    return {name: _plain(value) for name, (value, default) in found.items() if value != default}


def _lines(heading: str, values: Mapping[str, Any]) -> str:
    return f"{heading}\n" + "".join(f"{name} = {toml_value(value)}\n" for name, value in values.items())


def _plain(value: Any) -> Any:
    """Return a value of a source as TOML knows it."""
    match value:
        case tuple():
            return [_plain(part) for part in value]
        case re.Pattern():
            return value.pattern
        case ZoneInfo():
            return value.key
        case Selectors():
            return plain_values(value)
        case _:
            return value
