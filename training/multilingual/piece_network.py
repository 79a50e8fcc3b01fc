"""The network of the engine `multi`: the first layers of the encoder, and a head of BIO labels on every piece."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from newsbot.entities.neural.label_decoding import LABELS
from training.multilingual.encoder_weights import Encoder

WIDTH, HEADS, INNER, POSITIONS = 384, 12, 1536, 512
EPSILON = 1e-12
LAYERS = 6
"""Layers of the encoder that are kept; it has twelve."""
HIDDEN = -1e4
"""Added to the attention scores of padding."""


class EncoderLayer(nn.Module):
    """One BERT layer: attention, then a perceptron with two layers. Each is added to its input and normalised."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.attention_norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.output_norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Return the output of this layer, in the shape of `x`. `mask` is added to the attention scores."""
        return self._output(x, self.query_key_value(x).split(WIDTH, dim=-1), mask)

    def at(self, x: Tensor, positions: Tensor) -> Tensor:
        """Return the output of this layer at some positions only. Shape (sequences, positions, width)."""
        weight, bias = self.query_key_value.weight, self.query_key_value.bias
        key, value = nn.functional.linear(x, weight[WIDTH:], bias[WIDTH:]).split(WIDTH, dim=-1)
        x = x[:, positions]
        return self._output(x, (nn.functional.linear(x, weight[:WIDTH], bias[:WIDTH]), key, value), None)

    def _output(self, x: Tensor, parts: Sequence[Tensor], mask: Tensor | None) -> Tensor:
        query, key, value = (
            part.view(part.shape[0], part.shape[1], HEADS, WIDTH // HEADS).transpose(1, 2) for part in parts
        )
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(x.shape)
        x = self.attention_norm(x + self.dropout(self.attended(mixed)))
        output: Tensor = self.output_norm(x + self.dropout(self.outer(nn.functional.gelu(self.inner(x)))))
        return output


class PieceTagger(nn.Module):
    """Returns label scores for every piece of a batch; only those of the first piece of a unit are used."""

    def __init__(self, layers: int = LAYERS, dropout: float = 0.1) -> None:
        super().__init__()
        self.positions = nn.Parameter(torch.zeros(POSITIONS, WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(EncoderLayer(dropout) for _ in range(layers))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(WIDTH, len(LABELS))

    def encoded(self, vectors: Tensor, mask: Tensor | None) -> Tensor:
        """Return the output of the last layer. `vectors` are those of the pieces, shape (sequences, pieces, width)."""
        x = self.dropout(self.norm(vectors + self.positions[: vectors.shape[1]]))
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def forward(self, vectors: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the scores. Shape (sequences, pieces, labels)."""
        scores: Tensor = self.head(self.dropout(self.encoded(vectors, mask)))
        return scores


def load_encoder_layers(tagger: PieceTagger, encoder: Encoder) -> None:
    """Load the positions and layers of the encoder into the tagger; its head stays as it was."""
    stored = encoder.tensors
    state = {
        "positions": stored["emb.pos"] + stored["emb.type"][0],
        "norm.weight": stored["emb.ln.w"],
        "norm.bias": stored["emb.ln.b"],
    }
    for i in range(len(tagger.layers)):
        ours, theirs = f"layers.{i}.", f"l{i}."
        for kind, ending in (("weight", ".w"), ("bias", ".b")):
            state[f"{ours}query_key_value.{kind}"] = np.concatenate(
                [stored[theirs + part + ending] for part in "qkv"]
            )
            for name, part in (
                ("attended", "ao"),
                ("attention_norm", "aln"),
                ("inner", "fi"),
                ("outer", "fo"),
            ):
                state[f"{ours}{name}.{kind}"] = stored[theirs + part + ending]
            state[f"{ours}output_norm.{kind}"] = stored[theirs + "oln" + ending]
    shapes = {name: parameter.shape for name, parameter in tagger.state_dict().items()}
    loaded = {name: torch.tensor(numbers).reshape(shapes[name]) for name, numbers in state.items()}
    missing, unexpected = tagger.load_state_dict(loaded, strict=False)
    assert set(missing) == {"head.weight", "head.bias"}, missing
    assert not unexpected, unexpected
