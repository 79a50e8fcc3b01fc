"""The network of the tagger: the encoder of MiniLM-L6, an embedding of casings, and a head of BIO labels."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

WIDTH, HEADS, LAYERS, INNER, POSITIONS, VOCABULARY = 384, 12, 6, 1536, 512, 30522
CASINGS = 8
"""Number of ways to write a word; the encoder's vocabulary is uncased."""
LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")


class Layer(nn.Module):
    """One BERT layer: attention, then a perceptron with two layers. Each is added to its input and normalised."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value, self.attended = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.attention_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.output_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Return the output of this layer, in the shape of `x`.

        `bias` is added to the attention scores; it is a large negative number on padding."""
        batch, length, _ = x.shape
        query, key, value = (
            linear(x).view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2)
            for linear in (self.query, self.key, self.value)
        )
        scores = torch.matmul(query, key.transpose(-1, -2)) / (WIDTH // HEADS) ** 0.5 + bias
        mixed = torch.matmul(self.dropout(scores.softmax(-1)), value)
        mixed = mixed.transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.attention_norm(x + self.dropout(self.attended(mixed)))
        output: Tensor = self.output_norm(x + self.dropout(self.outer(nn.functional.gelu(self.inner(x)))))
        return output


class Tagger(nn.Module):
    """Returns label scores for every piece of a batch of sentences; only those of the first piece of a word are used."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.segments = nn.Embedding(2, WIDTH)
        self.casings = nn.Embedding(CASINGS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(WIDTH, len(LABELS))
        nn.init.zeros_(self.casings.weight)
        self.words.weight.requires_grad = False

    def forward(self, pieces: Tensor, casings: Tensor) -> Tensor:
        """Return the scores. Shape (sentences, pieces, labels). Piece 0 is padding."""
        x = self.words(pieces) + self.casings(casings)
        x = x + self.positions.weight[: pieces.shape[1]] + self.segments.weight[0]
        x = self.dropout(self.norm(x))
        bias = (pieces == 0)[:, None, None, :].to(x.dtype) * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        scores: Tensor = self.head(self.dropout(x))
        return scores


def _encoder_names() -> dict[str, str]:
    """Return our parameter names -> those of a saved Hugging Face BertModel."""
    names = {
        "words.weight": "embeddings.word_embeddings.weight",
        "positions.weight": "embeddings.position_embeddings.weight",
        "segments.weight": "embeddings.token_type_embeddings.weight",
        "norm": "embeddings.LayerNorm",
    }
    for i in range(LAYERS):
        ours, theirs = f"layers.{i}.", f"encoder.layer.{i}."
        for part in ("query", "key", "value"):
            names[ours + part] = theirs + "attention.self." + part
        names[ours + "attended"] = theirs + "attention.output.dense"
        names[ours + "attention_norm"] = theirs + "attention.output.LayerNorm"
        names[ours + "inner"] = theirs + "intermediate.dense"
        names[ours + "outer"] = theirs + "output.dense"
        names[ours + "output_norm"] = theirs + "output.LayerNorm"
    whole = {ours: theirs for ours, theirs in names.items() if ours.endswith(".weight")}
    parts = {
        f"{ours}.{kind}": f"{theirs}.{kind}"
        for ours, theirs in names.items()
        if ours not in whole
        for kind in ("weight", "bias")
    }
    return whole | parts


def load_encoder(tagger: Tagger, folder: Path) -> None:
    """Load the weights of the encoder from `model.safetensors` in a folder into the tagger."""
    saved = load_file(folder / "model.safetensors")
    ours = {name: saved[theirs] for name, theirs in _encoder_names().items()}
    missing, unexpected = tagger.load_state_dict(ours, strict=False)
    assert set(missing) == {"casings.weight", "head.weight", "head.bias"}, missing
    assert not unexpected, unexpected
