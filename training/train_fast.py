"""Train the network of the engine `fast` on the label scores that soft_labels.py wrote; see README.md.

    python -m training.train_fast --labels FOLDER --vectors FILE.npy --out CHECKPOINT

The weights that are best on the held-out sentences are kept. The `test-*` files are not read.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from newsbot.entities.neural.label_decoding import LABELS, best_labels
from newsbot.entities.neural.shipped import load_wordpiece
from newsbot.entities.neural.token_features import FIRST_PIECE, WordFeatures
from training import scoring
from training.fast_model import FastTagger
from training.soft_labels import NO_LABEL

BATCH_WORDS = 4_000
WEIGHT_OF_GOLD = 0.5
"""Weight of hand-made labels in the loss; the teacher's scores have the rest."""
FIRST_SCALE = 0.3
"""Scale of the vectors that training starts from."""
EVALUATED_EVERY = 200
"""Number of steps between evaluations."""
WARM_UP_STEPS = 150
"""Number of steps in which the learning rate rises."""
KEPT_AVERAGE = 0.999
"""Weight of the former value in the moving average of the weights."""

log = logging.getLogger("train_fast")


class Sentences(NamedTuple):
    """Many sentences, one after the other."""

    words: Tensor
    """Numbers of the words in the lexicon. Shape (words,)."""
    starts: Tensor
    """Position of the first word of each sentence. Shape (sentences,)."""
    lengths: Tensor
    """Number of words in each sentence. Shape (sentences,)."""
    labels: Tensor
    """Hand-made labels, or `NO_LABEL`. Shape (words,)."""
    scores: Tensor
    """Label scores of the teacher. Shape (words, labels)."""


class Lexicon:
    """The distinct words of the training data, numbered from 1, with their features. Number 0 is no word."""

    def __init__(self, features: WordFeatures) -> None:
        self._features = features
        self._numbers: dict[str, int] = {"": 0}

    def number(self, word: str) -> int:
        """Return the number of a word, which is added if it is new."""
        return self._numbers.setdefault(word, len(self._numbers))

    def table(self) -> Tensor:
        """Return the features of all words. Shape (words, slots)."""
        rows = [self._features.of(word) for word in list(self._numbers)[1:]]
        return torch.tensor([(0,) * len(rows[0]), *rows], dtype=torch.int32)


def read(path: Path, lexicon: Lexicon) -> Sentences:
    """Return the sentences of a file that soft_labels.py wrote."""
    saved = np.load(path)
    words = saved["words"].tobytes().decode().split("\n")
    lengths = torch.from_numpy(saved["lengths"]).long()
    return Sentences(
        torch.tensor([lexicon.number(word) for word in words], dtype=torch.int32),
        lengths.cumsum(0) - lengths,
        lengths,
        torch.from_numpy(saved["labels"]).long(),
        torch.from_numpy(saved["scores"]),
    )


def joined(parts: list[Sentences]) -> Sentences:
    """Return the sentences of all parts."""
    sizes = torch.tensor([len(part.words) for part in parts])
    before = sizes.cumsum(0) - sizes
    starts = torch.cat([part.starts + offset for part, offset in zip(parts, before, strict=True)])
    return Sentences(
        torch.cat([part.words for part in parts]),
        starts,
        *(torch.cat([getattr(part, name) for part in parts]) for name in ("lengths", "labels", "scores")),
    )


def batches(sentences: Sentences, shuffle: random.Random) -> Iterator[Tensor]:
    """Yield batches of numbers of sentences in random order. A batch has sentences of similar length, and at most
    `BATCH_WORDS` words with padding."""
    noisy = sentences.lengths + torch.rand(len(sentences.lengths)) * 4
    order = noisy.argsort().tolist()
    lengths = sentences.lengths.tolist()
    cut: list[list[int]] = []
    batch: list[int] = []
    for number in order:
        if batch and lengths[number] * (len(batch) + 1) > BATCH_WORDS:
            cut.append(batch)
            batch = []
        batch.append(number)
    cut.append(batch)
    shuffle.shuffle(cut)
    yield from map(torch.tensor, cut)


def padded(sentences: Sentences, batch: Tensor) -> tuple[Tensor, Tensor]:
    """Return the positions of the words of a batch in `sentences`, and whether there is a word.

    Shapes (sentences of the batch, words of the longest). The position is 0 beyond the end of a sentence."""
    lengths = sentences.lengths[batch]
    column = torch.arange(int(lengths.max()))
    is_word = column < lengths[:, None]
    return torch.where(is_word, sentences.starts[batch][:, None] + column, 0), is_word


