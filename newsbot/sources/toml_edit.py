"""Change values of one source in the text of a TOML file, and keep the rest: comments, order and spaces.

The text is cut into statements: a header, a key with its value, a comment or a blank line. `tomllib` reads each of
them, and what was changed as a whole, so that there is no second parser of TOML here.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from newsbot.errors import UsageError

Value = bool | str | float | date | list[str]
"""A value of a source in TOML; an empty list removes its key."""


def edit_source(text: str, key: str, values: Mapping[str, Value]) -> str:
    """Return the text of a TOML file in which the source `key` has these values.

    Raises UsageError if that cannot be done line by line, as for a source that is written as an inline table."""
    statements = list(_statements(text if text.endswith("\n") else text + "\n"))
    start, stop = _block(statements, key)
    block = statements[start:stop]
    for name, value in values.items():
        block = _with_value(block, name, value)
    edited = "".join([*statements[:start], *block, *statements[stop:]])
    if _document(edited) != _expected(text, key, values):
        raise _not_editable(key)
    return edited


def source_text(text: str, key: str) -> str:
    """Return the part of a TOML file that describes the source `key`, with its comments.

    Raises UsageError if there is none, or if it is written as an inline table."""
    statements = list(_statements(text if text.endswith("\n") else text + "\n"))
    start = _block(statements, key)[0] - 1
    later = range(start + 1, len(statements))
    stop = next((number for number in later if _is_source(statements[number])), len(statements))
    return "".join(statements[start:stop])


def _is_source(statement: str) -> bool:
    """Return whether a statement is the header of a source."""
    return _document(statement) == {"source": [{}]}


def _statements(text: str) -> Iterator[str]:
    """Yield the statements of a text, each with the end of its line; a value may take several lines."""
    statement = ""
    for line in re.findall(r"[^\n]*\n", text):
        statement += line
        # The lines inside a long list end with commas: without this test, each would be read again and again.
        if not line.rstrip().endswith(",") and _document(statement) is not None:
            yield statement
            statement = ""
    yield statement


def _document(text: str) -> dict[str, Any] | None:
    """Return what a TOML text says; None if it is not complete, or no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _block(statements: list[str], key: str) -> tuple[int, int]:
    """Return the first statement of a source after its header, and the end of those before the next header."""
    headers = [number for number, statement in enumerate(statements) if statement.lstrip().startswith("[")]
    for start, stop in pairwise([*headers, len(statements)]):
        if _is_source(statements[start]) and any(
            _value(statement, "key") == key for statement in statements[start + 1 : stop]
        ):
            return start + 1, stop
    raise _not_editable(key)


def _value(statement: str, name: str) -> Any:
    return (_document(statement) or {}).get(name)


def _with_value(block: list[str], name: str, value: Value) -> list[str]:
    """Return the statements of a source with a value changed in its place, or added below the last one."""
    for number, statement in enumerate(block):
        if (old := _value(statement, name)) is not None:
            return [*block[:number], _changed(statement, name, old, value), *block[number + 1 :]]
    end = max(number for number, statement in enumerate(block, start=1) if _document(statement))
    return [*block[:end], *([f"{name} = {toml_value(value)}\n"] if value != [] else []), *block[end:]]


def _changed(statement: str, name: str, old: Any, value: Value) -> str:
    if value == []:
        return ""
    if isinstance(value, list) and "\n" in statement.strip():
        edited = _changed_list(statement, old, value)
        if _value(edited, name) == value:
            return edited
    written = toml_value(value)
    comment = (
        re.search(r"""[^"'\]]*\n$""", statement) if isinstance(value, list) else re.search("#.*", statement)
    )
    return f"{name} = {written}" + (f"  {comment[0].strip()}".rstrip() if comment else "") + "\n"


def _changed_list(statement: str, old: list[str], new: list[str]) -> str:
    """Return a list of one URL a line, in which URLs are replaced one for one, or else removed with their lines."""
    if len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            statement = statement.replace(toml_value(before), toml_value(after))
        return statement
    for url in old:
        if url not in new:
            statement = re.sub(
                rf"[ \t]*{re.escape(toml_value(url))}[ \t]*,?[ \t]*(?:#[^\n]*)?\n", "", statement
            )
    return statement


def toml_value(value: Value) -> str:
    """Return a value as TOML."""
    if isinstance(value, list):
        lines = "".join(f"    {toml_value(text)},\n" for text in value)
        return f"[{toml_value(value[0])}]" if len(value) == 1 else f"[\n{lines}]"
    if isinstance(value, date):
        return value.isoformat()
    # JSON's escapes are valid TOML, which also forbids DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _expected(text: str, key: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """Return what a file says after the change."""
    document = tomllib.loads(text)
    for table in document["source"]:
        if table["key"] == key:
            table.update(values)
            for name in [name for name, value in values.items() if value == []]:
                del table[name]
    return document


def _not_editable(key: str) -> UsageError:
    return UsageError(
        f'source "{key}": cannot be edited; only a [[source]] table with a line for every key can', source=key
    )
