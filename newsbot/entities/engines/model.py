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
from newsbot.entities.engines.casing import MARK, casing
from newsbot.entities.engines.decoding import Span, best_labels, spans
from newsbot.entities.engines.recent import Recent
from newsbot.entities.engines.wordpiece import WordPiece
from newsbot.entities.words import Word, split_sentences, split_words
from newsbot.items import Mention

MAX_PIECES = 160
"""Longer sentences are cut between words: memory grows with the square, and training saw none."""
BATCH_PIECES = 512
MAX_PADDING = 1.15
"""Sentences share a batch while the longest is at most this many times as long as the shortest."""
REMEMBERED_SENTENCES = 20_000

_CAPITAL = re.compile(r"[^\W\d_a-z]")
# Words that often begin a sentence and never a name: with no other capital, the sentence holds none.
_PLAIN_STARTS = re.compile(
    r"\W*(?:The|A|An|I|It|He|She|We|You|They|This|That|These|Those|There|Here|His|Her|Its|Their|Our|My|Your|But|And|Or"
    r"|So|If|In|On|At|By|For|From|With|As|To|Of|After|Before|When|While|Where|What|Who|Why|How|Not|No|Yes|Now|Then|Also"
    r"|Some|Many|Most|All|Both|Each|One|Two|Three|Other|Others|Another|However|Although|Though|Because|Since|Until|Once"
    r"|Under|Over|About|Despite|During|According|Earlier|Later|Meanwhile|Still|Even|Just|Only|Last|Next|More|Less|Such"
    r"|Is|Are|Was|Were|Do|Does|Did|Can|Could|Will|Would|Should|May|Have|Has|Had|Let|Please|Well|Nearly|Almost|Several)\b"
)


class Chunk(NamedTuple):
    """As many words of a sentence as the network takes at once, in the form that it takes them."""

    words: list[Word]
    pieces: list[int]
    casings: list[int]
    firsts: list[int]
    """Where in `pieces` each word begins."""


def _may_hold_name(sentence: str) -> bool:
    return (
        _CAPITAL.search(sentence, _start.end() if (_start := _PLAIN_STARTS.match(sentence)) else 0)
        is not None
    )


def _batches(chunks: list[tuple[str, Chunk]]) -> Iterator[list[tuple[str, Chunk]]]:
    """Yield chunks of about one length together, so that little is padded."""
    batch: list[tuple[str, Chunk]] = []
    for chunk in sorted(chunks, key=lambda pair: len(pair[1].pieces)):
        width = len(chunk[1].pieces)
        if batch and (
            (len(batch) + 1) * width > BATCH_PIECES or width > MAX_PADDING * len(batch[0][1].pieces)
        ):
            yield batch
            batch = []
        batch.append(chunk)
    if batch:
        yield batch


def _padded(rows: Sequence[list[int]]) -> NDArray[np.int64]:
    padded = np.zeros((len(rows), max(map(len, rows))), np.int64)
    for i, row in enumerate(rows):
        padded[i, : len(row)] = row
    return padded


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
        places = [place for place in split_sentences(text) if _may_hold_name(text[slice(*place)])]
        known = self._spans_of({text[start:end] for start, end in places})
        mentions = [
            Mention(start=start + a, end=start + b, text=text[start + a : start + b], type=kind)
            for start, end in places
            for a, b, kind in known[text[start:end]]
        ]
        return make_consistent(mentions, text)

    def _spans_of(self, sentences: set[str]) -> dict[str, tuple[Span, ...]]:
        """Return the names of each sentence, offsets counted in it."""
        known = self._recent.get(sentences)
        new = sorted(sentences - known.keys())
        found: dict[str, list[Span]] = {sentence: [] for sentence in new}
        chunks = [(sentence, chunk) for sentence in new for chunk in self._chunks(split_words(sentence))]
        for batch in _batches(chunks):
            labels = self._labels([chunk for _, chunk in batch])
            for (sentence, chunk), numbers in zip(batch, labels, strict=True):
                found[sentence] += spans(chunk.words, numbers)
        fresh = {sentence: tuple(sorted(spans)) for sentence, spans in found.items()}
        self._recent.add(fresh)
        return known | fresh

    def _chunks(self, words: Sequence[Word]) -> Iterator[Chunk]:
        chunk = self._new_chunk()
        for word in words:
            pieces, style = self._encode_word(word.text)
            if len(chunk.pieces) + len(pieces) >= MAX_PIECES:
                yield self._closed(chunk)
                chunk = self._new_chunk()
            chunk.words.append(word)
            chunk.firsts.append(len(chunk.pieces))
            chunk.pieces.extend(pieces)
            chunk.casings.extend([style] * len(pieces))
        yield self._closed(chunk)

    def _new_chunk(self) -> Chunk:
        return Chunk([], [self._wordpiece.cls], [MARK], [])

    def _closed(self, chunk: Chunk) -> Chunk:
        chunk.pieces.append(self._wordpiece.sep)
        chunk.casings.append(MARK)
        return chunk

    def _encoded_word(self, word: str) -> tuple[tuple[int, ...], int]:
        pieces = self._wordpiece.pieces(word)[: MAX_PIECES // 4]
        return pieces or (self._wordpiece.unknown,), casing(word)

    def _labels(self, chunks: Sequence[Chunk]) -> Iterator[list[int]]:
        """Yield the label numbers of each chunk's words."""
        inputs = {
            "pieces": _padded([chunk.pieces for chunk in chunks]),
            "casings": _padded([chunk.casings for chunk in chunks]),
        }
        scores: NDArray[np.float32] = self._session.run(["scores"], inputs)[0]
        for chunk, rows in zip(chunks, scores, strict=True):
            yield best_labels(rows[chunk.firsts])
