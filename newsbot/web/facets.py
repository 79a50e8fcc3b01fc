"""The links of a search page that add a value of a filter to the search, or remove one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from newsbot.web.html.display_names import country_name, language_name
from newsbot.web.serving.parameters import SearchParameters

HEADINGS = {
    "source": "Source",
    "tag": "Tag of source",
    "country": "Country of source",
    "language": "Language",
    "section": "Section",
    "entity": "Mentioned",
    "kind": "Kind",
}
"""Filter with counts -> heading."""
SHOWN = 8
"""Number of values of a filter that are shown until more are asked for."""
_OTHERS = {"exclude_source": "Without"}
_BOUNDS = {"since": "From", "until": "Until"}

Counts = Sequence[tuple[str, int]]
"""Values of a filter with their numbers of articles, the most frequent first."""


class FacetValue(NamedTuple):
    """A value of a filter, and a link to the search with it, or without it if it is chosen."""

    label: str
    address: str
    article_count: int
    is_chosen: bool


class Panel(NamedTuple):
    """The values of one filter."""

    heading: str
    entries: list[FacetValue]
    more: str | None
    """Address of the page with more of them, or with the first ones again; None if all are shown."""
    is_whole: bool
    note: str
    """In which articles its values were counted; empty: in all that are found."""


class ActiveFilter(NamedTuple):
    """A condition of a search, and a link to the search without it."""

    label: str
    address: str


def panels(
    asked: SearchParameters,
    counted: Mapping[str, Counts],
    names: Mapping[str, str],
    *,
    more: str = "",
    notes: Mapping[str, str],
) -> list[Panel]:
    """Return the panels of a search: several values of one filter widen it, values of different filters narrow it.

    `names` are those of the sources; `more` is the filter all values of which are shown, `notes` say in which articles the
    values of a filter were counted."""
    return [
        _panel(asked, field, counted[field], names, is_whole=field == more)._replace(
            note=notes.get(field, "")
        )
        for field in HEADINGS
        if len(counted.get(field, ())) > (field in {"language", "kind", "country"}) or getattr(asked, field)
    ]


def _panel(
    asked: SearchParameters, field: str, counts: Counts, names: Mapping[str, str], *, is_whole: bool
) -> Panel:
    chosen: tuple[str, ...] = getattr(asked, field)
    found = dict(counts)
    shown = list(counts) if is_whole else list(counts[:SHOWN])
    shown += [(value, found.get(value, 0)) for value in chosen if value not in dict(shown)]
    entries = [
        FacetValue(
            label_of(field, value, names), _toggled(asked, field, value), count, is_chosen=value in chosen
        )
        for value, count in shown
    ]
    has_more = len(counts) > SHOWN
    more = asked.address("/search", more="" if is_whole else field) if has_more else None
    return Panel(HEADINGS[field], entries, more, is_whole, "")


def _toggled(asked: SearchParameters, field: str, value: str) -> str:
    chosen: tuple[str, ...] = getattr(asked, field)
    rest = tuple(other for other in chosen if other != value)
    return asked.address("/search", **{field: rest if value in chosen else (*chosen, value)})


def active_filters(asked: SearchParameters, names: Mapping[str, str]) -> list[ActiveFilter]:
    """Return the conditions by which a search is narrowed."""
    found = [
        ActiveFilter(f"{heading}: {label_of(field, value, names)}", _toggled(asked, field, value))
        for field, heading in (HEADINGS | _OTHERS).items()
        for value in getattr(asked, field)
    ]
    bounds = [
        ActiveFilter(f"{heading}: {value}", asked.address("/search", **{field: None}))
        for field, heading in _BOUNDS.items()
        if (value := getattr(asked, field))
    ]
    return found + bounds


def label_of(field: str, value: str, names: Mapping[str, str]) -> str:
    """Return a value of a filter as people call it; `names` are those of the sources."""
    labels: dict[str, Callable[[str], str]] = {
        "source": lambda key: names.get(key, key),
        "exclude_source": lambda key: names.get(key, key),
        "language": language_name,
        "country": country_name,
        "kind": lambda kind: kind.replace("_", " "),
    }
    return labels.get(field, str)(value)
