"""Write the fast network with int8 matrices, which take half of the time; `training.lean_fast` does the rest.

    python -m training.quantize_fast FLOAT.onnx CORPORA OUT.onnx

FLOAT.onnx is what `training.export_fast` wrote. The ranges of the numbers between the layers are fixed: they are those of
sentences of the corpora that the network was trained on, so the scores of a sentence do not depend on what
is read with it. Matrices have 7 bits, as sums of 8 bits overflow on processors without VNNI.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnxruntime.quantization import (  # type: ignore[import-untyped]
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)

from newsbot.entities.neural.shipped import load_wordpiece
from newsbot.entities.neural.token_features import NOTHING, WordFeatures
from training.fast_model import GAP
from training.sentences import as_written, read

SOURCES = ("wikigold", "ewt", "gum", "crossner")
SENTENCES = 300
"""Number of sentences of each corpus."""
BATCH = 150


class _Sentences(CalibrationDataReader):
    """Gives the features of sentences in batches, as the engine does."""

    def __init__(self, sentences: Sequence[Sequence[str]]) -> None:
        self._batches = self._read(sentences)

    def get_next(self) -> dict[str, Any] | None:
        """Return the next batch; None after the last."""
        return next(self._batches, None)

    @staticmethod
    def _read(sentences: Sequence[Sequence[str]]) -> Iterator[dict[str, Any]]:
        features = WordFeatures(load_wordpiece())
        for start in range(0, len(sentences), BATCH):
            rows: list[tuple[int, ...]] = []
            for words in sentences[start : start + BATCH]:
                rows += [*map(features.of, words), *[NOTHING] * GAP]
            yield {"words": np.array(rows, np.int32)}


def main() -> None:
    """Read the arguments and quantise."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    sentences = [
        as_written(sentence).words
        for source in SOURCES
        for sentence in read(args.corpora / f"train-{source}.jsonl.gz")[:SENTENCES]
    ]
    quantize_static(
        args.network,
        args.out,
        _Sentences(sentences),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        extra_options={"ActivationSymmetric": False, "MatMulConstBOnly": True},
    )


if __name__ == "__main__":
    main()
