"""Read the labelled sentences of many languages as texts with spans."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.sentences import NO_SPACE_AFTER, NO_SPACE_BEFORE, QUOTE

WITHOUT_SPACES = frozenset(("zh", "ja", "th"))
_NAMED = re.compile(r"(?:train|test)-([a-z]{2})-([^.]+)")
_CLOSING = frozenset("…،؛؟۔।»")
_OPENING = frozenset("„¿¡«")

Span = tuple[int, int, str]
"""Start, end and type (PER, ORG, LOC) of a name."""


@dataclass(slots=True)
class Labelled:
    """A sentence as it is written, with its names."""

    text: str
    spans: list[Span]
    language: str
    source: str


def read_labelled(path: Path) -> Iterator[Labelled]:
    """Yield the sentences of a corpus: gzipped JSON lines of `tokens`, `tags` and perhaps `spaces`, or of documents."""
    found = _NAMED.match(path.name)
    language, source = (
        (found[1], f"{found[1]}-{found[2]}") if found else ("en", path.name.split(".")[0].partition("-")[2])
    )
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            for sentence in entry.get("sentences", [entry]):
                if sentence["tokens"]:
                    yield _as_text(sentence, language, source)


def _as_text(sentence: dict[str, Any], language: str, source: str) -> Labelled:
    tokens: list[str] = sentence["tokens"]
    text, places = "", list[tuple[int, int]]()
    for token, space in zip(tokens, spaces_before(tokens, sentence.get("spaces"), language), strict=True):
        text += " " if space else ""
        places.append((len(text), len(text) + len(token)))
        text += token
    return Labelled(text, list(_spans(sentence["tags"], places)), language, source)


def spaces_before(tokens: Sequence[str], spaces: str | Sequence[Any] | None, language: str) -> list[bool]:
    """Return for every token whether a space precedes it."""
    if spaces is not None:
        return [False, *(str(space) == "1" for space in spaces)][: len(tokens)]
    if language in WITHOUT_SPACES:
        return [
            i > 0
            and all(token.isascii() and token.isalnum() for token in tokens[i - 1 : i + 1])
            and max(map(len, tokens[i - 1 : i + 1])) > 1
            for i in range(len(tokens))
        ]
    result: list[bool] = []
    glue, quoted = True, False
    for token in tokens:
        closing = token == QUOTE and quoted
        attached = token in NO_SPACE_BEFORE or token in _CLOSING
        attached |= language == "tr" and re.fullmatch(r"['’]\w+", token) is not None
        result.append(not (glue or closing or attached))
        glue = token in NO_SPACE_AFTER or token in _OPENING or (token == QUOTE and not quoted)
        glue |= language in ("fr", "it") and re.fullmatch(r"\w+['’]", token) is not None
        quoted ^= token == QUOTE
    return result


def _spans(tags: Sequence[str], places: Sequence[tuple[int, int]]) -> Iterator[Span]:
    start, end, kind = -1, 0, ""
    for tag, place in zip([*tags, "O"], [*places, (0, 0)], strict=True):
        if start >= 0 and (tag == "O" or tag[0] == "B" or tag[2:] != kind):
            yield start, end, kind
            start = -1
        if tag != "O" and start < 0:
            start, kind = place[0], tag[2:]
        end = place[1]
