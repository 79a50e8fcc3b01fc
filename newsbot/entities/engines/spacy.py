"""spaCy's recogniser, for each language whose model is installed."""

from __future__ import annotations

import importlib
from functools import lru_cache
from typing import Any

from newsbot.items import EntityType, Mention

TYPES: dict[str, EntityType] = {
    "PERSON": "PER",
    "PER": "PER",
    "ORG": "ORG",
    "GPE": "LOC",
    "LOC": "LOC",
    "FAC": "LOC",
}
"""spaCy's labels (OntoNotes and WikiNER) -> ours; the others are no names of people, organisations or places."""
SIZES = ("trf", "lg", "md", "sm")
GENRES = ("news", "web")


class SpacyEngine:
    """Uses the biggest installed model of a language. Making one raises ImportError if spaCy is not installed."""

    name = "spacy"

    def __init__(self) -> None:
        self._spacy = importlib.import_module("spacy")
        self.version = str(self._spacy.__version__)
        self._pipeline = lru_cache(maxsize=8)(self._load)

    def supports(self, language: str) -> bool:
        """Whether a model of this language is installed."""
        return self._model(language) is not None

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions that the language's model finds."""
        pipeline = self._pipeline(language)
        if pipeline is None:
            return []
        return [
            Mention(start=span.start_char, end=span.end_char, text=span.text, type=TYPES[span.label_])
            for span in pipeline(text).ents
            if span.label_ in TYPES
        ]

    def _model(self, language: str) -> str | None:
        names = (f"{language}_core_{genre}_{size}" for size in SIZES for genre in GENRES)
        return next((name for name in names if self._spacy.util.is_package(name)), None)

    def _load(self, language: str) -> Any:
        model = self._model(language)
        return (
            None
            if model is None
            else self._spacy.load(model, exclude=["lemmatizer", "parser", "attribute_ruler"])
        )
