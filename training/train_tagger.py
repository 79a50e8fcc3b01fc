"""Train the tagger; README.md has the whole recipe.

    python -m training.train_tagger --corpora FOLDER --encoder FOLDER --out FOLDER [--teacher CHECKPOINT]
        [--start CHECKPOINT]

With a teacher (a tagger trained mainly on the hand-labelled corpora), the labels of the semi-automatic corpus are
corrected where the teacher disagrees and is sure, and left out of the loss where it disagrees and is not sure.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from newsbot.entities.neural.casing import casing
from newsbot.entities.neural.wordpiece import WordPiece
from training import scoring
from training.sentences import IGNORED, Sentence, Variation, as_written, read
from training.tagger_model import LABELS, Tagger, load_encoder

GOLD = ("train-wikigold", "train-ewt", "train-crossner", "train-gum")
SILVER = "train-gmb"
SILVER_SHARE = 0.35
"""Share of the semi-automatic corpus in an epoch."""
TESTS = ("test-ewt", "test-crossner-politics")
MAX_PIECES = 160
BATCH = 32
SURE = 0.85
"""Probability of a label above which the teacher is sure."""
WARM_UP = 0.06
"""Share of the steps in which the learning rate rises."""
KEPT_AVERAGE = 0.995
"""Weight of the former value in the moving average of the weights."""
CORRECTED_EPOCHS = 3
"""Maximum number of epochs for which labels are corrected: more would cost the teacher time that is better spent on
training."""
NO_LABEL = -100
"""Label that torch leaves out of a loss."""

log = logging.getLogger("train")


def encode(sentences: list[Sentence], wordpiece: WordPiece) -> tuple[Tensor, Tensor, Tensor]:
    """Return the pieces, casings and labels of sentences, padded. Shapes (sentences, pieces).

    Labels are `NO_LABEL` on all but the first piece of a word."""
    rows: list[list[tuple[int, int, int]]] = []
    for sentence in sentences:
        row = [(wordpiece.cls, 0, NO_LABEL)]
        for word, label in zip(sentence.words, sentence.labels, strict=True):
            number = LABELS.index(label) if label != IGNORED else NO_LABEL
            pieces = wordpiece.pieces(word) or (wordpiece.unknown,)
            if len(row) + len(pieces) >= MAX_PIECES:
                break
            row += [(piece, casing(word), number if i == 0 else NO_LABEL) for i, piece in enumerate(pieces)]
        rows.append([*row, (wordpiece.sep, 0, NO_LABEL)])
    width = max(map(len, rows))
    filled = torch.tensor([row + [(0, 0, NO_LABEL)] * (width - len(row)) for row in rows])
    return filled[..., 0], filled[..., 1], filled[..., 2]


def batches(sentences: list[Sentence], size: int, shuffle: random.Random | None) -> Iterator[list[Sentence]]:
    """Yield batches of sentences of similar length, in random order if `shuffle` is given."""
    order = list(sentences)
    if shuffle:
        shuffle.shuffle(order)
    pools = [order[i : i + size * 50] for i in range(0, len(order), size * 50)]
    cut = [
        pool[i : i + size]
        for pool in (sorted(pool, key=lambda s: len(s.words)) for pool in pools)
        for i in range(0, len(pool), size)
    ]
    if shuffle:
        shuffle.shuffle(cut)
    yield from cut


@torch.no_grad()
def probabilities(
    tagger: Tagger, sentences: list[Sentence], wordpiece: WordPiece
) -> Iterator[tuple[Sentence, Tensor]]:
    """Yield each sentence with its label probabilities. Shape (words, labels), without words beyond `MAX_PIECES`."""
    tagger.eval()
    for batch in batches(sentences, 64, None):
        pieces, casings, labels = encode([Sentence(s.words, ["O"] * len(s.words)) for s in batch], wordpiece)
        with torch.autocast("cpu", torch.bfloat16):
            scores = tagger(pieces, casings).float().softmax(-1)
        for sentence, row, first in zip(batch, scores, labels >= 0, strict=True):
            yield sentence, row[first]


def corrected(tagger: Tagger, silver: list[Sentence], wordpiece: WordPiece) -> list[Sentence]:
    """Return the sentences with the labels that the teacher is sure about, and `IGNORED` where it only disagrees."""
    result: list[Sentence] = []
    counts = Counter[str]()
    for sentence, rows in probabilities(tagger, silver, wordpiece):
        labels = list(sentence.labels)
        for i, (sureness, number) in enumerate(zip(*(t.tolist() for t in rows.max(-1)), strict=True)):
            if LABELS[number] != labels[i]:
                labels[i] = LABELS[number] if sureness > SURE else IGNORED
                counts["corrected" if sureness > SURE else "ignored"] += 1
            else:
                counts["kept"] += 1
        result.append(Sentence(sentence.words, labels))
    log.info("silver labels: %s", dict(counts))
    return result


def f1(tagger: Tagger, sentences: list[Sentence], wordpiece: WordPiece) -> str:
    """Return the strict F1 over names as one line for the log."""
    rows = probabilities(tagger, sentences, wordpiece)
    return scoring.line(
        scoring.f1(
            (scoring.names([LABELS[i] for i in row.argmax(-1).tolist()]), scoring.names(sentence.labels))
            for sentence, row in rows
        )
    )


def load_tagger(checkpoint: Path) -> Tagger:
    """Return the tagger of a checkpoint."""
    tagger = Tagger()
    tagger.load_state_dict(torch.load(checkpoint))
    return tagger


def first_tagger(args: argparse.Namespace) -> Tagger:
    """Return the tagger that training starts from."""
    if args.start:
        return load_tagger(args.start)
    tagger = Tagger()
    load_encoder(tagger, args.encoder)
    return tagger


class Trainer:
    """A tagger in training: its optimizer, its learning rate, and the moving average of its weights."""

    def __init__(self, tagger: Tagger, rate: float, steps: int) -> None:
        self.tagger = tagger
        self.steps = steps
        self.step = 0
        self.parameters = [parameter for parameter in tagger.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=rate, weight_decay=0.01, fused=True)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min((step + 1) / (WARM_UP * steps), max(0.0, (steps - step) / steps))
        )
        average = torch.optim.swa_utils.get_ema_multi_avg_fn(KEPT_AVERAGE)
        self.averaged = torch.optim.swa_utils.AveragedModel(tagger, multi_avg_fn=average)
        self.started = time.monotonic()

    def train(self, batch: list[Sentence], wordpiece: WordPiece) -> None:
        """Train one step."""
        self.tagger.train()
        pieces, casings, labels = encode(batch, wordpiece)
        with torch.autocast("cpu", torch.bfloat16):
            scores = self.tagger(pieces, casings)
        loss = torch.nn.functional.cross_entropy(scores.float().flatten(0, 1), labels.flatten())
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.schedule.step()
        self.averaged.update_parameters(self.tagger)
        self.step += 1
        if self.step % 50 == 0:
            seconds = time.monotonic() - self.started
            log.info("step %d of %d, loss %.4f, %.0f s", self.step, self.steps, loss.item(), seconds)


def train(args: argparse.Namespace) -> None:
    """Train, and write a checkpoint of the averaged weights after every epoch."""
    torch.manual_seed(args.seed)
    shuffle = random.Random(args.seed)  # noqa: S311
    wordpiece = WordPiece((args.encoder / "vocab.txt").read_text(encoding="utf-8").splitlines())
    gold = [sentence for name in GOLD for sentence in read_corpus(args.corpora, name)]
    silver = read_corpus(args.corpora, SILVER)
    tests = {name: read_corpus(args.corpora, name) for name in TESTS}
    tagger = first_tagger(args)
    silver_per_epoch = int(len(gold) * args.silver_share / (1 - args.silver_share))
    if args.teacher:
        enough = min(CORRECTED_EPOCHS, args.epochs) * silver_per_epoch
        silver = corrected(load_tagger(args.teacher), shuffle.sample(silver, enough), wordpiece)
    vary = Variation(gold, args.seed)
    steps_per_epoch = -(-(len(gold) + silver_per_epoch) // BATCH)
    trainer = Trainer(tagger, args.rate, args.epochs * steps_per_epoch)
    for epoch in range(1, args.epochs + 1):
        chosen = gold + shuffle.sample(silver, silver_per_epoch)
        for batch in batches([vary(sentence) for sentence in chosen], BATCH, shuffle):
            trainer.train(batch, wordpiece)
        averaged = trainer.averaged.module
        torch.save(averaged.state_dict(), args.out / f"epoch-{epoch}.pt")
        for name, sentences in tests.items():
            log.info("epoch %d %s: %s", epoch, name, f1(averaged, sentences, wordpiece))


def read_corpus(folder: Path, name: str) -> list[Sentence]:
    """Return the sentences of a corpus, split into the engine's words."""
    return [as_written(sentence) for sentence in read(folder / f"{name}.jsonl.gz")]


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--teacher", type=Path)
    parser.add_argument("--start", type=Path, help="checkpoint to continue from")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--silver-share", type=float, default=SILVER_SHARE)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    train(args)


if __name__ == "__main__":
    main()
