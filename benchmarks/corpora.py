"""Where the corpora are that benchmarks read; they are not part of the repository."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def corpora_folder(given: Path | None = None) -> Path:
    """Return the folder of the corpora: `given`, or else the one that NEWSBOT_CORPORA names.

    Ends the process with one line and exit status 2 if neither is a folder."""
    named = given or Path(os.environ.get("NEWSBOT_CORPORA") or "NEWSBOT_CORPORA")
    if not named.is_dir():
        what = f"{named} is not a folder" if given or "NEWSBOT_CORPORA" in os.environ else "not set"
        print(f"NEWSBOT_CORPORA: {what}; accepted: the folder of the corpora", file=sys.stderr)
        raise SystemExit(2)
    return named
