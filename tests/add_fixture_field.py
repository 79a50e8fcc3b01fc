"""Write a new field into expected.json of every fixture: `python -m tests.add_fixture_field NAME JSON_DEFAULT`.

The field takes the place that it has in `article_json`. Cases that have it, and those of rejects, stay as they are.
Afterwards, correct the value where a page says something else than the default.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from tests import fixture_cases
from tests.fixture_cases import FIELDS

USAGE = "usage: python -m tests.add_fixture_field NAME JSON_DEFAULT   (for example: genre null)"


def with_field(fields: dict[str, Any], name: str, default: Any) -> dict[str, Any]:
    """Return the fields of a case with one more, behind those that come before it in `article_json`."""
    earlier = FIELDS[: FIELDS.index(name)]
    place = max((number for number, field in enumerate(fields, 1) if field in earlier), default=0)
    items = list(fields.items())
    return dict([*items[:place], (name, default), *items[place:]])


def main(arguments: list[str]) -> None:
    """Add the field to every case that lacks it; exit with a message if the arguments are wrong."""
    if len(arguments) != 2:
        raise SystemExit(USAGE)
    name, text = arguments
    if name not in FIELDS:
        raise SystemExit(f"{name} is not in article_json (newsbot/items.py); add it there first")
    try:
        default = json.loads(text)
    except ValueError:
        raise SystemExit(f"{text!r} is not JSON; null, [], false, 0 and '\"\"' are") from None
    for path in sorted(fixture_cases.FIXTURES.glob("**/expected.json")):
        fields = json.loads(path.read_text("utf-8"))
        if "url" in fields and name not in fields:
            fixture_cases.write_expected(path.parent, with_field(fields, name, default))
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
