"""The engine that uses spaCy, for every language whose spaCy model is installed."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from newsbot.entities.engines.none_engine import NoEngine
from newsbot.items import EntityType, Mention

TYPES: dict[str, EntityType] = {
    "PERSON": "PER",
    "PER": "PER",
    "PRS": "PER",
    "PS": "PER",
    "persName": "PER",
    "ORG": "ORG",
    "ORGANIZATION": "ORG",
    "OG": "ORG",
    "orgName": "ORG",
    "GPE_ORG": "ORG",
    "GPE": "LOC",
    "LOC": "LOC",
    "LC": "LOC",
    "FAC": "LOC",
    "FACILITY": "LOC",
    "GPE_LOC": "LOC",
    "placeName": "LOC",
    "geogName": "LOC",
}
"""spaCy's label -> entity type, for the labels of OntoNotes and WikiNER and of the Korean, Norwegian, Polish, Romanian and
Swedish models; other labels are not people, organisations or places."""
SIZES = ("trf", "lg", "md", "sm")
GENRES = ("news", "web")
CODES = {"no": "nb"}
"""ISO 639-1 code -> the code that spaCy uses instead."""
UNUSED = ["tagger", "morphologizer", "parser", "senter", "lemmatizer", "attribute_ruler"]
"""Components of spaCy's models that its named entity recogniser does not need."""
MAX_CHARS = 100_000
"""Maximum length of a part that is read at once: spaCy rejects texts of a million characters and needs a gigabyte of memory
per 100,000."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class SpacyEngine:
    """Uses the largest installed model of a language. Raises ImportError if spaCy is not installed."""

    name = "spacy"

    def __init__(self) -> None:
        self._spacy = importlib.import_module("spacy")
        self.version = str(self._spacy.__version__)
        self._model = lru_cache(maxsize=200)(self._find_model)
        self._reader = lru_cache(maxsize=8)(self._load)

    def for_language(self, language: str) -> SpacyModel | NoEngine:
        """Return the engine for a language; its version includes the model."""
        model = self._model(language)
        return NoEngine() if model is None else self._reader(model)

    def supports(self, language: str) -> bool:
        """Return whether a model of this language is installed."""
        return self._model(language) is not None

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions found by the model of the language."""
        return self.for_language(language).recognize(text, language)

    def _find_model(self, language: str) -> str | None:
        code = CODES.get(language, language)
        names = (f"{code}_core_{genre}_{size}" for size in SIZES for genre in GENRES)
        return next((name for name in names if self._spacy.util.is_package(name)), None)

    def _load(self, model: str) -> SpacyModel:
        return SpacyModel(model, self._spacy.load(model, exclude=UNUSED), self.version)


class SpacyModel:
    """One loaded spaCy model."""

    name = "spacy"

    def __init__(self, model: str, pipeline: Any, spacy_version: str) -> None:
        self.version = f"{spacy_version} {model} {pipeline.meta['version']}"
        self._pipeline = pipeline

    def supports(self, language: str) -> bool:
        """Return whether this is the language of the model."""
        return bool(CODES.get(language, language) == self._pipeline.lang)

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions in `text`; a long text is read in parts."""
        readable = _SURROGATE.sub("\ufffd", text)
        return [
            Mention(start=start, end=end, text=text[start:end], type=kind)
            for part, offset in _parts(readable)
            for start, end, kind in self._names(part, offset)
        ]

    def _names(self, part: str, offset: int) -> Iterator[tuple[int, int, EntityType]]:
        for span in self._pipeline(part).ents:
            if span.label_ in TYPES:
                yield offset + span.start_char, offset + span.end_char, TYPES[span.label_]


def _parts(text: str) -> Iterator[tuple[str, int]]:
    """Yield the parts of a text and their offsets; the text is cut between lines or words if possible."""
    start = 0
    while len(text) - start > MAX_CHARS:
        half, end = start + MAX_CHARS // 2, start + MAX_CHARS
        cut = max(text.rfind("\n", half, end), 0) or max(text.rfind(" ", half, end), 0) or end
        yield text[start:cut], start
        start = cut
    yield text[start:], start
