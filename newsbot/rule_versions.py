"""Version numbers of the rule sets that turn a page into an article.

They are separate from the package version, so that `newsbot reextract` finds articles that older rules have read
even when newsbot runs from a checkout whose package version has not changed. Increase a number with every change
after which some page may be read differently, then run `make rules`.
"""

from __future__ import annotations

EXTRACTION = 6
"""Version of the rules that read a page: `extraction` with its models, `languages`, `text` and `urls`."""
CLEANING = 3
"""Version of the rules that tidy an extracted article: `cleaning`, `phrases`, `page_talk` and `word_patterns`."""


def label() -> str:
    """Return the versions of all rule sets on one line, as stored in `articles.extractor_version`."""
    return f"extraction-{EXTRACTION} cleaning-{CLEANING}"
