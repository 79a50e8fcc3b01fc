"""Write a draft of expected.json for a new fixture: `python -m tests.new_fixture FOLDER`.

The draft has every field, as newsbot reads the page today. It is no expectation yet: compare each value with the page.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.fixture_cases import FIELDS, extracted, write_expected

USAGE = "usage: python -m tests.new_fixture FOLDER   (for example: fixtures/two-bylines)"


def main(arguments: list[str]) -> None:
    """Write the draft; exit with a message if the folder has an expected.json already."""
    if len(arguments) != 1:
        raise SystemExit(USAGE)
    case = Path(arguments[0])
    if (case / "expected.json").exists():
        raise SystemExit(f"{case / 'expected.json'} exists already")
    found = extracted(case)
    draft = {name: found[name] for name in FIELDS} if found["reject"] is None else {"reject": found["reject"]}
    write_expected(case, draft)
    sys.stdout.write(f"{case / 'expected.json'}: now compare every value with the page, and correct it\n")


if __name__ == "__main__":
    main(sys.argv[1:])
