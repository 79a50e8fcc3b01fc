"""Scores of chosen bodies by corpus and by group of languages, on pages that the models were not trained on."""

from __future__ import annotations

import importlib
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

LANGUAGES = {"de": "German", "en": "English"} | dict.fromkeys(("zh", "ja", "ko"), "CJK")
_WORD = re.compile(r"\w+")

PageKey = tuple[str, str]
"""Corpus, and name of the page."""
Truths = dict[str, dict[str, dict[str, Any]]]
"""Corpus -> name of the page -> truth."""
Evaluate = Callable[[dict[Any, Any], dict[Any, Any]], dict[str, float]]


def load_evaluate(folder: Path) -> Evaluate:
    """Return the function `evaluate` of evaluate_bodies.py, which is not part of the project."""
    sys.path.insert(0, str(folder))
    evaluate: Evaluate = importlib.import_module("evaluate_bodies").evaluate
    return evaluate


def report(truths: Truths, bodies: dict[PageKey, str], evaluate: Evaluate) -> Iterator[str]:
    """Yield a line of scores for each corpus, and each group of languages where the truth names the language."""
    for group, pages in _grouped(truths).items():
        result = evaluate(pages, {key: {"articleBody": bodies.get(key, "")} for key in pages})
        if not any("with" in truth for truth in pages.values()):
            scores = [word_f1(truth["articleBody"], bodies.get(key, "")) for key, truth in pages.items()]
            result["word_f1"] = sum(scores) / len(scores)
        figures = "  ".join(f"{name} {value:.4f}" for name, value in result.items())
        empty = sum(not bodies.get(key) for key in pages)
        yield f"{group:14}{len(pages):5} pages  {figures}  empty {empty}"


def word_f1(truth: str, body: str) -> float:
    """Return the F1 of the words of a body, in any order; words that occur several times count as often."""
    true, found = (Counter(_WORD.findall(text.lower())) for text in (truth, body))
    hits = (true & found).total()
    return 2 * hits / ((true.total() + found.total()) or 1)


def _grouped(truths: Truths) -> dict[str, dict[PageKey, Any]]:
    groups: dict[str, dict[PageKey, Any]] = {}
    for corpus, pages in truths.items():
        for name, truth in pages.items():
            language = truth.get("meta", {}).get("language")
            languages = [f"  {LANGUAGES.get(language, 'others')}"] if language else []
            for group in (corpus, *languages):
                groups.setdefault(group, {})[corpus, name] = truth
    return groups
