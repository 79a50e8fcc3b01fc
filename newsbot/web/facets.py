"""The links of a search page that add a filter to the search or remove one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from newsbot.store.queries import Facets
from newsbot.web.parameters import SearchParameters

HEADINGS = {
    "source": "Source",
    "section": "Section",
    "entity": "Mentioned",
    "language": "Language",
    "kind": "Kind",
}
"""Field that can be filtered by -> heading."""
_WIDER = {"since": "From", "until": "Until"}


class FacetLink(NamedTuple):
    """A filter value and a link that adds it to the search, or that removes it."""

    label: str
    address: str
    article_count: int = 0


def facet_links(
    asked: SearchParameters, facets: Facets, names: Mapping[str, str]
) -> dict[str, list[FacetLink]]:
    """Return heading -> links that add a filter, for the fields that are not filtered by yet."""
    counted = {
        "source": facets.source,
        "section": facets.section,
        "entity": [(name, count) for _, name, _, count in facets.entity],
        "language": facets.language,
        "kind": facets.kind,
    }
    return {
        HEADINGS[field]: [
            FacetLink(_label(field, value, names), asked.address("/search", **{field: value}), count)
            for value, count in values
        ]
        for field, values in counted.items()
        if not getattr(asked, field) and len(values) > (field in {"language", "kind"})
    }


def active_filters(asked: SearchParameters, names: Mapping[str, str]) -> list[FacetLink]:
    """Return the filters of a search, with links to the search without them."""
    headings = HEADINGS | _WIDER
    return [
        FacetLink(
            f"{heading}: {_label(field, _text(value), names)}", asked.address("/search", **{field: None})
        )
        for field, heading in headings.items()
        if (value := getattr(asked, field)) not in (None, ())
    ]


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _label(field: str, value: str, names: Mapping[str, str]) -> str:
    return names.get(value, value) if field == "source" else value
