"""Extraction rules: each field has an ordered tuple of named functions, and the first one that finds a value wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from newsbot.extraction.fields.evidence import PageEvidence

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Rule(Generic[T_co]):
    """One way to find the value of a field."""

    name: str
    """Name of the rule, stored in `Article.rules`."""
    find: Callable[[PageEvidence], T_co | None]
    """Function that returns the value, or None if the page has none."""


def first_of(rules: Sequence[Rule[T]], evidence: PageEvidence) -> tuple[T | None, str]:
    """Return the value of the first rule that finds one and the name of the rule; (None, "") if no rule does."""
    for rule in rules:
        if value := rule.find(evidence):
            return value, rule.name
    return None, ""
