"""The links of a search page that narrow the search or widen it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from newsbot.store.queries import Facets
from newsbot.web.parameters import SearchParameters

HEADINGS = {"source": "Source", "section": "Section", "entity": "Mentioned", "language": "Language"}
_WIDER = {"since": "From", "until": "Until"}


class FacetLink(NamedTuple):
    """A value to narrow a search by, or one by which it is narrowed; `address`: of the search without or with it."""

    label: str
    address: str
    article_count: int = 0


def facet_links(
    asked: SearchParameters, facets: Facets, names: Mapping[str, str]
) -> dict[str, list[FacetLink]]:
    """Return heading -> values to narrow by, of the fields by which the search is not narrowed yet."""
    counted = {
        "source": facets.source,
        "section": facets.section,
        "entity": [(name, count) for _, name, _, count in facets.entity],
        "language": facets.language,
    }
    return {
        HEADINGS[field]: [
            FacetLink(_label(field, value, names), asked.address("/search", **{field: value}), count)
            for value, count in values
        ]
        for field, values in counted.items()
        if getattr(asked, field) is None and len(values) > (field == "language")
    }


def active_filters(asked: SearchParameters, names: Mapping[str, str]) -> list[FacetLink]:
    """Return by what the search is narrowed; the addresses are those without."""
    headings = HEADINGS | _WIDER
    return [
        FacetLink(f"{heading}: {_label(field, str(value), names)}", asked.address("/search", **{field: None}))
        for field, heading in headings.items()
        if (value := getattr(asked, field)) is not None
    ]


def _label(field: str, value: str, names: Mapping[str, str]) -> str:
    return names.get(value, value) if field == "source" else value
