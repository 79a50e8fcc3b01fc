"""Read JSON that no strict parser accepts: broken JSON-LD, and the JavaScript literals in which pages keep their state."""

from __future__ import annotations

import re
from typing import Any, Final

MAX_CHARS: Final = 300_000
"""Number of characters that are read; the rest is cut off."""
MAX_DEPTH: Final = 100
_SPACE = re.compile(r"(?:[\s\ufeff]++|/\*.*?(?:\*/|\Z)|//[^\n]*+)*+", re.DOTALL)
_WORD = re.compile(r"[^\s,:;{}\[\]()\"'`]++")
_KEY = r"""(?:"[^"\n]{0,100}"|'[^'\n]{0,100}'|[\w$]{1,60})\s{0,50}:"""
_CLOSING: Final = {
    "{": re.compile(
        rf"\s{{0,200}}(?:[}}:]|//|/\*|,\s{{0,200}}(?:{_KEY}|[}}/])|\Z|\]\s{{0,50}}[,}}\]]|[\"']\w{{1,40}}[\"']\s{{0,50}}:)"
    ),
    "[": re.compile(r"\s{0,200}(?:[\]}{]|//|/\*|,\s{0,200}(?:[\"'{\[\]]|[\d-]|null|true|false)|\Z)"),
}
"""Kind of the open brackets -> what follows the quotation mark that ends a string in them. A mark that something else
follows is part of the text."""
_RAW = {mark: re.compile(rf"[^{mark}\\]*+(?:\\.[^{mark}\\]*+)*+", re.DOTALL) for mark in "\"'`"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]{1,6}\}|.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""}
_CONSTANTS: Final = {"true": True, "false": False, "null": None, "undefined": None, "!0": True, "!1": False}
_CALL = re.compile(r"(?:new\s{1,9})?[\w$.]{0,60}\(|void\s{1,9}0|[()]")
"""What is passed over: calls, so that the first argument is the value of `new Date("2026-05-03")`."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def read_lenient(text: str, position: int = 0, variables: dict[str, Any] | None = None) -> tuple[Any, int]:
    """Return the value at a position of a text, and the position after it. Never raises.

    Accepts raw line breaks, comments, missing and additional commas, keys without quotation marks, single ones,
    JavaScript constants and a missing end. With `variables` (name -> value), the text is a JavaScript literal, in which
    quotation marks within strings are escaped; without, it is JSON in which they may not be.
    """
    return _Reader(text[: position + MAX_CHARS], position, variables).value()


class _Reader:
    """One reading of a text. Values are built on a stack of open lists and objects, so that no depth is too much."""

    def __init__(self, text: str, position: int, variables: dict[str, Any] | None) -> None:
        self.text = text
        self.position = position
        self.variables = variables or {}
        self.is_script = variables is not None

    def value(self) -> tuple[Any, int]:
        """Return the value that begins here, and the position after it."""
        opened: list[tuple[Any, str]] = []
        key: str | None = None
        keys: list[str | None] = []
        while True:
            self._skip_space()
            mark = self.text[self.position : self.position + 1]
            if mark in ("{", "[") and len(opened) < MAX_DEPTH:
                self.position += 1
                opened.append(({} if mark == "{" else [], mark))
                keys.append(key)
                key = None
                continue
            if mark in ("}", "]", ""):
                self.position += 1
                if not opened:
                    return None, self.position
                value, key = opened.pop()[0], keys.pop()
            elif opened and mark in (",", ";", ":"):
                self.position += 1
                if mark == "," and opened[-1][1] == "{":
                    key = None
                continue
            elif call := _CALL.match(self.text, self.position):
                self.position = call.end()
                continue
            else:
                kind = opened[-1][1] if opened else "["
                is_key = bool(opened) and kind == "{" and key is None
                value, is_string = self._scalar(mark, kind, is_key)
                if is_key:
                    self._skip_space()
                    if is_string or self.text[self.position : self.position + 1] == ":":
                        key = str(value)[:200]
                    continue
            if not opened:
                return value, self.position
            container = opened[-1][0]
            if isinstance(container, list):
                container.append(value)
            elif key is not None:
                container.setdefault(key, value)
                key = None

    def _skip_space(self) -> None:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def _scalar(self, mark: str, kind: str, is_key: bool) -> tuple[Any, bool]:
        """Return the string, number, constant or variable that begins here, and whether it can be a key."""
        if mark in _RAW:
            return self._string(mark, kind), True
        word = _WORD.match(self.text, self.position)
        if word is None:
            self.position += 1
            return None, False
        self.position = word.end()
        name = word[0]
        if is_key:
            return name, True
        if _NUMBER.fullmatch(name):
            return (float(name) if not name.lstrip("-").isdigit() else int(name[:300])), True
        if name in self.variables:
            return self.variables[name], True
        return (_CONSTANTS[name], True) if name in _CONSTANTS else (name, True)

    def _string(self, mark: str, kind: str) -> str:
        """Return the string that begins here; it ends at the first quotation mark that something fitting follows."""
        start = end = self.position + 1
        pattern, closing = _RAW[mark], _CLOSING[kind]
        while True:
            match = pattern.match(self.text, end)
            end = match.end() if match else len(self.text)
            if end >= len(self.text) or self.is_script or closing.match(self.text, end + 1):
                break
            end += 1
        self.position = min(end + 1, len(self.text))
        return unescaped(self.text[start:end])


def unescaped(text: str) -> str:
    """Return the content of a string literal of JSON or JavaScript without its escapes."""
    if "\\" not in text:
        return text
    found = _ESCAPE.sub(_character, text)
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(escape: re.Match[str]) -> str:
    code = escape[1]
    if len(code) == 1:
        return _ESCAPED.get(code, code)
    number = int(code[1:].strip("{}"), 16)
    return chr(number) if number < 0x110000 else "\ufffd"
