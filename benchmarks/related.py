"""Measure the vectors of articles: do related texts have the nearest ones, and how long does the search take?

    python -m benchmarks.related

Needs the package newsbot-models, and the corpora (`NEWSBOT_CORPORA`). Sentences that were translated (the PUD treebanks in
ner-multi) are looked for in another language; the five nearest articles of the BBC's (dedup) should be of its section.
Both are compared with the words of the texts (tf-idf of scikit-learn) and with the names in them.
"""

from __future__ import annotations

import gzip
import importlib
import json
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpora import corpora_folder
from newsbot.embeddings import VECTOR_SIZE
from newsbot.embeddings.embedder import load_embedder
from newsbot.embeddings.neighbours import Neighbours
from training.multilingual.labelled_texts import read_labelled

LANGUAGES = ("de", "pt", "ru", "sv")
SENTENCES = 300
NEAREST = 5
STORED = 100_000
SEARCHES = 20
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*")

Floats = NDArray[np.float32]
Texts = Sequence[tuple[str, str]]


def by_vectors(texts: Texts) -> Floats:
    """Return how alike the texts, each a title and a body, are by their vectors. Shape (texts, texts)."""
    embedder = load_embedder()
    found = np.array([np.frombuffer(embedder.vector(*text), np.int8) for text in texts], np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found @ found.T)


def by_words(texts: Texts) -> Floats:
    """Return how alike they are by the words of their first 500 characters."""
    return _by_words([f"{title}. {body[:500]}" for title, body in texts])


def by_all_words(texts: Texts) -> Floats:
    """Return how alike they are by all their words."""
    return _by_words([f"{title}. {body}" for title, body in texts])


def _by_words(texts: Sequence[str]) -> Floats:
    words = importlib.import_module("sklearn.feature_extraction.text")
    rows = words.TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(texts)
    return np.asarray((rows @ rows.T).toarray(), np.float32)


def by_names(texts: Texts) -> Floats:
    """Return which share of their capitalised names two texts have in common."""
    names = [set(_NAME.findall(body)) for _, body in texts]
    return np.array(
        [[len(one & other) / (len(one | other) or 1) for other in names] for one in names], np.float32
    )


MEASURES: dict[str, Callable[[Texts], Floats]] = {
    "vectors": by_vectors,
    "words of the beginning": by_words,
    "all words": by_all_words,
    "names": by_names,
}


def translations(measure: Callable[[Texts], Floats]) -> float:
    """Return the share of sentences whose nearest sentence of another language is their translation."""
    found = []
    for pair in combinations(LANGUAGES, 2):
        texts = [
            ("", sentence.text)
            for language in pair
            for sentence in list(
                read_labelled(corpora_folder() / "ner-multi" / f"test-{language}-pud.jsonl.gz")
            )[:SENTENCES]
        ]
        alike = measure(texts)[:SENTENCES, SENTENCES:]
        found.append(np.mean(alike.argmax(axis=1) == np.arange(SENTENCES)))
    return float(np.mean(found))


def articles() -> list[dict[str, str]]:
    """Return the BBC's articles of the corpus of duplicates, each once."""
    with gzip.open(corpora_folder() / "dedup" / "normal.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if row["kind"] in ("original", "single") and row["base"].startswith("bbc-")]


def same_section(rows: Sequence[dict[str, str]], alike: Floats) -> float:
    """Return the share of the five nearest articles that are of the same section."""
    sections = np.array([row["base"].rpartition("-")[0] for row in rows])
    others = alike - 9 * np.eye(len(rows), dtype=np.float32)
    nearest = np.argsort(-others, axis=1)[:, :NEAREST]
    return float(np.mean(sections[nearest] == sections[:, None]))


def search_ms() -> float:
    """Return the CPU time of a search among `STORED` vectors, in milliseconds."""
    chance = random.Random(3)
    vectors = [chance.randbytes(VECTOR_SIZE) for _ in range(STORED)]
    neighbours = Neighbours()
    neighbours.put(enumerate(vectors))
    start = time.process_time()
    for vector in vectors[:SEARCHES]:
        neighbours.nearest(vector, 40)
    return 1000 * (time.process_time() - start) / SEARCHES


def main() -> None:
    """Measure and print."""
    rows = articles()
    texts = [(row["title"], row["body"]) for row in rows]
    print(f"{'':24}{'translations':>14}{'same section':>14}")
    for name, measure in MEASURES.items():
        alike = measure(texts)
        print(f"{name:24}{translations(measure):14.3f}{same_section(rows, alike):14.3f}")
        if name == "vectors":
            pairs = alike[np.triu_indices(len(rows), 1)]
            shares = ", ".join(f"{share}: {np.quantile(pairs, share):.2f}" for share in (0.5, 0.99, 0.999))
            print(f"similarity of two articles, quantiles {shares}", file=sys.stderr)
    start = time.process_time()
    for title, body in texts[:100]:
        load_embedder().vector(title, body)
    print(f"\na vector: {10 * (time.process_time() - start):.0f} ms")
    print(f"a search among {STORED:,}: {search_ms():.1f} ms")


if __name__ == "__main__":
    main()
