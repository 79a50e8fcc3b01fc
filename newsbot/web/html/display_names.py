"""Names of languages and countries in English, for people who do not know their codes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def language_name(code: str) -> str:
    """Return the name of a language ("German"); the code if it has none here."""
    return _names()["language"].get(code, code)


def country_name(code: str) -> str:
    """Return the name of a country ("Germany") from its ISO 3166-1 code in any case; the code if it has none here."""
    return _names()["country"].get(code.upper(), code)


@cache
def _names() -> dict[str, dict[str, str]]:
    """Return kind -> code -> name."""
    found: dict[str, dict[str, str]] = {"language": {}, "country": {}}
    for line in files("newsbot.web.html").joinpath("display_names.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            kind, code, name = line.split("\t")
            found[kind][code] = name
    return found
