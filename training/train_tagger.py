"""Train the tagger; see README.md for the whole recipe.

Usage: python training/train.py --corpora FOLDER --encoder FOLDER --out FOLDER [--teacher CHECKPOINT] [--start CHECKPOINT]

With a teacher (a tagger trained on the hand-labelled corpora alone), the labels of the semi-automatic corpus are
corrected where the teacher is sure, and left out of the loss where the two disagree and it is not.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent.parent))

import scoring
from model import LABELS, Tagger, load_encoder
from sentences import IGNORED, Sentence, Variation, as_written, read

from newsbot.entities.neural.casing import casing
from newsbot.entities.neural.wordpiece import WordPiece

GOLD = ("train-wikigold", "train-ewt", "train-crossner", "train-gum")
SILVER = "train-gmb"
SILVER_SHARE = 0.35
TESTS = ("test-ewt", "test-crossner-politics")
MAX_PIECES = 160
BATCH = 32
SURE = 0.85

log = logging.getLogger("train")


def encode(sentences: list[Sentence], wordpiece: WordPiece) -> tuple[Tensor, Tensor, Tensor]:
    """Return padded pieces, casings, and labels (-100 on all but first pieces)."""
    rows = []
    for sentence in sentences:
        row = [(wordpiece.cls, 0, -100)]
        for word, label in zip(sentence.words, sentence.labels, strict=True):
            number = LABELS.index(label) if label != IGNORED else -100
            pieces = wordpiece.pieces(word) or (wordpiece.unknown,)
            if len(row) + len(pieces) >= MAX_PIECES:
                break
            row += [(piece, casing(word), number if i == 0 else -100) for i, piece in enumerate(pieces)]
        rows.append([*row, (wordpiece.sep, 0, -100)])
    width = max(map(len, rows))
    filled = torch.tensor([row + [(0, 0, -100)] * (width - len(row)) for row in rows])
    return filled[..., 0], filled[..., 1], filled[..., 2]


def batches(sentences: list[Sentence], size: int, shuffle: random.Random | None) -> Iterator[list[Sentence]]:
    """Yield batches of sentences of about one length; in random order if `shuffle` is given."""
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
    """Yield each sentence with its label probabilities (word, label); words past the length limit have none."""
    tagger.eval()
    for batch in batches(sentences, 64, None):
        pieces, casings, labels = encode([Sentence(s.words, ["O"] * len(s.words)) for s in batch], wordpiece)
        with torch.autocast("cpu", torch.bfloat16):
            scores = tagger(pieces, casings).float().softmax(-1)
        for sentence, row, first in zip(batch, scores, labels >= 0, strict=True):
            yield sentence, row[first]


def corrected(tagger: Tagger, silver: list[Sentence], wordpiece: WordPiece) -> list[Sentence]:
    """Return `silver` with labels that the teacher is sure about, and without those that it doubts."""
    result, counts = [], Counter[str]()
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
    """Return the strict F1 over names as a line for the log."""
    rows = probabilities(tagger, sentences, wordpiece)
    return scoring.line(
        scoring.f1(
            (scoring.names([LABELS[i] for i in row.argmax(-1).tolist()]), scoring.names(sentence.labels))
            for sentence, row in rows
        )
    )


def train(args: argparse.Namespace) -> None:
    """Train, and keep a checkpoint of the averaged weights after every epoch."""
    torch.manual_seed(args.seed)
    shuffle = random.Random(args.seed)  # noqa: S311
    vocabulary = (args.encoder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    wordpiece = WordPiece(vocabulary)
    gold = [as_written(s) for name in GOLD for s in read(args.corpora / f"{name}.jsonl.gz")]
    silver = [as_written(s) for s in read(args.corpora / f"{SILVER}.jsonl.gz")]
    tests = {name: [as_written(s) for s in read(args.corpora / f"{name}.jsonl.gz")] for name in TESTS}
    tagger = Tagger()
    load_encoder(tagger, args.encoder)
    if args.start:
        tagger.load_state_dict(torch.load(args.start))
    silver_an_epoch = int(len(gold) * args.silver_share / (1 - args.silver_share))
    if args.teacher:
        teacher = Tagger()
        teacher.load_state_dict(torch.load(args.teacher))
        # Three epochs' worth at most: more would cost the teacher time that training uses better.
        enough = min(3, args.epochs) * silver_an_epoch
        silver = corrected(teacher, shuffle.sample(silver, enough), wordpiece)
    vary = Variation(gold, args.seed)
    parameters = [p for p in tagger.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=args.rate, weight_decay=0.01, fused=True)
    steps = args.epochs * -(-(len(gold) + silver_an_epoch) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.06 * steps), max(0.0, (steps - step) / steps))
    )
    averaged = torch.optim.swa_utils.AveragedModel(
        tagger, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995)
    )
    started, step = time.monotonic(), 0
    for epoch in range(args.epochs):
        chosen = gold + shuffle.sample(silver, silver_an_epoch)
        for batch in batches([vary(s) for s in chosen], BATCH, shuffle):
            tagger.train()
            pieces, casings, labels = encode(batch, wordpiece)
            with torch.autocast("cpu", torch.bfloat16):
                scores = tagger(pieces, casings)
            loss = torch.nn.functional.cross_entropy(scores.float().flatten(0, 1), labels.flatten())
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            averaged.update_parameters(tagger)
            step += 1
            if step % 50 == 0:
                log.info(
                    "step %d of %d, loss %.4f, %.0f s", step, steps, loss.item(), time.monotonic() - started
                )
        torch.save(averaged.module.state_dict(), args.out / f"epoch-{epoch + 1}.pt")
        for name, sentences in tests.items():
            log.info("epoch %d %s: %s", epoch + 1, name, f1(averaged.module, sentences, wordpiece))


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--teacher", type=Path)
    parser.add_argument("--start", type=Path, help="go on from this checkpoint")
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
