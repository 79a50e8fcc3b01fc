"""The settings of newsbot in an egg of Scrapyd: unpacks the egg, and has the settings of the newsbot that was in it.

Scrapyd imports a project from the egg, which is a zip file, but newsbot reads its catalog, models and migrations from
files. The egg is unpacked beside itself once; the next jobs find it there. What is left of eggs that Scrapyd has deleted
is removed at that time."""

import shutil
import sys
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

SUFFIX = ".unpacked"


def unpacked(egg: Path) -> Path:
    """Return the folder with the files of an egg. It is another one if an egg of the same name has been deployed anew."""
    folder = egg.with_name(f"{egg.name}.{egg.stat().st_mtime_ns}{SUFFIX}")
    if not folder.is_dir():
        _remove_orphans(egg.parent)
        part = Path(tempfile.mkdtemp(prefix=f"{egg.name}.", suffix=SUFFIX, dir=egg.parent))
        with zipfile.ZipFile(egg) as archive:
            archive.extractall(part)
        with suppress(OSError):  # another job was faster
            part.rename(folder)
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _remove_orphans(eggs: Path) -> None:
    for folder in eggs.glob(f"*{SUFFIX}"):
        if not folder.with_suffix("").with_suffix("").exists():
            shutil.rmtree(folder, ignore_errors=True)


if not Path(__file__).is_file():
    sys.path.insert(0, str(unpacked(Path(__file__).parent)))

from newsbot.settings import *  # noqa: E402, F403
