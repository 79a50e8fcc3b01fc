"""Write what the shipped networks say together of every word of many sentences, for the fast one to learn from.

Usage: python training/soft_labels.py --corpora FOLDER --out FOLDER [--texts FILE ...] [--seed N]

Sentences of the labelled corpora and of running text, each as it stands and varied (sentences.py). The last tenth of
each hand-labelled corpus is held out: it is written apart, without what the networks say of it, to choose checkpoints by.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from sentences import Sentence, Variation, as_written, read

from newsbot.entities.engines.fast_engine import FastNetwork
from newsbot.entities.engines.model_engine import FAST_WEIGHT
from newsbot.entities.neural.label_decoding import LABELS, best_labels
from newsbot.entities.neural.tagger import Tagger
from newsbot.entities.tokens import Token, split_sentences, split_words
from newsbot.extraction.fields.language import detect

GOLD = ("train-wikigold", "train-ewt", "train-crossner", "train-gum")
SILVER = "train-gmb"
HELD_OUT = 0.1
GOLD_VARIATIONS = 5
LENGTHS = range(3, 121)
"""How many words a sentence of running text may have."""
SHARD = 40_000
"""Sentences a file."""

log = logging.getLogger("soft_labels")


class Labelled(NamedTuple):
    """A sentence, whether its labels are hand-made, and what the networks say: (word, label)."""

    sentence: Sentence
    gold: bool
    scores: NDArray[np.float32]


class Teacher:
    """What the engine `model` says where it asks both of its networks."""

    def __init__(self) -> None:
        self._tagger, self._fast = Tagger(), FastNetwork()

    def scores(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return the scores of the labels of a sentence's words: (word, label)."""
        sentence = [Token(word, 0, 0) for word in words]
        [fast] = self._fast.scores([sentence])
        return self._tagger.scores(sentence) + FAST_WEIGHT * fast


def running_text(paths: Iterable[Path]) -> Iterator[Sentence]:
    """Yield the sentences of English articles, each once, without labels: JSON lines with `body`, or JSON with `articleBody`."""
    seen = set()
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
    """Yield the texts of articles in a file of the corpora."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from (json.loads(line)["body"] for line in lines)
    else:
        yield from (page["articleBody"] for page in json.loads(path.read_text(encoding="utf-8")).values())


def labelled(teacher: Teacher, sentences: Iterable[Sentence], gold: bool) -> Iterator[Labelled]:
    """Yield what the teacher says of each sentence; its labels become the teacher's if they are not hand-made."""
    for sentence in sentences:
        scores = teacher.scores(sentence.words)
        labels = sentence.labels if gold else [LABELS[i] for i in best_labels(scores)]
        yield Labelled(Sentence(sentence.words, labels), gold, scores)


def everything(
    teacher: Teacher, gold: list[Sentence], texts: Iterable[Sentence], seed: int
) -> Iterator[Labelled]:
    """Yield first the hand-labelled sentences with their variations, then the others, then these varied."""
    vary = Variation(gold, seed)
    yield from labelled(teacher, gold, gold=True)
    for _ in range(GOLD_VARIATIONS):
        yield from labelled(teacher, map(vary, gold), gold=True)
    others = []
    for each in labelled(teacher, texts, gold=False):
        others.append(each.sentence)
        yield each
    # Names from all texts, as the teacher found them: many more than the hand-labelled corpora have.
    vary = Variation(gold + others, seed + 1)
    yield from labelled(teacher, map(vary, others), gold=False)


def save(path: Path, group: list[Labelled]) -> None:
    """Write sentences: their words a line each, their lengths, labels (-100: not hand-made), and scores."""
    np.savez_compressed(
        path,
        words=np.frombuffer("\n".join(word for each in group for word in each.sentence.words).encode(), np.uint8),
        lengths=np.array([len(each.sentence.words) for each in group], np.int32),
        labels=np.array(
            [LABELS.index(label) if each.gold else -100 for each in group for label in each.sentence.labels], np.int8
        ),
        scores=np.concatenate([each.scores for each in group]).astype(np.float16),
    )  # fmt: skip


def main() -> None:
    """Read the arguments, label, and write shards."""
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
    gold, held_out = [], []
    for name in GOLD:
        sentences = [as_written(sentence) for sentence in read(args.corpora / f"{name}.jsonl.gz")]
        kept = round(len(sentences) * (1 - HELD_OUT))
        gold += sentences[:kept]
        held_out += sentences[kept:]
    blank = np.zeros((0, len(LABELS)), np.float32)
    save(args.out / "held-out.npz", [Labelled(sentence, True, blank) for sentence in held_out])
    silver = map(as_written, read(args.corpora / f"{SILVER}.jsonl.gz"))
    found = everything(Teacher(), gold, chain(silver, running_text(args.texts)), args.seed)
    for number in range(1_000):
        group = list(islice(found, SHARD))
        if not group:
            break
        save(args.out / f"part-{number:03}.npz", group)
        log.info("part %d: %d sentences", number, len(group))


if __name__ == "__main__":
    main()
