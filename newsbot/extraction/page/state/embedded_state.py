"""Read the state that a page carries for its scripts: JSON in script elements, in assignments and in attributes.

Pages that are built in the browser keep their article there, as Next.js, Nuxt, SvelteKit, Gatsby, Arc, Apollo and Redux
do. What is read is JSON wherever it is; only how references within it are written is known by framework.
"""

from __future__ import annotations

import base64
import html as entities
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

from newsbot.extraction.page.state.lenient_json import read_lenient

MAX_SCRIPTS: Final = 300
MAX_STATE_CHARS: Final = 8_000_000
MAX_LENIENT_CHARS: Final = 300_000
"""Number of characters of a page that are read as JavaScript literals, which is slower than JSON by a factor of fifty."""
MAX_STARTS: Final = 60
"""Maximum number of places in a script at which a value may begin."""
MIN_STATE_CHARS: Final = 300
MAX_ATTRIBUTES: Final = 20
MAX_NODES: Final = 200_000
_SCRIPT = re.compile(r"<script\b([^>]{0,2000}+)>((?:[^<]++|<(?!/script))*+)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""=(?:"(\{&quot;[^"]{400,}+)"|'(\{"[^']{400,}+)')""")
_OTHER_TYPES = re.compile(
    r"type\s{0,5}=\s{0,5}[\"']?(?!module|text/javascript|application/javascript|application/json|text/json|application/\w+\+json)[\w/+-]",
    re.IGNORECASE,
)
_SPACED_PROSE = r"(?<![^\s\"'>])(?:[^\s\"'\\<>{};=]{1,30}+ ){9}"
_PROSE = re.compile(
    rf"{_SPACED_PROSE}|[\u2018-\u201f\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef\u0e00-\u0e7f]{{24}}|(?:\\u[0-9a-fA-F]{{4}}[^\\\"']{{0,2}}){{24}}"
)
"""Nine words in a row, or as much of another script: what code does not have."""
_PLAIN_PROSE = re.compile(_SPACED_PROSE)
"""The same in ASCII without escapes, found in a third of the time."""
_ENCODED = re.compile(r"__next_f|JSON\.parse\(\s*(?:decodeURIComponent|unescape|atob)\(\s*[\"'`]")
"""What is in scripts whose prose is encoded, or cut into several scripts."""
_START = re.compile(
    r"""
    [_J=(,dr] (?:
        (?<=_) _next_f \s* \. \s* push\( \s* (?=\[)
        | (?<=J) SON\.parse\( \s* (?:(decodeURIComponent|unescape|atob)\(\s*)? (?=["'`])
        | (?<=(=)) \s* (?=["'`]\s*[{\[])
        | (?: (?<=[=(,]) | (?<=\bd)ata\s*: | (?<=\br)eturn ) \s* (?=[{\[])
    )
    """,
    re.VERBOSE,
)
"""Where a value may begin. The first character comes first and is looked back at: so it takes a quarter of the time."""
_FUNCTION = re.compile(r"function\s*\(([\w$,\s]{0,20000})\)\s*\{\s*return\s*$")
_DECODER = json.JSONDecoder(strict=False)
HOLDERS: Final = (dict, list)
"""What holds other values. `dict | list` would be made anew at each of many thousand tests."""
_FLIGHT_ROW = re.compile(rb"([0-9a-f]{0,8}):(?:T([0-9a-f]{1,8}),)?")
_REFERENCE = re.compile(r"\$L?([0-9a-f]{1,8})")


def has_prose(text: str) -> bool:
    """Return whether there is prose in a script, not only code and names."""
    return _first_prose(text) is not None


def _first_prose(text: str, start: int = 0) -> re.Match[str] | None:
    is_plain = text.isascii() and "\\u" not in text
    return (_PLAIN_PROSE if is_plain else _PROSE).search(text, start)


def state_scripts(html: str) -> list[tuple[bool, str]]:
    """Return the texts of the scripts that contain prose, each with whether it is JSON; JSON-LD is left out."""
    found: list[tuple[bool, str]] = []
    for script in islice(_SCRIPT.finditer(html[:MAX_STATE_CHARS]), MAX_SCRIPTS):
        attributes, text = script[1], script[2]
        is_state = "ld+json" not in attributes and not _OTHER_TYPES.search(attributes)
        if is_state and (_is_encoded(text) or (len(text) >= MIN_STATE_CHARS and has_prose(text))):
            found.append(("json" in attributes, text))
    return found


def _is_encoded(text: str) -> bool:
    return ("__next_f" in text or "JSON.parse(" in text) and _ENCODED.search(text) is not None


def read_state(scripts: Iterable[tuple[bool, str]], html: str) -> list[Any]:
    """Return the JSON values in the scripts of a page and in its attributes, with the references in them resolved."""
    values: list[Any] = []
    flight: list[str] = []
    lenient_chars = MAX_LENIENT_CHARS
    for is_json, text in scripts:
        if is_json:
            values.append(_loaded(text.strip().removeprefix("<!--").removesuffix("-->")))
        else:
            found, lenient_chars = _assigned(text, flight, lenient_chars)
            values += found
    if "{&quot;" in html or "='{\"" in html:
        attributes = islice(_ATTRIBUTE.finditer(html), MAX_ATTRIBUTES)
        values += [_loaded(_unescaped(match[1] or match[2])) for match in attributes]
    if flight:
        values.append(_flight_rows("".join(flight)))
    trees = [unfolded(value) for value in values if isinstance(value, HOLDERS)]
    has_references = bool(trees) and (bool(flight) or "__ref" in html or '"generated"' in html)
    return [_linked(tree) for tree in trees] if has_references else trees


def _unescaped(attribute: str) -> str:
    """Return the value of an attribute; most entities of JSON there are quotation marks, which are found faster alone."""
    return entities.unescape(attribute.replace("&quot;", '"'))


def _loaded(text: str) -> Any:
    """Return the value of a JSON text; None if it is not valid."""
    try:
        return _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        return _DECODER.decode(entities.unescape(text)) if _is_escaped(text) else None


def _is_escaped(text: str) -> bool:
    """Return whether a text is JSON with its quotation marks written as entities."""
    if not text.lstrip()[:20].startswith(("{&quot;", "[&quot;", "[{&quot;")):
        return False
    try:
        _DECODER.decode(entities.unescape(text))
    except (ValueError, RecursionError):
        return False
    return True


def _assigned(text: str, flight: list[str], lenient_chars: int) -> tuple[list[Any], int]:
    """Return the values in a script, and how many characters may still be read leniently. Appends chunks to `flight`."""
    found: list[Any] = []
    end = 0
    prose: re.Match[str] | None = None
    has_prose_left = True
    for start in islice(_START.finditer(text), MAX_STARTS):
        if start.end() < end:
            continue
        if "parse" in start[0] or start[2]:
            literal, end = read_lenient(text, start.end(), {})
            found.append(_loaded(_decoded(str(literal or ""), start[1])))
            continue
        try:
            value, end = _DECODER.raw_decode(text, start.end())
        except (ValueError, RecursionError):
            if lenient_chars <= 0 or not has_prose_left:
                continue
            if prose is None or prose.start() < start.end():
                prose = _first_prose(text, start.end())
            if prose is None:
                has_prose_left = False
                continue
            value, end = _literal(text, start, lenient_chars)
            lenient_chars -= end - start.end()
        if "push" in start[0] and isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
            flight.append(value[1])
        else:
            found.append(value)
    return found, lenient_chars


def _decoded(text: str, function: str | None) -> str:
    if function == "atob":
        try:
            return base64.b64decode(text).decode("utf-8", "replace")
        except ValueError:
            return ""
    return unquote(text) if function else text


def _literal(text: str, start: re.Match[str], max_chars: int) -> tuple[Any, int]:
    """Return a JavaScript literal and the position after it; that of a function whose arguments are known is filled in."""
    text = text[: start.end() + max_chars]
    value, end = read_lenient(text, start.end(), {})
    function = _FUNCTION.search(text, max(0, start.start() - 20_000), start.end())
    if function is None:
        return value, end
    called = text.find("(", end)
    arguments, last = read_lenient(f"[{text[called + 1 :]}", 0, {}) if called >= 0 else ([], 0)
    if not isinstance(arguments, list):
        return value, end
    names = (name.strip() for name in function[1].split(","))
    value, _ = read_lenient(text, start.end(), dict(zip(names, arguments, strict=False)))
    return value, max(end, called + last)


def _flight_rows(stream: str) -> dict[str, Any]:
    """Return the rows of React's stream of server components: id -> value."""
    data = stream.encode("utf-8", "replace")
    rows: dict[str, Any] = {}
    position = 0
    while (row := _FLIGHT_ROW.match(data, position)) and len(rows) < 20_000:
        if row[2]:
            position = row.end() + int(row[2], 16)
            rows[row[1].decode()] = data[row.end() : position].decode("utf-8", "replace")
            continue
        end = data.find(b"\n", row.end())
        end = len(data) if end < 0 else end
        if data[row.end() : row.end() + 1] in (b"{", b"[", b'"'):
            rows[row[1].decode()] = _loaded(data[row.end() : end].decode("utf-8", "replace"))
        position = end + 1
    return rows


def _linked(root: Any) -> Any:
    """Return a state with the references in it replaced by what they refer to."""
    waiting, count = [root], 0
    named: dict[str, Any] = root if isinstance(root, dict) else {}
    while waiting and count < MAX_NODES:
        node = waiting.pop()
        count += 1
        pairs: Iterator[tuple[Any, Any]] = iter(node.items() if isinstance(node, dict) else enumerate(node))
        for key, value in list(pairs):
            if isinstance(value, str):
                reference = _REFERENCE.fullmatch(value) if value[:1] == "$" else None
                if reference and reference[1] in named:
                    node[key] = named[reference[1]]
            elif isinstance(value, HOLDERS):
                target = _named_by(value, named)
                if target is not None:
                    node[key] = target
                else:
                    waiting.append(value)
    return root


def _named_by(value: dict[str, Any] | list[Any], named: dict[str, Any]) -> dict[str, Any] | None:
    """Return the object to which a small one refers by its name; None if it refers to none."""
    if not isinstance(value, dict) or len(value) > 4:
        return None
    name = value.get("__ref") or value.get("id")
    target = named.get(name) if isinstance(name, str) else None
    return target if isinstance(target, dict) and target is not value else None


def unfolded(value: Any) -> Any:
    """Return a value, or what it means if it is a flat list whose members refer to each other by their places."""
    return _from_indexes(value) if _is_indexed(value) else value


def _is_indexed(value: Any) -> bool:
    """Return whether a list is a flat one whose members refer to each other by their places, as Nuxt and SvelteKit write."""
    if not isinstance(value, list) or len(value) < 4 or not isinstance(value[0], dict | list) or not value[0]:
        return False
    members = list(value[0].values() if isinstance(value[0], dict) else value[0][-1:])
    return all(
        isinstance(member, int) and not isinstance(member, bool) and -8 < member < len(value)
        for member in members
    )


def _from_indexes(values: list[Any]) -> Any:
    """Return the value that a flat list represents. Members are shared; those that contain themselves stay so."""
    made: dict[int, Any] = {}
    waiting = [0]
    while waiting and len(made) < MAX_NODES:
        place = waiting.pop()
        if place in made:
            continue
        value = values[place]
        if (
            isinstance(value, list) and value and isinstance(value[0], str)
        ):  # ["Date", "2026-05-03"], ["Ref", 7]
            value = value[1:2]
            made[place] = [] if value and isinstance(value[0], int) else (value or [None])[0]
        else:
            made[place] = {} if isinstance(value, dict) else [] if isinstance(value, list) else value
        if isinstance(value, dict | list) and isinstance(made[place], dict | list):
            members = value.values() if isinstance(value, dict) else value
            waiting += [member for member in members if _is_place(member, values)]
    for place, made_value in made.items():
        value = values[place]
        if isinstance(made_value, dict):
            made_value.update(
                {key: made.get(member) for key, member in value.items() if _is_place(member, values)}
            )
        elif isinstance(made_value, list):
            made_value += [made.get(member) for member in value if _is_place(member, values)]
    return made.get(0)


def _is_place(member: Any, values: list[Any]) -> bool:
    return isinstance(member, int) and not isinstance(member, bool) and 0 <= member < len(values)
