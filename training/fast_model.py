"""The network of the engine `fast`: a sum of vectors for each word, then convolutions over a few words at a time."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from newsbot.entities.neural.label_decoding import LABELS
from newsbot.entities.neural.token_features import SLOTS

GAP = 4
"""Rows of padding between the sentences of a batch, as wide as the widest layer, so that no sentence influences the next."""
VECTOR, WIDTH = 96, 160
DILATIONS = (1, 2, 4, 1)
"""Distance in words between the inputs of each layer. With the first layer, the network sees nine words on either
side."""
assert max(DILATIONS) <= GAP, "a layer would read words of the next sentence"


class Convolution(nn.Module):
    """A layer that reads each word with the words `distance` before and after it; zeros beyond the ends."""

    def __init__(self, width: int, distance: int) -> None:
        super().__init__()
        self.distance = distance
        self.weights = nn.Linear(3 * width, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Return an output of the shape (sentences, words, WIDTH) for an input of the shape (sentences, words, width)."""
        padded = nn.functional.pad(x, (0, 0, self.distance, self.distance))
        length = x.shape[1]
        before, after = padded[:, :length], padded[:, 2 * self.distance :]
        output: Tensor = self.weights(torch.cat((before, x, after), -1))
        return output


class FastTagger(nn.Module):
    """Returns label scores for every word."""

    def __init__(self, row_count: int, dropout: float = 0.15, forget: float = 0.07) -> None:
        super().__init__()
        self.table = nn.Embedding(row_count, VECTOR, padding_idx=0)
        self.first = Convolution(VECTOR, 1)
        self.layers = nn.ModuleList(Convolution(WIDTH, distance) for distance in DILATIONS)
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in DILATIONS)
        self.head = nn.Sequential(nn.LayerNorm(WIDTH), nn.Dropout(dropout), nn.Linear(WIDTH, len(LABELS)))
        self.dropout = nn.Dropout(dropout)
        self.forget = forget
        """Share of words of which only the casing is read in training: names must be found by their surroundings, too."""

    def forward(self, words: Tensor) -> Tensor:
        """Return scores, shape (sentences, words, labels), for features, shape (sentences, words, slots).

        The features are zeros where there is no word."""
        is_word = (words[..., :1] > 0).to(torch.float32)
        return self.tag(self.table(self._with_forgotten(words)).sum(2), is_word)

    def tag(self, vectors: Tensor, is_word: Tensor) -> Tensor:
        """Return the scores of words with the given vectors; `is_word` is 0 where there is no word."""
        x = torch.relu(self.first(self.dropout(vectors))) * is_word
        for layer, norm in zip(self.layers, self.norms, strict=True):
            x = x + self.dropout(torch.relu(layer(norm(x) * is_word)))
            x = x * is_word
        scores: Tensor = self.head(x)
        return scores

    def _with_forgotten(self, words: Tensor) -> Tensor:
        """Return the features; in training, without all but the casing of some random words."""
        if not self.training:
            return words
        forgotten = torch.rand(words.shape[:2], device=words.device) < self.forget
        kept = torch.ones(SLOTS, dtype=torch.bool)
        kept[1:] = False
        return torch.where(forgotten[..., None] & ~kept, 0, words)
