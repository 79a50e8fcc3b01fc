"""Filter terms: index entries of an article beside its words, by which filters narrow a search inside the index.

A filter term begins with a character that no word contains. The date of an article is indexed as its year, month, day
and hour; a period is looked up by a few terms of the coarsest unit that fits. The terms of a period may cover more
than the period, and two names may have the same term (a hash), so the articles found must be checked against the
filters.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from newsbot.items import STUB
from newsbot.query.stems import SOLE_LANGUAGES, rules_of
from newsbot.store.schema.types import stored_name

SIGN = "§"
"""First character of every filter term."""
EVERY = SIGN
"""Filter term of every article, for queries that only exclude."""
MAX_PERIODS = 36
"""Maximum number of date terms in a search; a longer period is looked up in a coarser unit."""
_FORMS = ("%Y%m%d%H", "%Y%m%d", "%Y%m", "%Y")
_STEPS = (timedelta(hours=1), timedelta(days=1), timedelta(days=28), timedelta(days=365))
"""Steps no longer than the units of `_FORMS`, so that no unit between two moments is skipped."""


def filter_terms_of(
    *, source: str | None, language: str | None, section: str | None, kind: str, dated_at: datetime
) -> list[str]:
    """Return the filter terms of an article. Of the kinds, only stubs have one: all others are most of the articles."""
    rules = rules_term(rules_of(language))
    named = {
        "source": source,
        "language": language,
        "section": section,
        "kind": kind if kind == STUB else None,
    }
    at = dated_at.astimezone(UTC)
    terms = [
        EVERY,
        rules,
        *(name_term(field, value) for field, value in named.items() if value is not None),
        *(SIGN + at.strftime(form) for form in _FORMS),
    ]
    return list(dict.fromkeys(terms))


def name_term(field: str, value: str) -> str:
    """Return the filter term of articles whose `source`, `language`, `section` or `kind` has this value."""
    if field == "language" and value in SOLE_LANGUAGES:
        return rules_term(value)
    digest = blake2b(f"{field} {stored_name(value)}".encode(), digest_size=8)
    return SIGN + digest.hexdigest()


def rules_term(language: str) -> str:
    """Return the filter term of articles whose words are stemmed by the rules of this language (`stems.rules_of`)."""
    return f"{SIGN}l{language}"


def period_terms(since: datetime, until: datetime) -> list[str]:
    """Return filter terms of which every article in this period has one; empty if the period is too long."""
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
