"""The contract between the model of the kinds of pages and the features that it was trained on.

The model reads numbers by their position, so it contains a hash of the code and the tables that compute them, as the body
models do (feature_hash.py). If the hash differs, train the model again: `python -m training.kinds_model CORPORA`; or, if the
features are bit-identical, `python -m training.stamp_models`.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from training.syntax_shape import module_shape

KINDS_FOLDER = Path(__file__).parents[1] / "newsbot" / "extraction" / "kinds"
FEATURE_MODULES = (
    "content_features",
    "declared_features",
    "kind_words",
    "page_features",
    "prose_features",
    "signs",
)
"""Modules of `newsbot.extraction.kinds` that compute the features."""


def kind_feature_hash() -> str:
    """Return a hash of the code and the tables that compute the features of a page."""
    digest = sha256()
    for name in FEATURE_MODULES:
        digest.update(f"\n{name}\n".encode() + module_shape((KINDS_FOLDER / f"{name}.py").read_bytes()))
    return digest.hexdigest()
