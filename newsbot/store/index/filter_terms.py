"""Labels: what the full-text index holds of an article beside its words, so that filters narrow a search inside it.

A label begins with a sign that no word has. When the article is dated stands there as its year, month, day and hour:
a period is looked up by a few labels of the coarsest kind that fits. It may be wider than what was asked for, and two
names may share a label, so that the articles found must still be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from newsbot.store.schema.types import stored_name

SIGN = "§"
MAX_PERIODS = 36
"""Labels of one kind that a search asks for at most; a longer period is looked up by a coarser kind."""
_FORMS = ("%Y%m%d%H", "%Y%m%d", "%Y%m", "%Y")
_STEPS = (timedelta(hours=1), timedelta(days=1), timedelta(days=28), timedelta(days=365))
"""No longer than the periods of these forms, so that none between two moments is stepped over."""


def filter_terms_of(
    *, source: str | None, language: str | None, section: str | None, dated_at: datetime
) -> list[str]:
    """Return the labels of an article."""
    named = {"source": source, "language": language, "section": section}
    at = dated_at.astimezone(UTC)
    return [
        *(name_term(field, value) for field, value in named.items() if value is not None),
        *(SIGN + at.strftime(form) for form in _FORMS),
    ]


def name_term(field: str, value: str) -> str:
    """Return the label of articles whose `source`, `language` or `section` has this value."""
    digest = blake2b(f"{field} {stored_name(value)}".encode(), digest_size=8)
    return SIGN + digest.hexdigest()


def period_terms(since: datetime, until: datetime) -> list[str]:
    """Return labels of which every article dated in this period has one; none if the period is too long for that."""
    for form, step in zip(_FORMS, _STEPS, strict=True):
        if (until - since) / step < MAX_PERIODS - 1:
            return list(dict.fromkeys(SIGN + at.strftime(form) for at in _moments(since, until, step)))
    return []


def _moments(since: datetime, until: datetime, step: timedelta) -> Iterator[datetime]:
    at = since.astimezone(UTC)
    while at < until:
        yield at
        at += min(step, until - at)
    yield until.astimezone(UTC)
