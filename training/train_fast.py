"""Train the network of the engine `fast` on what the model says (soft_labels.py); see README.md.

Usage: python training/train_fast.py --labels FOLDER --vectors FILE.npy --out CHECKPOINT

The checkpoint that is best on the held-out sentences is kept. `test-*` files are not read.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent.parent))

import scoring
from fast_model import FastTagger

from newsbot.entities.neural.label_decoding import LABELS, best_labels
from newsbot.entities.neural.shipped import load_wordpiece
from newsbot.entities.neural.token_features import FIRST_PIECE, WordFeatures

BATCH_WORDS = 4_000
WEIGHT_OF_GOLD = 0.5
NO_LABEL = -100
FIRST_SCALE = 0.3
"""Of the vectors that training begins with."""
EVALUATED_EVERY = 200
"""Steps."""

log = logging.getLogger("train_fast")


class Sentences(NamedTuple):
    """Many sentences in one: words by their number in `Lexicon`, where each begins, labels, soft labels."""

    words: Tensor
    starts: Tensor
    lengths: Tensor
    labels: Tensor
    scores: Tensor


class Lexicon:
    """Every distinct word of the training data, numbered, with its features; 0 is no word."""

    def __init__(self, features: WordFeatures) -> None:
        self._features = features
        self._numbers: dict[str, int] = {"": 0}

    def number(self, word: str) -> int:
        """Return the number of a word."""
        return self._numbers.setdefault(word, len(self._numbers))

    def table(self) -> Tensor:
        """Return (word, slot)."""
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
    """Yield the numbers of sentences of about one length, as many as `BATCH_WORDS` hold, in random order."""
    noisy = sentences.lengths + torch.rand(len(sentences.lengths)) * 4
    order = noisy.argsort().tolist()
    lengths = sentences.lengths.tolist()
    cut, batch = [], []
    for number in order:
        if batch and lengths[number] * (len(batch) + 1) > BATCH_WORDS:
            cut.append(batch)
            batch = []
        batch.append(number)
    cut.append(batch)
    shuffle.shuffle(cut)
    yield from map(torch.tensor, cut)


def padded(sentences: Sentences, batch: Tensor) -> tuple[Tensor, Tensor]:
    """Return for each word of a batch where it stands in `sentences` (0 beyond the end), and whether it is one."""
    lengths = sentences.lengths[batch]
    column = torch.arange(int(lengths.max()))
    there = column < lengths[:, None]
    return torch.where(there, sentences.starts[batch][:, None] + column, 0), there


def loss_of(scores: Tensor, labels: Tensor, taught: Tensor) -> Tensor:
    """Return how far the scores of words are from what the model says, and from labels made by hand."""
    said = scores.log_softmax(-1)
    soft = -(taught.softmax(-1) * said).sum(-1)
    hard = torch.nn.functional.nll_loss(said, labels.clamp(min=0), reduction="none")
    weight = torch.where(labels != NO_LABEL, WEIGHT_OF_GOLD, 0.0)
    return (soft * (1 - weight) + hard * weight).mean()


@torch.no_grad()
def f1(tagger: FastTagger, sentences: Sentences, table: Tensor) -> dict[str, float]:
    """Return the strict F1 on sentences with hand-made labels."""
    tagger.eval()
    pairs = []
    for number in range(len(sentences.lengths)):
        start, length = int(sentences.starts[number]), int(sentences.lengths[number])
        words = table[sentences.words[start : start + length].long()][None].long()
        found = best_labels(tagger(words)[0].numpy())
        true = sentences.labels[start : start + length].tolist()
        pairs.append(tuple(scoring.names([LABELS[i] for i in labels]) for labels in (found, true)))
    return scoring.f1(pairs)


def make_tagger(args: argparse.Namespace, row_count: int) -> FastTagger:
    """Return the network to begin with."""
    tagger = FastTagger(row_count)
    with torch.no_grad():
        tagger.table.weight *= FIRST_SCALE
        tagger.table.weight[FIRST_PIECE:] = FIRST_SCALE * torch.from_numpy(np.load(args.vectors))
    if args.start:
        tagger.load_state_dict(torch.load(args.start))
    return tagger


def train(args: argparse.Namespace) -> None:
    """Train for as many steps as asked for, and keep the best averaged weights."""
    torch.manual_seed(args.seed)
    shuffle = random.Random(args.seed)  # noqa: S311
    features = WordFeatures(load_wordpiece())
    lexicon = Lexicon(features)
    sentences = joined([read(path, lexicon) for path in sorted(args.labels.glob("part-*.npz"))])
    held_out = read(args.labels / "held-out.npz", lexicon)
    table = lexicon.table()
    log.info("%d sentences, %d words, %d distinct", len(sentences.lengths), len(sentences.words), len(table))
    tagger = make_tagger(args, features.row_count)
    averaged = torch.optim.swa_utils.AveragedModel(
        tagger, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.999)
    )
    optimizer = torch.optim.AdamW(tagger.parameters(), lr=args.rate, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / 150, max(0.0, (args.steps - step) / args.steps))
    )
    best, started = 0.0, time.monotonic()
    for step, batch in enumerate(islice(endless(sentences, shuffle), args.steps), 1):
        tagger.train()
        places, there = padded(sentences, batch)
        words = table[torch.where(there, sentences.words[places], 0).long()].long()
        with torch.autocast("cpu", torch.bfloat16):
            scores = tagger(words).float()[there]
        places = places[there]
        loss = loss_of(scores, sentences.labels[places], sentences.scores[places].float())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(tagger.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        averaged.update_parameters(tagger)
        if step % EVALUATED_EVERY == 0 or step == args.steps:
            found = f1(averaged.module, held_out, table)
            seconds = time.monotonic() - started
            log.info(
                "step %d, %.0f s, loss %.4f, held out: %s", step, seconds, loss.item(), scoring.line(found)
            )
            if found["all"] >= best:
                best = found["all"]
                torch.save(averaged.module.state_dict(), args.out)


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
    parser.add_argument("--start", type=Path, help="go on from this checkpoint")
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
