"""The Python in the README does what it says."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "fixtures" / "several-authors" / "page.html").read_bytes()


def test_python_of_the_readme_runs() -> None:
    [block] = re.findall(
        r"## Use it from Python\n\n((?: {4}.*\n|\n)+)", (ROOT / "README.md").read_text("utf-8")
    )
    names: dict[str, Any] = {"html": PAGE}
    exec(textwrap.dedent(block), names)
    assert names["article"].title == "Seven countries sign up to shared night trains"
    assert names["canonicalize"]("http://www.news.example/story?utm_source=x") == "https://news.example/story"
    assert [mention.type for mention in names["recognize"]("Angela Merkel spoke in Berlin.")] == [
        "PER",
        "LOC",
    ]
