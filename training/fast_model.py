"""The network of the engine `fast`: a sum of vectors for each word, then convolutions over a few words at once."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from newsbot.entities.engines.fast_engine import GAP
from newsbot.entities.neural.label_decoding import LABELS
from newsbot.entities.neural.token_features import SLOTS

VECTOR, WIDTH = 96, 160
DILATIONS = (1, 2, 4, 1)
"""How far apart the words are that each layer looks at; with the first layer, the network sees nine words on either
side."""
assert max(DILATIONS) <= GAP, "sentences would see each other"


class Convolution(nn.Module):
    """Sees each word with the words `distance` before and after it; beyond the ends there is nothing."""

    def __init__(self, width: int, distance: int) -> None:
        super().__init__()
        self.distance = distance
        self.weights = nn.Linear(3 * width, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Return (sentence, word, WIDTH) of (sentence, word, width)."""
        padded = nn.functional.pad(x, (0, 0, self.distance, self.distance))
        length = x.shape[1]
        before, after = padded[:, :length], padded[:, 2 * self.distance :]
        return self.weights(torch.cat((before, x, after), -1))


class FastTagger(nn.Module):
    """Gives every word its label scores. `words`: (sentence, word, slot), zeros where there is no word."""

    def __init__(self, row_count: int, dropout: float = 0.15, forget: float = 0.07) -> None:
        super().__init__()
        self.table = nn.Embedding(row_count, VECTOR, padding_idx=0)
        self.first = Convolution(VECTOR, 1)
        self.layers = nn.ModuleList(Convolution(WIDTH, distance) for distance in DILATIONS)
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in DILATIONS)
        self.head = nn.Sequential(nn.LayerNorm(WIDTH), nn.Dropout(dropout), nn.Linear(WIDTH, len(LABELS)))
        self.dropout = nn.Dropout(dropout)
        self.forget = forget
        """How often, in training, only a word's casing is told: names must be found by their surroundings too."""

    def forward(self, words: Tensor) -> Tensor:
        """Return (sentence, word, label)."""
        there = (words[..., :1] > 0).to(torch.float32)
        return self.tag(self.table(self._forgetful(words)).sum(2), there)

    def tag(self, vectors: Tensor, there: Tensor) -> Tensor:
        """Return the scores of words by their vectors; `there` is 0 where there is no word."""
        x = torch.relu(self.first(self.dropout(vectors))) * there
        for layer, norm in zip(self.layers, self.norms, strict=True):
            x = x + self.dropout(torch.relu(layer(norm(x) * there)))
            x = x * there
        return self.head(x)

    def _forgetful(self, words: Tensor) -> Tensor:
        if not self.training:
            return words
        forgotten = torch.rand(words.shape[:2], device=words.device) < self.forget
        kept = torch.ones(SLOTS, dtype=torch.bool)
        kept[1:] = False
        return torch.where(forgotten[..., None] & ~kept, 0, words)
