"""Train the network of the engine `multi`; training/README.md has the whole recipe.

    python -m training.multilingual.train_pieces --corpora FOLDER --encoder FILE --vocabulary FOLDER --out FOLDER
        --minutes 60 [--resume]

CORPORA has the folders `ner` and `ner-multi`. The learning rate falls with the time that has passed, so that a run ends
after the given minutes of training, whatever the speed of the machine. The state is saved in OUT every few minutes; with
`--resume`, a run that was stopped continues.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from newsbot.entities.multilingual.piece_vocabulary import PieceVocabulary
from newsbot.entities.neural.label_decoding import LABELS
from training import scoring
from training.multilingual.encoder_weights import read_encoder
from training.multilingual.hebrew_letters import HebrewMixing, hebrew_words
from training.multilingual.labelled_texts import Labelled, read_labelled
from training.multilingual.piece_network import PieceTagger, load_encoder_layers
from training.multilingual.sequences import NO_LABEL, Mixture, Pieces, batches, encoded, tensors
from training.multilingual.text_variations import TextVariation

SOURCES = {
    "ar-wojood-sample": 1500, "bn-banglakit": 1000, "da-ddt": 2500, "de-germeval": 3500, "et-estner": 2400,
    "fa-parstwiner": 2200, "fi-turku": 3000, "hi-hiner": 2500, "hr-set": 2500, "hu-nerkor": 2500, "id-nergrit": 1800,
    "ja-stockmark": 3500, "ko-klue": 3000, "lv-fullstack": 2500, "no-norne-nno": 1200, "no-norne-nob": 2000,
    "pl-kpwr": 3000, "pt-bosque": 3000, "ro-ronec": 1800, "ru-factrueval": 3500, "sk-snk": 2000, "sr-set": 2500,
    "sv-talbanken": 2000, "th-thainer": 2800, "tr-wiki": 3500, "zh-gsd": 1500, "zh-gsdsimp": 3000,
    "wikigold": 1500, "ewt": 1500, "crossner": 2000, "gum": 1500,
}  # fmt: skip
"""Corpus -> weight in the mixture."""
HELD_OUT = 10
"""The last tenth of every corpus is held out."""
SCORED = 40
"""Sentences of every corpus that are scored, of the part that is held out."""
RATE, HEAD_RATE, LAYER_DECAY = 2e-4, 2e-3, 0.85
"""Learning rates of the last layer and of the head; every layer below has 0.85 times the rate of the next."""
WARM_UP = 0.06
"""Share of the time in which the learning rate rises."""
KEPT_AVERAGE = 0.99
"""Weight of the former value in the moving average of the weights."""
SAVED_EVERY, SCORED_EVERY = 180.0, 900.0
"""Seconds of training."""

log = logging.getLogger("train")


@dataclass
class Progress:
    """What a resumed run needs to know besides the weights."""

    step: int = 0
    seconds: float = 0.0
    scored_at: float = 0.0


class Training:
    """A tagger in training: its optimizer, its learning rate by time, and the moving average of its weights."""

    def __init__(self, tagger: PieceTagger, frozen: int, seconds: float, rate: float = RATE) -> None:
        self.tagger, self.seconds = tagger, seconds
        self.progress = Progress()
        groups = _groups(tagger, frozen)
        self.parameters = [parameter for group in groups for parameter in group["params"]]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
        self.rates = [group["lr"] * rate / RATE for group in self.optimizer.param_groups]
        self.averaged = torch.optim.swa_utils.AveragedModel(tagger, multi_avg_fn=_average)

    def train(self, batch: list[Pieces], vectors: Tensor) -> float:
        """Train one step; returns the loss."""
        started = time.monotonic()
        self.tagger.train()
        passed = self.progress.seconds / self.seconds
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * max(0.02, min((passed + 0.002) / WARM_UP, (1 - passed) / (1 - WARM_UP)))
        inputs, mask, labels = tensors(batch, vectors)
        scores = self.tagger(inputs, mask)
        loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), labels.flatten())
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.averaged.update_parameters(self.tagger)
        self.progress.step += 1
        self.progress.seconds += time.monotonic() - started
        return float(loss.item())

    def save(self, folder: Path) -> None:
        """Save the state, and the averaged weights."""
        state = {
            "tagger": self.tagger.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "progress": asdict(self.progress),
        }
        torch.save(state, folder / "state.tmp")
        (folder / "state.tmp").replace(folder / "state.pt")
        torch.save(self.averaged.module.state_dict(), folder / "averaged.pt")

    def resume(self, folder: Path) -> None:
        """Continue from the saved state."""
        state = torch.load(folder / "state.pt")
        self.tagger.load_state_dict(state["tagger"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.progress = Progress(**state["progress"])


@torch.no_grad()
def _average(averages: Sequence[Tensor], weights: Sequence[Tensor], count: Tensor) -> None:
    """Update moving averages of weights. They forget fast in the first steps, whose weights are of little use."""
    kept = min(KEPT_AVERAGE, (float(count) + 1) / (float(count) + 10))
    torch._foreach_lerp_(list(averages), list(weights), 1 - kept)


def _groups(tagger: PieceTagger, frozen: int) -> list[dict[str, Any]]:
    """Return the parameters that are trained, with their rates; `frozen` layers are not, nor what is below them."""
    groups: list[dict[str, Any]] = [{"params": list(tagger.head.parameters()), "lr": HEAD_RATE}]
    for i, layer in enumerate(reversed(tagger.layers[frozen:])):
        groups.append({"params": list(layer.parameters()), "lr": RATE * LAYER_DECAY**i})
    if frozen:
        tagger.positions.requires_grad = False
        for part in (tagger.norm, *tagger.layers[:frozen]):
            part.requires_grad_(False)
    else:
        below = [tagger.positions, *tagger.norm.parameters()]
        groups.append({"params": below, "lr": RATE * LAYER_DECAY ** len(tagger.layers)})
    return groups


@torch.no_grad()
def scored(
    tagger: PieceTagger, sentences: list[Labelled], vocabulary: PieceVocabulary, vectors: Tensor
) -> float:
    """Return the strict F1 over the names of sentences, by units."""
    tagger.eval()
    sequences = sorted((encoded([s], vocabulary) for s in sentences), key=lambda s: len(s.pieces))
    found: list[tuple[set[scoring.Name], set[scoring.Name]]] = []
    for start in range(0, len(sequences), 16):
        batch = sequences[start : start + 16]
        inputs, mask, labels = tensors(batch, vectors)
        for row, truth in zip(tagger(inputs, mask).argmax(-1), labels, strict=True):
            chosen = truth != NO_LABEL
            said, true = ([LABELS[i] for i in numbers[chosen].tolist()] for numbers in (row, truth))
            found.append((scoring.names(said), scoring.names(true)))
    return scoring.f1(found)["all"]


def load_corpora(folder: Path) -> tuple[dict[str, list[Labelled]], dict[str, list[Labelled]]]:
    """Return the sentences of every corpus for training, and those that are held out and scored."""
    trained: dict[str, list[Labelled]] = {}
    held_out: dict[str, list[Labelled]] = {}
    for name in SOURCES:
        inner = "ner-multi" if name[2] == "-" else "ner"
        sentences = list(read_labelled(folder / inner / f"train-{name}.jsonl.gz"))
        cut = len(sentences) - len(sentences) // HELD_OUT
        trained[name] = sentences[:cut]
        held_out[name] = sentences[cut:][:: max(1, (len(sentences) - cut) // SCORED)]
    return trained, held_out


def pieces_of(vocabulary: Path) -> list[str]:
    """Return the pieces of a vocabulary."""
    lines = (vocabulary / "pieces.tsv").read_text(encoding="utf-8").split("\n")
    return [line.partition("\t")[0] for line in lines]


def train(args: argparse.Namespace) -> None:
    """Train until the time is over."""
    torch.manual_seed(args.seed)
    vocabulary = PieceVocabulary(args.vocabulary)
    vectors = torch.from_numpy(vocabulary.vectors())
    tagger = PieceTagger(args.layers, args.dropout)
    load_encoder_layers(tagger, read_encoder(args.encoder))
    if args.start:
        tagger.load_state_dict(torch.load(args.start))
    training = Training(tagger, args.frozen, args.minutes * 60, args.rate)
    if args.resume:
        training.resume(args.out)
    trained, held_out = load_corpora(args.corpora)
    seed = args.seed + training.progress.step
    log.info("corpora read; step %d", training.progress.step)
    mixing = HebrewMixing(hebrew_words(pieces_of(args.vocabulary)), seed)
    vary = TextVariation([s for sentences in trained.values() for s in sentences], mixing, seed)
    weights = {name: float(weight) for name, weight in SOURCES.items()}
    mixture = Mixture(trained, weights, vocabulary, vary, seed)
    saved_at, pieces, losses = training.progress.seconds, 0, 0.0
    started = time.monotonic()
    for batch in batches(mixture, args.pieces, seed):
        losses += training.train(batch, vectors)
        pieces += sum(len(sequence.pieces) for sequence in batch)
        progress = training.progress
        if progress.step % 25 == 0:
            speed = pieces / (time.monotonic() - started)
            log.info(
                "step %d, %.0f s, loss %.4f, %.0f pieces/s",
                progress.step,
                progress.seconds,
                losses / 25,
                speed,
            )
            losses = 0.0
        over = progress.seconds >= training.seconds
        if over or progress.seconds - saved_at > SAVED_EVERY:
            saved_at = progress.seconds
            training.save(args.out)
        if over or progress.seconds - progress.scored_at > SCORED_EVERY:
            progress.scored_at = progress.seconds
            _log_scores(training.averaged.module, held_out, vocabulary, vectors)
        if over:
            return


def _log_scores(
    tagger: PieceTagger, held_out: dict[str, list[Labelled]], vocabulary: PieceVocabulary, vectors: Tensor
) -> None:
    scores = {name: scored(tagger, sentences, vocabulary, vectors) for name, sentences in held_out.items()}
    log.info("held out: %s", " ".join(f"{name} {score:.1f}" for name, score in scores.items()))
    log.info("held out, mean: %.2f", sum(scores.values()) / len(scores))


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="averaged weights to start from")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=RATE, help="learning rate of the last layer")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--frozen", type=int, default=1, help="lower layers that are not trained")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--pieces", type=int, default=1500, help="pieces of a batch, with padding")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    train(args)


if __name__ == "__main__":
    main()
