"""Read labelled texts: JSON lines with a text and its mentions, or with tokens and their BIO tags.

    {"language": "de", "text": "Karla Wiesner kam.", "mentions": [{"start": 0, "end": 13, "type": "PER"}]}
    {"language": "de", "tokens": ["Karla", "Wiesner", "kam", "."], "tags": ["B-PER", "I-PER", "O", "O"], "spaces": "1100"}

`start` and `end` count characters. A mention may have its `text` in place of them: it is then the next occurrence of this
text behind the mention before. `spaces` has a 1, or true, for each token that a space follows; without it, every token but the
last has one, and none in languages without spaces. `language` is ISO 639-1.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from newsbot.errors import UsageError
from newsbot.items import ENTITY_TYPES, EntityType

Span = tuple[int, int, EntityType]
"""Start, end and type of a name."""
_TYPES: dict[str, EntityType] = {
    **{kind: kind for kind in ENTITY_TYPES},
    **dict.fromkeys(("PERSON",), "PER"),
    **dict.fromkeys(("ORGANIZATION", "ORGANISATION"), "ORG"),
    **dict.fromkeys(("GPE", "FAC", "LOCATION", "PLACE"), "LOC"),
}
_SPACELESS = frozenset(("zh", "ja", "th", "lo", "km", "my"))
_ACCEPTED = "accepted: an object a line, with text and mentions or with tokens and tags"


@dataclass(slots=True)
class LabelledText:
    """A text with the names that people have labelled in it."""

    text: str
    language: str | None
    names: set[Span] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    """Number of names of other types than newsbot's."""


def read_labelled(lines: Iterable[str], path: str) -> Iterator[LabelledText]:
    """Yield the labelled texts of a file; raises UsageError, which names file and line, for invalid contents."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _labelled(json.loads(line))
        except json.JSONDecodeError as error:
            raise UsageError(f"{path}:{number}: not JSON ({error.msg}); {_ACCEPTED}", path=path) from error
        except _InvalidError as error:
            raise UsageError(f"{path}:{number}: {error}; {_ACCEPTED}", path=path) from error


class _InvalidError(ValueError):
    """A record that is no labelled text."""


def _labelled(record: Any) -> LabelledText:
    if not isinstance(record, dict):
        raise _InvalidError("not an object")
    language = record.get("language")
    if not (language is None or isinstance(language, str)):
        raise _InvalidError("language is no text")
    if "tokens" in record:
        return _from_tokens(record, language)
    text, mentions = record.get("text"), record.get("mentions")
    if not isinstance(text, str) or not isinstance(mentions, list):
        raise _InvalidError("text or mentions are missing")
    labelled = LabelledText(text, language)
    end = 0
    for mention in mentions:
        start, end, kind = _span(mention, text, end)
        _add(labelled, start, end, kind)
    return labelled


def _span(mention: Any, text: str, from_here: int) -> tuple[int, int, str]:
    kind = mention.get("type") if isinstance(mention, Mapping) else None
    if not isinstance(kind, str):
        raise _InvalidError("a mention has no type")
    start, end, name = (mention.get(key) for key in ("start", "end", "text"))
    if start is None and isinstance(name, str) and name:
        start = text.find(name, from_here)
        if start < 0:
            raise _InvalidError(f"the mention {name!r} is not in the text behind the one before")
        end = start + len(name)
    if not (_is_number(start) and _is_number(end) and 0 <= start < end <= len(text)):
        raise _InvalidError(
            f"a mention has the offsets {start!r} and {end!r}, in a text of {len(text)} characters"
        )
    if isinstance(name, str) and text[start:end] != name:
        raise _InvalidError(f"the mention {name!r} is {text[start:end]!r} in the text")
    return start, end, kind


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _from_tokens(record: Mapping[str, Any], language: str | None) -> LabelledText:
    tokens, tags = _texts(record["tokens"]), _texts(record.get("tags"))
    if tokens is None or tags is None or len(tokens) != len(tags):
        raise _InvalidError("tokens and tags are not two lists of texts of the same length")
    text, places = _joined(tokens, record.get("spaces"), language)
    labelled = LabelledText(text, language)
    for first, last, kind in _tagged(tags):
        _add(labelled, places[first][0], places[last][1], kind)
    return labelled


def _texts(values: Any) -> list[str] | None:
    are_texts = isinstance(values, list) and all(isinstance(value, str) for value in values)
    return values if are_texts else None


def _joined(tokens: Sequence[str], spaces: Any, language: str | None) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of tokens, and the start and end of each."""
    if spaces is None:
        spaces = [language not in _SPACELESS] * len(tokens)
    if not isinstance(spaces, str | list) or len(spaces) != len(tokens):
        raise _InvalidError("spaces has not one mark for each token")
    text, places = "", []
    for token, space in zip(tokens, spaces, strict=True):
        places.append((len(text), len(text) + len(token)))
        text += token + (" " if space in (True, 1, "1") else "")
    return text.rstrip(), places


def _tagged(tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield first token, last token and type of the names in BIO tags; an I- without its B- begins a name, too."""
    first, kind = 0, ""
    for place, tag in enumerate([*tags, "O"]):
        mark, _, label = tag.partition("-")
        if mark not in {"B", "I", "O"} or (mark == "O") == bool(label):
            raise _InvalidError(f"the tag {tag!r} is none of B-..., I-... and O")
        if kind and (mark != "I" or label != kind):
            yield first, place - 1, kind
            kind = ""
        if label and not kind:
            first, kind = place, label


def _add(labelled: LabelledText, start: int, end: int, kind: str) -> None:
    known = _TYPES.get(kind.upper())
    if known:
        labelled.names.add((start, end, known))
    else:
        labelled.left_out[kind] += 1
