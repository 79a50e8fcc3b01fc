"""Quotation marks and brackets of names: «Vesna» of ООО «Vesna» is closed within the name."""

from __future__ import annotations

_PAIRS = {"«": "»", "“": "”", "„": "“”", "‘": "’", "「": "」", "『": "』", "《": "》", "(": ")", "（": "）"}
_CLOSING = frozenset("".join(_PAIRS.values()))
_STRAIGHT = '"'


def closed_name(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range of a name, with the mark that closes one within it, and without one that closes none."""
    name = text[start:end]
    if end < len(text) and _opened(name) and text[end] in _opened(name):
        return start, end + 1
    if end - start > 1 and name[-1] in _CLOSING and not _opened(name[:-1]):
        return start, end - 1
    return start, end


def _opened(name: str) -> str:
    """Return the marks that would close the last mark which is open at the end of a name; "" if none is."""
    opened: list[str] = []
    for character in name:
        if opened and character in opened[-1]:
            opened.pop()
        elif character in _PAIRS:
            opened.append(_PAIRS[character])
        elif character == _STRAIGHT:
            opened.append(_STRAIGHT)
    return opened[-1] if opened else ""
