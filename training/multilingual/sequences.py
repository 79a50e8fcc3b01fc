"""Sequences of pieces with labels: single sentences, or several of a text, from a mixture of sources."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from newsbot.entities.multilingual.piece_vocabulary import END, PADDING, START, PieceVocabulary
from newsbot.entities.multilingual.units import Unit
from newsbot.entities.neural.label_decoding import LABELS
from training.multilingual.labelled_texts import Labelled, Span
from training.multilingual.piece_network import HIDDEN
from training.multilingual.text_variations import TextVariation

NO_LABEL = -100
"""Label that torch leaves out of a loss."""
MAX_PIECES = 126
JOINED = 0.5
"""Share of the sequences that have several sentences."""
POOL = 384
"""Sequences among which those of similar length are put into a batch."""


@dataclass(slots=True)
class Pieces:
    """The pieces of a sequence, and their labels."""

    pieces: list[int]
    labels: list[int]


def labels_of(units: Sequence[Unit], spans: Sequence[Span]) -> list[int]:
    """Return the number of the label of every unit. A unit belongs to the name in which it starts, or that starts in it."""
    labels = [0] * len(units)
    spans = sorted(spans)
    i = 0
    for start, end, kind in spans:
        while i < len(units) and units[i].end <= start:
            i += 1
        first = True
        while i < len(units) and units[i].start < end:
            labels[i] = LABELS.index(f"{'B' if first else 'I'}-{kind}")
            first = False
            i += 1
    return labels


def encoded(sentences: Sequence[Labelled], vocabulary: PieceVocabulary) -> Pieces:
    """Return the sequence of one or several sentences of a text, cut after `MAX_PIECES`."""
    found = Pieces([START], [NO_LABEL])
    for sentence in sentences:
        units = vocabulary.units(sentence.text)
        for unit, label in zip(units, labels_of(units, sentence.spans), strict=True):
            if len(found.pieces) + len(unit.pieces) > MAX_PIECES:
                break
            found.pieces.extend(unit.pieces)
            found.labels += [label, *[NO_LABEL] * (len(unit.pieces) - 1)]
    found.pieces.append(END)
    found.labels.append(NO_LABEL)
    return found


class Mixture:
    """An endless stream of sequences from several sources, each in proportion to its weight."""

    def __init__(
        self,
        sources: dict[str, list[Labelled]],
        weights: dict[str, float],
        vocabulary: PieceVocabulary,
        vary: TextVariation,
        seed: int,
    ) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self._sources, self._vocabulary = sources, vocabulary
        self._names = list(sources)
        self._weights = [weights[name] for name in self._names]
        self._waiting: dict[str, list[int]] = {name: [] for name in self._names}
        self._vary = vary

    def __iter__(self) -> Iterator[Pieces]:
        """Yield sequences without end."""
        while True:
            (name,) = self._random.choices(self._names, self._weights)
            sentences = self._sources[name]
            if not self._waiting[name]:
                self._waiting[name] = self._random.sample(range(len(sentences)), len(sentences))
            first = self._waiting[name].pop()
            count = self._random.choice((2, 3)) if self._random.random() < JOINED else 1
            yield encoded([self._vary(s) for s in sentences[first : first + count]], self._vocabulary)


def batches(sequences: Iterable[Pieces], max_pieces: int, seed: int) -> Iterator[list[Pieces]]:
    """Yield batches of sequences of similar length, with at most `max_pieces` pieces and padding, in random order."""
    shuffle = random.Random(seed)  # noqa: S311
    stream = iter(sequences)
    while True:
        pool = sorted((next(stream) for _ in range(POOL)), key=lambda s: len(s.pieces))
        cut: list[list[Pieces]] = [[]]
        for sequence in pool:
            if (len(cut[-1]) + 1) * len(sequence.pieces) > max_pieces:
                cut.append([])
            cut[-1].append(sequence)
        shuffle.shuffle(cut)
        yield from (batch for batch in cut if batch)


def tensors(batch: Sequence[Pieces], vectors: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the vectors, the attention mask and the labels of a batch."""
    width = max(len(sequence.pieces) for sequence in batch)
    pieces = torch.full((len(batch), width), PADDING)
    labels = torch.full((len(batch), width), NO_LABEL)
    for row, sequence in enumerate(batch):
        pieces[row, : len(sequence.pieces)] = torch.tensor(sequence.pieces)
        labels[row, : len(sequence.labels)] = torch.tensor(sequence.labels)
    mask = (pieces == PADDING)[:, None, None, :].float() * HIDDEN
    return vectors[pieces], mask, labels
