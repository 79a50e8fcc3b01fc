"""Write the label scores of both shipped networks for many sentences; the fast network is trained on them.

    python -m training.soft_labels --corpora FOLDER --out FOLDER [--texts FILE ...] [--seed N]

The sentences are those of the labelled corpora and of running text, unchanged and varied (sentences.py). The last tenth
of each hand-labelled corpus is held out: it is written to a file of its own, without scores, to choose checkpoints by.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newsbot.entities.engines.fast_engine import FastNetwork
from newsbot.entities.engines.model_engine import FAST_WEIGHT
from newsbot.entities.neural.label_decoding import LABELS, best_labels
from newsbot.entities.neural.tagger import Tagger
from newsbot.entities.tokens import Token, split_sentences, split_words
from newsbot.extraction.fields.language import detect
from training.sentences import Sentence, Variation, as_written, read

GOLD = ("train-wikigold", "train-ewt", "train-crossner", "train-gum")
SILVER = "train-gmb"
HELD_OUT = 0.1
"""Share of each hand-labelled corpus that is held out."""
GOLD_VARIATIONS = 5
"""Number of times that the hand-labelled sentences are varied."""
LENGTHS = range(3, 121)
"""Numbers of words that a sentence of running text may have."""
SHARD = 40_000
"""Number of sentences per file."""
MAX_SHARDS = 1_000
NO_LABEL = -100
"""Label of words without a hand-made label; torch leaves it out of a loss."""

log = logging.getLogger("soft_labels")


class Labelled(NamedTuple):
    """A sentence, whether its labels are hand-made, and the scores of the networks. Shape (words, labels)."""

    sentence: Sentence
    gold: bool
    scores: NDArray[np.float32]


class Teacher:
    """Both networks of the engine `model`, as it combines them for sentences that the fast one is unsure about."""

    def __init__(self) -> None:
        self._tagger, self._fast = Tagger(), FastNetwork()

    def scores(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return the label scores of the words of a sentence. Shape (words, labels)."""
        sentence = [Token(word, 0, 0) for word in words]
        [fast] = self._fast.scores([sentence])
        return self._tagger.scores(sentence) + FAST_WEIGHT * fast


def running_text(paths: Iterable[Path]) -> Iterator[Sentence]:
    """Yield the distinct sentences of English articles, without labels. `paths` are files as `bodies` reads them."""
    seen: set[str] = set()
    for body in chain.from_iterable(map(bodies, paths)):
        if body in seen or detect(body) != "en":
            continue
        seen.add(body)
        for start, end in split_sentences(body):
            text = body[start:end].strip()
            words = [word.text for word in split_words(text)]
            if text not in seen and len(words) in LENGTHS:
                seen.add(text)
                yield Sentence(words, ["O"] * len(words))


def bodies(path: Path) -> Iterator[str]:
    """Yield the texts in a file of the corpora: gzipped JSON lines with `body`, or JSON pages with `articleBody`."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from (json.loads(line)["body"] for line in lines)
    else:
        yield from (page["articleBody"] for page in json.loads(path.read_text(encoding="utf-8")).values())


def labelled(teacher: Teacher, sentences: Iterable[Sentence], gold: bool) -> Iterator[Labelled]:
    """Yield each sentence with the teacher's scores. If its labels are not hand-made, they become the teacher's."""
    for sentence in sentences:
        scores = teacher.scores(sentence.words)
        labels = sentence.labels if gold else [LABELS[i] for i in best_labels(scores)]
        yield Labelled(Sentence(sentence.words, labels), gold, scores)


def everything(
    teacher: Teacher, gold: list[Sentence], texts: Iterable[Sentence], seed: int
) -> Iterator[Labelled]:
    """Yield the hand-labelled sentences, their variations, the other sentences, and the variations of these."""
    vary = Variation(gold, seed)
    yield from labelled(teacher, gold, gold=True)
    for _ in range(GOLD_VARIATIONS):
        yield from labelled(teacher, map(vary, gold), gold=True)
    others: list[Sentence] = []
    for item in labelled(teacher, texts, gold=False):
        others.append(item.sentence)
        yield item
    # Varied with the names that the teacher found in all texts: many more than the hand-labelled corpora have.
    vary = Variation(gold + others, seed + 1)
    yield from labelled(teacher, map(vary, others), gold=False)


def save(path: Path, group: list[Labelled]) -> None:
    """Write sentences: their words, separated by line feeds, their lengths, labels (or `NO_LABEL`), and scores."""
    words = "\n".join(word for item in group for word in item.sentence.words)
    labels = [
        LABELS.index(label) if item.gold else NO_LABEL for item in group for label in item.sentence.labels
    ]
    np.savez_compressed(
        path,
        words=np.frombuffer(words.encode(), np.uint8),
        lengths=np.array([len(item.sentence.words) for item in group], np.int32),
        labels=np.array(labels, np.int8),
        scores=np.concatenate([item.scores for item in group]).astype(np.float16),
    )


def gold_sentences(corpora: Path) -> tuple[list[Sentence], list[Sentence]]:
    """Return the hand-labelled sentences for training, and those held out."""
    gold: list[Sentence] = []
    held_out: list[Sentence] = []
    for name in GOLD:
        sentences = [as_written(sentence) for sentence in read(corpora / f"{name}.jsonl.gz")]
        kept = round(len(sentences) * (1 - HELD_OUT))
        gold += sentences[:kept]
        held_out += sentences[kept:]
    return gold, held_out


def main() -> None:
    """Read the arguments, score the sentences, and write them to files of `SHARD` sentences."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args.out.mkdir(parents=True, exist_ok=True)
    gold, held_out = gold_sentences(args.corpora)
    blank = np.zeros((0, len(LABELS)), np.float32)
    save(args.out / "held-out.npz", [Labelled(sentence, True, blank) for sentence in held_out])
    silver = map(as_written, read(args.corpora / f"{SILVER}.jsonl.gz"))
    found = everything(Teacher(), gold, chain(silver, running_text(args.texts)), args.seed)
    for number in range(MAX_SHARDS):
        group = list(islice(found, SHARD))
        if not group:
            break
        save(args.out / f"part-{number:03}.npz", group)
        log.info("part %d: %d sentences", number, len(group))


if __name__ == "__main__":
    main()
