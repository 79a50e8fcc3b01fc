"""The stems of a mark find what its pattern finds."""

from __future__ import annotations

import pytest

from newsbot.extraction.fields.layout_hints import OTHER_PARTS
from newsbot.extraction.fields.shown import element_marks

_NAMES = {
    "parts": (
        OTHER_PARTS,
        "comments related-posts teaser sidebar widget recommended popular trending most-read mostread site-footer "
        "page_footer globalfooter menu newsletter promo breadcrumbs",
    ),
    "dates of other things": (
        element_marks._OTHER_MARK,
        "event valid-until today birthday death expires deadline countdown copyright current-date currenttime "
        "start-date end_time doortime",
    ),
    "posts": (
        element_marks._OTHER_POST,
        "comment reply replies discussion respond tweet twitter instagram facebook tiktok fb-post oembed "
        "block-embed social-embed media-embed",
    ),
    "publication": (
        element_marks._PUBLISHED_MARK,
        "published pubdate posted entry-date post-date postdate datePublished dateCreated date-line dateline",
    ),
    "change": (element_marks._UPDATED_MARK, "updated modified last-mod lastmod revised dateModified"),
}


@pytest.mark.parametrize("kind", _NAMES)
@pytest.mark.parametrize("change", [str, str.upper, str.title], ids=["as is", "upper", "title"])
def test_every_name_of_a_pattern_has_a_stem(kind: str, change: type[str]) -> None:
    mark, names = _NAMES[kind]

    assert [name for name in names.split() if not mark.is_in(change(name))] == []


@pytest.mark.parametrize("names", ["article-body", "td-post-content", "", "größe", "time date-time"])
def test_other_names_are_no_other_part(names: str) -> None:
    assert not OTHER_PARTS.is_in(names)


def test_a_name_that_is_not_ascii_is_searched_by_the_pattern() -> None:
    assert OTHER_PARTS.is_in("größe \u017fidebar")  # a long s is an s without regard to case
