"""The engine for all languages of the catalog: one network for all of them, in the package newsbot-models.

The first six layers of a multilingual encoder, trained on labelled sentences of 26 languages (training/README.md); the
other languages are read by what it has learnt from these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from newsbot.entities.consistency import make_consistent
from newsbot.entities.multilingual.languages import READ
from newsbot.entities.multilingual.piece_tagger import PieceTagger
from newsbot.entities.multilingual.piece_vocabulary import PieceVocabulary
from newsbot.entities.multilingual.quotation import closed_name
from newsbot.entities.multilingual.text_windows import Window, windows
from newsbot.entities.names import NameSpan
from newsbot.entities.neural.label_decoding import KINDS, OUTSIDE, best_labels
from newsbot.entities.neural.recent import RecentAnswers
from newsbot.items import Mention

PACKAGE = "newsbot_models"
VERSION = 1
"""Version of the code between texts and mentions: increase it when the same network may give other mentions."""
REMEMBERED_WINDOWS = 10_000
"""Number of windows in the cache."""


class MultiEngine:
    """Finds names in every language that its encoder has read; thread-safe."""

    name = "multi"

    def __init__(self) -> None:
        folder = model_folder()
        self._vocabulary = PieceVocabulary(folder)
        self._tagger = PieceTagger(folder, self._vocabulary)
        self._recent = RecentAnswers[tuple[NameSpan, ...]](REMEMBERED_WINDOWS)
        self.version = f"{self._tagger.version}.{VERSION}"

    def supports(self, language: str) -> bool:
        """Return whether the encoder was trained on texts in this language."""
        return language in READ

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions in a text, made consistent over the whole of it. Each has a letter or a digit."""
        if not self.supports(language):
            return []
        mentions: list[Mention] = []
        for window in windows(text, self._vocabulary.units):
            for first, last, kind in self._names(window):
                start, end = closed_name(text, first, last)
                if any(map(str.isalnum, text[start:end])):
                    mentions.append(Mention(start=start, end=end, text=text[start:end], type=kind))
        return make_consistent(mentions, text)

    def _names(self, window: Window) -> Iterator[NameSpan]:
        """Yield the names of a window; the cache has their units instead of their offsets."""
        key = window.key
        known = self._recent.get([key])
        if key not in known:
            known = {key: tuple(_names_of(best_labels(self._tagger.scores(window))))}
            self._recent.add(known)
        for first, last, kind in known[key]:
            yield window.units[first].start, window.units[last].end, kind


def model_folder() -> Path:
    """Return the folder of the network and its vocabulary. Raises ImportError if the package is not installed."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ImportError("its network is in the package newsbot-models: pip install newsbot[languages]")
    return Path(found.submodule_search_locations[0]) / "multi"


def _names_of(labels: Sequence[int]) -> Iterator[NameSpan]:
    """Yield the first unit, the last unit and the type of the names that a valid label sequence marks."""
    start = None
    for i, label in enumerate([*labels, OUTSIDE]):
        if start is not None and (label == OUTSIDE or label % 2):
            yield start, i - 1, KINDS[(labels[start] - 1) // 2]
            start = None
        if label % 2:
            start = i
