"""Write the hashes of the current feature code and word lists into the models of extraction, and into the compiled core.
Needs onnx.

    python -m training.stamp_models

Only for a change that leaves the features bit-identical, as training/feature_hash.py describes. The networks do not change.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import onnx

from newsbot.extraction.body.body_model import FEATURES_KEY, FILES
from newsbot.extraction.kinds.kind_model import FILE
from training.feature_hash import BODY, ROOT, feature_hash
from training.kinds_hash import KINDS_FOLDER, kind_feature_hash

CORE = ROOT / "core" / "newsbot_core" / "__init__.py"


def stamp(model: onnx.ModelProto, features: str) -> None:
    """Set the hash of the features in the metadata of a model; other entries stay."""
    others = {entry.key: entry.value for entry in model.metadata_props}
    onnx.helper.set_model_props(model, others | {FEATURES_KEY: features})


def _stamp_file(path: Path, features: str) -> None:
    model = onnx.load(path)
    stamp(model, features)
    onnx.save(model, path)


def stamp_core() -> None:
    """Write the hash into the compiled core, which computes the same features."""
    text = CORE.read_text("utf-8")
    CORE.write_text(
        re.sub(r'^FEATURES = ".*"$', f'FEATURES = "{feature_hash()}"', text, flags=re.MULTILINE), "utf-8"
    )


def main() -> None:
    """Stamp the models that ship."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    for name in FILES:
        _stamp_file(BODY / name, feature_hash())
    _stamp_file(KINDS_FOLDER / FILE, kind_feature_hash())
    stamp_core()


if __name__ == "__main__":
    main()
