"""Read JSON that no strict parser accepts: broken JSON-LD, and the JavaScript literals in which pages keep their state."""

from __future__ import annotations

import re
from typing import Any, Final

MAX_CHARS: Final = 300_000
"""Number of characters that are read; the rest is cut off."""
MAX_DEPTH: Final = 100
MAX_KEY_CHARS: Final = 200
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
_PLAIN_PAIR = re.compile(r'\s*+"([^"\\]*+)"\s*+:\s*+"([^"\\]*+)"(?:\s*+,)?')
"""A key and its text, both without escapes, and a comma."""
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]{1,6}\}|.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""}
_CONSTANTS: Final = {"true": True, "false": False, "null": None, "undefined": None, "!0": True, "!1": False}
_SEPARATORS: Final = frozenset(",;:")
_BEFORE_SPACE: Final = frozenset("/\ufeff")
"""Characters besides white space with which something begins that is passed over."""
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
        self.opened: list[tuple[dict[str, Any] | list[Any], str | None]] = []
        """The open objects and lists, and the key that each has in the one around it."""
        self.key: str | None = None
        """The key whose value is read."""

    def value(self) -> tuple[Any, int]:
        """Return the value that begins here, and the position after it."""
        while True:
            mark = self._mark_after_space()
            if mark in ("{", "["):
                self._open(mark)
            elif mark in ("}", "]", ""):
                self.position += 1
                if not self.opened:
                    return None, self.position
                value, self.key = self.opened.pop()
                if self._is_whole(value):
                    return value, self.position
            elif mark in _RAW or not self._pass_over(mark):
                is_key = self._needs_key()
                value, may_be_key = self._scalar(mark, is_key)
                if is_key:
                    self._read_key(value, may_be_key)
                elif self._is_whole(value):
                    return value, self.position

    def _open(self, mark: str) -> None:
        """Open an object or list; one that is too deep ends the text."""
        if len(self.opened) >= MAX_DEPTH:
            self.position = len(self.text)
            return
        self.position += 1
        self.opened.append(({} if mark == "{" else [], self.key))
        self.key = None
        self._read_plain_pairs()

    def _read_plain_pairs(self) -> None:
        """Read the pairs of plain strings in an object of a script that begin here, each in one step: most are such."""
        container = self.opened[-1][0]
        if self.is_script and isinstance(container, dict):
            while pair := _PLAIN_PAIR.match(self.text, self.position):
                container.setdefault(pair[1][:MAX_KEY_CHARS], pair[2])
                self.position = pair.end()

    def _pass_over(self, mark: str) -> bool:
        """Pass over a separator or the start or end of a call, and return whether there is one."""
        if self.opened and mark in _SEPARATORS:
            self.position += 1
            if mark == ",":
                self.key = None
                self._read_plain_pairs()
            return True
        if call := _CALL.match(self.text, self.position):
            self.position = call.end()
        return call is not None

    def _needs_key(self) -> bool:
        return bool(self.opened) and self.key is None and isinstance(self.opened[-1][0], dict)

    def _read_key(self, value: Any, may_be_key: bool) -> None:
        if self._mark_after_space() == ":" or may_be_key:
            self.key = str(value)[:MAX_KEY_CHARS]

    def _is_whole(self, value: Any) -> bool:
        """Add a value to the object or list around it, and return whether there is none."""
        if not self.opened:
            return True
        container = self.opened[-1][0]
        if isinstance(container, list):
            container.append(value)
        elif self.key is not None:
            container.setdefault(self.key, value)
            self.key = None
        return False

    def _mark_after_space(self) -> str:
        """Pass over white space and comments, and return the character after them; "" at the end."""
        mark = self.text[self.position : self.position + 1]
        if mark in _BEFORE_SPACE or mark.isspace():
            match = _SPACE.match(self.text, self.position)
            self.position = match.end() if match else self.position
            mark = self.text[self.position : self.position + 1]
        if not mark:
            self.position = len(self.text)
        return mark

    def _scalar(self, mark: str, is_key: bool) -> tuple[Any, bool]:
        """Return the string, number, constant or variable that begins here, and whether it can be a key."""
        if mark in _RAW:
            return self._string(mark), True
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

    def _string(self, mark: str) -> str:
        """Return the string that begins here; it ends at the first quotation mark that something fitting follows."""
        start = end = self.position + 1
        is_in_object = bool(self.opened) and isinstance(self.opened[-1][0], dict)
        pattern, closing = _RAW[mark], _CLOSING["{" if is_in_object else "["]
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
    found = "\\".join(map(_without_escapes, text.split("\\\\")))
    return found if found.isascii() else found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_escapes(text: str) -> str:
    """Return a text without its escapes, in which no backslash is escaped. Most escapes are of quotation marks."""
    if "\\" in text:
        text = text.replace('\\"', '"')
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    code = escape[1]
    if len(code) == 1:
        return _ESCAPED.get(code, code)
    number = int(code[1:].strip("{}"), 16)
    return chr(number) if number < 0x110000 else "\ufffd"