def loss_of(scores: Tensor, labels: Tensor, teacher_scores: Tensor) -> Tensor:
    """Return the mean cross-entropy of scores with those of the teacher, and with hand-made labels where there are any.

    Shapes (words, labels), (words,) and (words, labels)."""
    predicted = scores.log_softmax(-1)
    soft = -(teacher_scores.softmax(-1) * predicted).sum(-1)
    hard = torch.nn.functional.nll_loss(predicted, labels.clamp(min=0), reduction="none")
    weight = torch.where(labels != NO_LABEL, WEIGHT_OF_GOLD, 0.0)
    return (soft * (1 - weight) + hard * weight).mean()


@torch.no_grad()
def f1(tagger: FastTagger, sentences: Sentences, table: Tensor) -> dict[str, float]:
    """Return the strict F1 on sentences with hand-made labels."""
    tagger.eval()
    pairs: list[tuple[set[scoring.Name], set[scoring.Name]]] = []
    for number in range(len(sentences.lengths)):
        start, length = int(sentences.starts[number]), int(sentences.lengths[number])
        words = table[sentences.words[start : start + length].long()][None].long()
        found = best_labels(tagger(words)[0].numpy())
        true = sentences.labels[start : start + length].tolist()
        pairs.append((names_of(found), names_of(true)))
    return scoring.f1(pairs)


def names_of(labels: Sequence[int]) -> set[scoring.Name]:
    """Return the names that numbers of labels mark."""
    return scoring.names([LABELS[label] for label in labels])


def make_tagger(args: argparse.Namespace, row_count: int) -> FastTagger:
    """Return the network that training starts from."""
    tagger = FastTagger(row_count)
    with torch.no_grad():
        tagger.table.weight *= FIRST_SCALE
        tagger.table.weight[FIRST_PIECE:] = FIRST_SCALE * torch.from_numpy(np.load(args.vectors))
    if args.start:
        tagger.load_state_dict(torch.load(args.start))
    return tagger


class Trainer:
    """A network in training: its optimizer, its learning rate, and the moving average of its weights."""

    def __init__(self, tagger: FastTagger, table: Tensor, rate: float, steps: int) -> None:
        self.tagger = tagger
        self.table = table
        average = torch.optim.swa_utils.get_ema_multi_avg_fn(KEPT_AVERAGE)
        self.averaged = torch.optim.swa_utils.AveragedModel(tagger, multi_avg_fn=average)
        self.optimizer = torch.optim.AdamW(tagger.parameters(), lr=rate, weight_decay=0.01, fused=True)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min((step + 1) / WARM_UP_STEPS, max(0.0, (steps - step) / steps))
        )

    def train(self, sentences: Sentences, batch: Tensor) -> float:
        """Train one step and return the loss."""
        self.tagger.train()
        positions, is_word = padded(sentences, batch)
        words = self.table[torch.where(is_word, sentences.words[positions], 0).long()].long()
        with torch.autocast("cpu", torch.bfloat16):
            scores = self.tagger(words).float()[is_word]
        positions = positions[is_word]
        loss = loss_of(scores, sentences.labels[positions], sentences.scores[positions].float())
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.tagger.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        self.averaged.update_parameters(self.tagger)
        return float(loss.item())


def train(args: argparse.Namespace) -> None:
    """Train for `args.steps` steps, and write the best averaged weights."""
    torch.manual_seed(args.seed)
    shuffle = random.Random(args.seed)  # noqa: S311
    features = WordFeatures(load_wordpiece())
    lexicon = Lexicon(features)
    sentences = joined([read(path, lexicon) for path in sorted(args.labels.glob("part-*.npz"))])
    held_out = read(args.labels / "held-out.npz", lexicon)
    table = lexicon.table()
    log.info("%d sentences, %d words, %d distinct", len(sentences.lengths), len(sentences.words), len(table))
    trainer = Trainer(make_tagger(args, features.row_count), table, args.rate, args.steps)
    best, started = 0.0, time.monotonic()
    for step, batch in enumerate(islice(endless(sentences, shuffle), args.steps), 1):
        loss = trainer.train(sentences, batch)
        if step % EVALUATED_EVERY == 0 or step == args.steps:
            averaged = trainer.averaged.module
            found = f1(averaged, held_out, table)
            seconds = time.monotonic() - started
            log.info("step %d, %.0f s, loss %.4f, held out: %s", step, seconds, loss, scoring.line(found))
            if found["all"] >= best:
                best = found["all"]
                torch.save(averaged.state_dict(), args.out)


def endless(sentences: Sentences, shuffle: random.Random) -> Iterator[Tensor]:
    """Yield batches, epoch after epoch."""
    while True:
        yield from batches(sentences, shuffle)


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True, help="written by first_vectors.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="checkpoint to continue from")
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(args.threads)
    train(args)


if __name__ == "__main__":
    main()
