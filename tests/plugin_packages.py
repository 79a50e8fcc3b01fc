"""Packages with plugins, installed in a folder of the test: what an installer writes for entry points, and their modules."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsbot.entities.engine import load_engine
from newsbot.extraction import site_extractors
from newsbot.plugins import plugins


@contextmanager
def installed(folder: Path, code: str, *, package: str = "sample", **entries: str) -> Iterator[Path]:
    """Install a package until the end of the block: `stages="mark = sample:Mark"` is an entry of newsbot.stages."""
    (folder / package).mkdir(parents=True)
    (folder / package / "__init__.py").write_text(code, "utf-8")
    metadata = folder / f"{package}-1.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n", "utf-8")
    groups = [f"[newsbot.{group}]\n{entry}\n" for group, entry in entries.items()]
    (metadata / "entry_points.txt").write_text("\n".join(groups), "utf-8")
    sys.path.insert(0, str(folder))
    _forget()
    try:
        yield folder / package
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
        _forget()


def _forget() -> None:
    for cached in (plugins, site_extractors._installed, load_engine):
        cached.cache_clear()


def register(project: Path) -> None:
    """Write beside the modules of a project what `pip install -e` writes of it for entry points."""
    described = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    name, version = described["name"].replace("-", "_"), described["version"]
    metadata = project / f"{name}-{version}.dist-info"
    metadata.mkdir()
    lines = f"Metadata-Version: 2.1\nName: {described['name']}\nVersion: {version}\n"
    (metadata / "METADATA").write_text(lines, "utf-8")
    groups = [
        "\n".join([f"[{group}]", *(f"{entry} = {value}" for entry, value in entries.items()), ""])
        for group, entries in described["entry-points"].items()
    ]
    (metadata / "entry_points.txt").write_text("\n".join(groups), "utf-8")
