"""The contract between the body models and the feature vectors that they were trained on.

A model reads numbers by their position. A changed word list, constant or column gives it other numbers than it was
trained on, and nothing fails: it chooses worse. Each model file therefore contains a hash of the code and the word lists
that its features were computed with, and a test compares it with the hash of the checkout.

If the hash differs, print a digest of the features before and after the change:

    python -m training.feature_hash [FOLDER WITH *.html OR *.html.gz ...]

If both digests are equal, the change was a refactoring: `python -m training.stamp_models`. Otherwise train the
models again: `python -m training.body_model`.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from newsbot.extraction.body.body_model import load_body_models
from newsbot.extraction.body.class_words import FAMILIES
from newsbot.extraction.body.features.block_features import DeclaredMetadata, block_rows, candidate_blocks
from newsbot.extraction.body.features.neighbour_features import neighbour_rows
from newsbot.extraction.body.scoring.block_walk import read_blocks
from newsbot.extraction.body.word_lists import ClassWord, TextWord, read_class_words, read_text_words
from newsbot.extraction.page.page import Page
from training.syntax_shape import module_shape

ROOT = Path(__file__).parents[1]
BODY = ROOT / "newsbot" / "extraction" / "body"
FIXTURES = ROOT / "fixtures"
FEATURE_MODULES = (
    "features/block_features",
    "blocks",
    "features/characters",
    "class_words",
    "comment_labels",
    "containers",
    "features/landmark_features",
    "features/neighbour_features",
    "features/text_features",
    "scoring/block_walk",
    "word_lists",
)
"""Modules of `newsbot.extraction.body` that compute the features."""


def feature_hash() -> str:
    """Return a hash of the code and the word lists that compute the features of the body models."""
    digest = sha256(word_list_bytes(FAMILIES, read_class_words(), read_text_words()))
    for name in FEATURE_MODULES:
        digest.update(f"\n{name}\n".encode() + module_shape((BODY / f"{name}.py").read_bytes()))
    return digest.hexdigest()


def word_list_bytes(
    families: Iterable[str], class_words: Iterable[ClassWord], text_words: Iterable[TextWord]
) -> bytes:
    """Return what the features depend on: the order of the families, and the words. Not their order and languages."""
    lists = (
        list(families),
        sorted({(word.family, word.match, word.text) for word in class_words}),
        sorted({(word.list_name, word.text) for word in text_words}),
    )
    return json.dumps(lists).encode()


def feature_digest(folders: Iterable[Path]) -> str:
    """Return a hash of the feature vectors of all pages in the folders: equal if and only if they are bit-identical.

    Both the pages and the rounding of the processor's matrix product count: compare on one machine."""
    digest = sha256()
    first_model, _ = load_body_models()
    for html in _pages(folders):
        blocks, prose = candidate_blocks(read_blocks(Page.from_bytes(html).tree))
        if blocks:
            rows = block_rows(blocks, prose, DeclaredMetadata())
            digest.update(rows.tobytes())
            digest.update(neighbour_rows(blocks, rows, first_model.probabilities(rows)).tobytes())
    return digest.hexdigest()


def _pages(folders: Iterable[Path]) -> Iterator[bytes]:
    for folder in folders:
        for path in sorted(folder.rglob("*.html*")):
            content = path.read_bytes()
            yield gzip.decompress(content) if path.suffix == ".gz" else content


def main() -> None:
    """Print the digest of the feature vectors of pages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="*", default=[FIXTURES], help="default: the fixtures")
    print(feature_digest(parser.parse_args().folders))  # noqa: T201


if __name__ == "__main__":
    main()
