"""The engine that ships: a small neural tagger for English, run by ONNX Runtime on one core.

A sentence that came before, in this text or another, costs nothing (wire copies); one without a capital letter that
could begin a name is not looked at. How it was trained: training/README.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from newsbot.entities.consistency import make_consistent
from newsbot.entities.engines.casing import LOWER, MARK, casing
from newsbot.entities.engines.decoding import Span, best_labels, spans
from newsbot.entities.engines.recent import Recent
from newsbot.entities.engines.wordpiece import WordPiece
from newsbot.entities.words import Word, split_sentences, split_words
from newsbot.items import Mention

MAX_PIECES = 160
"""Longer sentences are cut between words: memory grows with the square, and training saw none."""
REMEMBERED_SENTENCES = 20_000

_CAPITAL = re.compile(r"[^\W\d_a-z]")
# Words that often begin a sentence and never a name: with no other capital, the sentence holds none.
_PLAIN_START = re.compile(
    r"\W*(?:The|A|An|I|It|He|She|We|You|They|This|That|These|Those|There|Here|His|Her|Its|Their|Our|My|Your|But|And|Or"
    r"|So|If|In|On|At|By|For|From|With|As|To|Of|After|Before|When|While|Where|What|Who|Why|How|Not|No|Yes|Now|Then|Also"
    r"|Some|Many|Most|All|Both|Each|One|Two|Three|Other|Others|Another|However|Although|Though|Because|Since|Until|Once"
    r"|Under|Over|About|Despite|During|According|Earlier|Later|Meanwhile|Still|Even|Just|Only|Last|Next|More|Less|Such"
    r"|Is|Are|Was|Were|Do|Does|Did|Can|Could|Will|Would|Should|May|Have|Has|Had|Let|Please|Well|Nearly|Almost|Several)\b"
)


class Encoded(NamedTuple):
    """A word, its pieces, and how it is written."""

    word: Word
    pieces: tuple[int, ...]
    style: int


class Chunk(NamedTuple):
    """As many words of a sentence as the network takes at once, in the form that it takes them."""

    words: list[Word]
    pieces: list[int]
    casings: list[int]
    firsts: list[int]
    """Where in `pieces` each word begins."""


def _cut(encoded: Sequence[Encoded], start: int) -> int:
    """Return where the chunk that begins at `start` ends: where it is full, but not within a name if it can be."""
    room = MAX_PIECES - 2
    end = start
    while end < len(encoded) and len(encoded[end].pieces) <= room:
        room -= len(encoded[end].pieces)
        end += 1
    if end == len(encoded):
        return end
    return next((i for i in range(end, start, -1) if encoded[i - 1].style in (MARK, LOWER)), end)


def _worth_reading(text: str) -> list[tuple[int, int]]:
    """Return the sentences that may hold a name: those with a capital, or all where capitals are hardly used."""
    places = list(split_sentences(text))
    capitalised = [place for place in places if _may_hold_name(text[slice(*place)])]
    return capitalised if 2 * len(capitalised) >= len(places) else places


def _may_hold_name(sentence: str) -> bool:
    start = _PLAIN_START.match(sentence)
    return _CAPITAL.search(sentence, start.end() if start else 0) is not None


class ModelEngine:
    """Finds names in English."""

    name = "model"

    def __init__(self) -> None:
        folder = files("newsbot.entities.engines").joinpath("model_data")
        options = onnxruntime.SessionOptions()
        # One core an engine: crawls run many texts at once, and threads that wait for each other only lose.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        network = folder.joinpath("tagger.onnx").read_bytes()
        self._session = onnxruntime.InferenceSession(
            network,
            options,
            providers=["CPUExecutionProvider"],
            # ONNX Runtime 1.32 takes four times as long for the two steps fused as for each by itself.
            disabled_optimizers=["SkipLayerNormFusion"],
        )
        self.version = str(self._session.get_modelmeta().version)
        vocabulary = folder.joinpath("vocabulary.txt").read_text(encoding="utf-8").splitlines()
        self._wordpiece = WordPiece(vocabulary)
        self._encode_word = lru_cache(maxsize=50_000)(self._encoded_word)
        self._recent = Recent[tuple[Span, ...]](REMEMBERED_SENTENCES)

    def supports(self, language: str) -> bool:
        """Only English."""
        return language == "en"

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions in an English text, made consistent over the whole of it."""
        if not self.supports(language):
            return []
        places = _worth_reading(text)
        known = self._spans_of({text[start:end] for start, end in places})
        mentions = [
            Mention(start=start + a, end=start + b, text=text[start + a : start + b], type=kind)
            for start, end in places
            for a, b, kind in known[text[start:end]]
        ]
        return make_consistent(mentions, text)

    def _spans_of(self, sentences: set[str]) -> dict[str, tuple[Span, ...]]:
        """Return the names of each sentence, offsets counted in it.

        One sentence at a time: the int8 network rounds by what shares its batch, so that in batches the same sentence
        would not always give the same names; and sentences are long enough to keep a core busy (a tenth is lost).
        """
        known = self._recent.get(sentences)
        new = {sentence: tuple(self._read(sentence)) for sentence in sentences - known.keys()}
        self._recent.add(new)
        return known | new

    def _read(self, sentence: str) -> Iterator[Span]:
        for chunk in self._chunks(split_words(sentence)):
            inputs = {"pieces": np.array([chunk.pieces]), "casings": np.array([chunk.casings])}
            scores: NDArray[np.float32] = self._session.run(["scores"], inputs)[0][0]
            yield from spans(chunk.words, best_labels(scores[chunk.firsts]))

    def _chunks(self, words: Sequence[Word]) -> Iterator[Chunk]:
        encoded = [Encoded(word, *self._encode_word(word.text)) for word in words]
        start = 0
        while start < len(encoded):
            end = _cut(encoded, start)
            yield self._chunk(encoded[start:end])
            start = end

    def _chunk(self, encoded: Sequence[Encoded]) -> Chunk:
        chunk = Chunk([], [self._wordpiece.cls], [MARK], [])
        for word, pieces, style in encoded:
            chunk.words.append(word)
            chunk.firsts.append(len(chunk.pieces))
            chunk.pieces.extend(pieces)
            chunk.casings.extend([style] * len(pieces))
        chunk.pieces.append(self._wordpiece.sep)
        chunk.casings.append(MARK)
        return chunk

    def _encoded_word(self, word: str) -> tuple[tuple[int, ...], int]:
        pieces = self._wordpiece.pieces(word)[: MAX_PIECES // 4]
        return pieces or (self._wordpiece.unknown,), casing(word)
