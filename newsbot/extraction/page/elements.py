"""What is done at each element when the text of a page is read."""

from __future__ import annotations

from typing import Final


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SKIPPED: Final = _names(
    """
    script style noscript template svg math iframe object embed video audio canvas map select option
    datalist button input textarea head link meta title base param source track img picture area progress
    meter
    """
)
"""Elements whose content is not read."""
INLINE: Final = _names(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp rt rtc ruby
    s samp small span strike strong sub sup time tt u var wbr output
    """
)
"""Elements that do not end a block."""
MEDIA: Final = frozenset(("img", "picture", "video", "iframe"))
"""Skipped elements that may have a caption."""

# Plain numbers, because enumerations cost a fifth of the time of the walk.
OPEN_BLOCK, TABLE, READ_ON, LINK, BOLD, ITALIC, BREAK, SKIP, SKIP_MEDIA, SKIP_MENU = range(10)
ACTIONS: Final = (
    dict.fromkeys(INLINE, READ_ON)
    | dict.fromkeys(SKIPPED, SKIP)
    | dict.fromkeys(MEDIA, SKIP_MEDIA)
    | dict.fromkeys(("b", "strong"), BOLD)
    | dict.fromkeys(("i", "em", "cite"), ITALIC)
    | {"a": LINK, "br": BREAK, "nav": SKIP_MENU, "table": TABLE}
)
"""Element name -> action. Elements of any other name are block-level."""
