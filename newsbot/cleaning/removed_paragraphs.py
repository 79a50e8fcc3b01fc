"""Paragraphs that were removed from a text: where they were, and the text with them.

Places are counted in the text with all that was removed, so that a later removal does not move them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from newsbot.items import Removed


def take_out(
    removed: Sequence[Removed], texts: Sequence[str], keys: Mapping[int, bytes], *, is_learnt: bool
) -> list[Removed]:
    """Return what is removed from a text after the paragraphs at the indexes `keys` are removed too.

    `texts` are the paragraphs that are there now, `keys` the keys of those that are removed."""
    places = _places(texts, removed)
    new = (
        Removed(place=places[index], text=texts[index], key=key, is_learnt=is_learnt)
        for index, key in keys.items()
    )
    return sorted([*removed, *new], key=lambda paragraph: paragraph.place)


def put_back(
    removed: Sequence[Removed], texts: Sequence[str], keys: Collection[bytes] | None = None
) -> list[tuple[int | None, str]]:
    """Return the paragraphs of a text with the removed ones that have these keys, with all by default.

    Each paragraph that is there now comes with its index in `texts`, one that is put back with None."""
    there = [(place, index, texts[index]) for index, place in enumerate(_places(texts, removed))]
    back = [(gone.place, None, gone.text) for gone in removed if keys is None or gone.key in keys]
    return [(index, text) for _, index, text in sorted([*there, *back], key=lambda found: found[0])]


def _places(texts: Sequence[str], removed: Sequence[Removed]) -> list[int]:
    taken = {paragraph.place for paragraph in removed}
    return [place for place in range(len(texts) + len(taken)) if place not in taken]
