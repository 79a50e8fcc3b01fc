"""Write the hash of the current feature code and word lists into body models, and into the compiled core. Needs onnx.

    python -m training.stamp_body_models [FILE.onnx ...]

Only for a change that leaves the features bit-identical, as training/feature_hash.py describes. The default is the
models that ship. Their networks do not change.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import onnx

from newsbot.extraction.body.body_model import FEATURES_KEY, FILES
from training.feature_hash import BODY, ROOT, feature_hash

CORE = ROOT / "core" / "newsbot_core" / "__init__.py"


def stamp(model: onnx.ModelProto) -> None:
    """Set the hash of the features in the metadata of a model; other entries stay."""
    others = {entry.key: entry.value for entry in model.metadata_props}
    onnx.helper.set_model_props(model, others | {FEATURES_KEY: feature_hash()})


def stamp_core() -> None:
    """Write the hash into the compiled core, which computes the same features."""
    text = CORE.read_text("utf-8")
    CORE.write_text(
        re.sub(r'^FEATURES = ".*"$', f'FEATURES = "{feature_hash()}"', text, flags=re.MULTILINE), "utf-8"
    )


def main() -> None:
    """Stamp the given files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="*", default=[BODY / name for name in FILES])
    for path in parser.parse_args().files:
        model = onnx.load(path)
        stamp(model)
        onnx.save(model, path)
    stamp_core()


if __name__ == "__main__":
    main()
