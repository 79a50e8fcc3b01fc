"""Labelled sentences in the form that the engine reads: joined to running text, and split by its own rules."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from newsbot.entities.tokens import split_words

_CONTRACTIONS = frozenset(("'s", "’s", "n't", "'re", "'ve", "'ll", "'d", "'m"))
NO_SPACE_BEFORE = frozenset(".,;:!?)]}%'’”") | _CONTRACTIONS
NO_SPACE_AFTER = frozenset("([{$£€“")
SENTENCE_ENDS = frozenset(".!?…\"”’')")
QUOTE = '"'
IGNORED = "?"
"""Label of a word whose true label is unknown; it is left out of the loss."""

AGENCIES = ("Reuters", "AP", "AFP", "Xinhua", "dpa", "ANSA", "EFE", "TASS", "Kyodo", "Bloomberg", "PA", "UPI")


@dataclass(slots=True)
class Sentence:
    """Words and their BIO labels."""

    words: list[str]
    labels: list[str]


def read(path: Path) -> list[Sentence]:
    """Return the sentences of a corpus: gzipped JSON lines of `tokens` and `tags`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines]
    return [
        Sentence(part["tokens"], part["tags"])
        for entry in entries
        for part in entry.get("sentences", [entry])
    ]


def as_written(sentence: Sentence) -> Sentence:
    """Return the sentence split into the engine's words, after its tokens were joined with the usual spaces."""
    text, glue, quoted = "", True, False
    starts: list[int] = []
    for i, token in enumerate(sentence.words):
        closing = token == QUOTE and quoted
        space = not (glue or closing or token in NO_SPACE_BEFORE or _is_inner_hyphen(sentence, i))
        text += " " if space else ""
        starts.append(len(text))
        text += token
        glue = token in NO_SPACE_AFTER or (token == QUOTE and not quoted) or _is_inner_hyphen(sentence, i)
        quoted ^= token == QUOTE
    return _relabel(sentence, text, starts)


def _is_inner_hyphen(sentence: Sentence, i: int) -> bool:
    """Return whether token `i` is a hyphen within a compound ("all - girl"), and no name begins or ends at it."""
    if sentence.words[i] not in "-–" or not 0 < i < len(sentence.words) - 1:
        return False
    before, after = sentence.words[i - 1], sentence.words[i + 1]
    kinds = {sentence.labels[j][2:] for j in (i - 1, i, i + 1)}
    same = len(kinds) == 1 and not sentence.labels[i + 1].startswith("B")
    return before.isalnum() and after.isalnum() and same


def _relabel(sentence: Sentence, text: str, starts: list[int]) -> Sentence:
    """Return the words of the text with the labels of the tokens that they begin in; `starts` are those of tokens."""
    words: list[str] = []
    labels: list[str] = []
    token, previous = 0, -1
    for word in split_words(text):
        while token + 1 < len(starts) and starts[token + 1] <= word.start:
            token += 1
        label = sentence.labels[token]
        if token == previous and label.startswith("B"):
            label = "I" + label[1:]
        previous = token
        words.append(word.text)
        labels.append(label)
    return Sentence(words, labels)


def _split_compounds(sentence: Sentence) -> Sentence:
    """Return the sentence with its words split at hyphens and full stops."""
    words: list[str] = []
    labels: list[str] = []
    for word, label in zip(sentence.words, sentence.labels, strict=True):
        parts = [part for part in re.split(r"([-.])", word) if part] if len(word) > 1 else [word]
        words += parts
        labels += [label] + ["I" + label[1:] if label[0] == "B" else label] * (len(parts) - 1)
    return Sentence(words, labels)


def _spans(labels: list[str]) -> list[tuple[int, int, str]]:
    """Return the start, end and type of each name."""
    spans: list[tuple[int, int, str]] = []
    start: int | None = None
    for i, label in enumerate([*labels, "O"]):
        if start is not None and not label.startswith("I"):
            spans.append((start, i, labels[start][2:]))
            start = None
        if label.startswith("B"):
            start = i
    return spans


class Variation:
    """Varies a sentence at random every time it is used in training."""

    def __init__(self, gold: list[Sentence], seed: int) -> None:
        self._gold = gold
        self._random = random.Random(seed)  # noqa: S311
        self._names: dict[str, list[list[str]]] = defaultdict(list)
        for sentence in gold:
            for start, end, kind in _spans(sentence.labels):
                self._names[kind].append(sentence.words[start:end])

    def __call__(self, sentence: Sentence) -> Sentence:
        """Return the sentence, sometimes with other names, split compounds, a dateline, another casing, or a second
        sentence after it."""
        if self._random.random() < 0.2:
            sentence = self._exchange_names(sentence)
        if self._random.random() < 0.15:
            sentence = _split_compounds(sentence)
        if self._random.random() < 0.03:
            sentence = self._with_dateline(sentence)
        sentence = self._recased(sentence)
        unfinished = sentence.words[-1] not in SENTENCE_ENDS
        return self._joined(sentence) if self._random.random() < (0.4 if unfinished else 0.03) else sentence

    def _joined(self, sentence: Sentence) -> Sentence:
        """Return the sentence with another one after it, like a headline without a full stop in a text without lines."""
        other = self._random.choice(self._gold)
        return Sentence(sentence.words + other.words, sentence.labels + other.labels)

    def _recased(self, sentence: Sentence) -> Sentence:
        """Return the sentence, sometimes in capitals, in title case, or with its names in capitals."""
        chance = self._random.random()
        if chance < 0.05:
            words = [word.upper() for word in sentence.words]
        elif chance < 0.08:
            words = [word[:1].upper() + word[1:] for word in sentence.words]
        elif chance < 0.11:
            words = [
                word if label == "O" else word.upper()
                for word, label in zip(sentence.words, sentence.labels, strict=True)
            ]
        else:
            return sentence
        return Sentence(words, sentence.labels)

    def _with_dateline(self, sentence: Sentence) -> Sentence:
        """Return the sentence with a dateline as agencies write it before it: "LONDON (Reuters) - "."""
        place = [word.upper() for word in self._random.choice(self._names["LOC"])]
        labels = ["B-LOC", *["I-LOC"] * (len(place) - 1), "O", "B-ORG", "O", "O"]
        words = [*place, "(", self._random.choice(AGENCIES), ")", self._random.choice("-–—")]
        return Sentence(words + sentence.words, labels + sentence.labels)

    def _exchange_names(self, sentence: Sentence) -> Sentence:
        """Return the sentence with about half of its names replaced by others of the same type."""
        words: list[str] = []
        labels: list[str] = []
        end = 0
        for start, stop, kind in _spans(sentence.labels):
            name = sentence.words[start:stop]
            if self._random.random() < 0.5:
                name = self._random.choice(self._names[kind])
            words += sentence.words[end:start] + name
            labels += sentence.labels[end:start] + [f"B-{kind}"] + [f"I-{kind}"] * (len(name) - 1)
            end = stop
        return Sentence(words + sentence.words[end:], labels + sentence.labels[end:])
