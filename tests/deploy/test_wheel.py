"""The wheel: what it holds, and that newsbot works from it alone, in an environment outside the checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from configparser import ConfigParser
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

from newsbot import __version__

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "fixtures" / "several-authors"
TIMEOUT_S = 120


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command: list[str | Path] = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, timeout=TIMEOUT_S)
    [built] = folder.glob("*.whl")
    return built


def test_wheel_holds_the_package_its_licence_and_the_command(wheel: Path) -> None:
    files = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "newsbot").rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".pyo"}
    }
    with ZipFile(wheel) as archive:
        packed = set(archive.namelist())
        about = f"newsbot-{__version__}.dist-info"
        scripts = ConfigParser()
        scripts.read_string(archive.read(f"{about}/entry_points.txt").decode())
    assert {name for name in packed if not name.startswith(f"{about}/")} == files
    assert {f"{about}/licenses/LICENSE", f"{about}/licenses/NOTICE"} <= packed
    assert dict(scripts["console_scripts"]) == {"newsbot": "newsbot.cli:main"}


@pytest.fixture(scope="module")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of an environment with the wheel. It borrows the packages that newsbot needs, not newsbot itself."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    python = folder / "bin" / "python"
    install = ["install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, *install, wheel], check=True, timeout=TIMEOUT_S
    )
    [packages] = folder.glob("lib/python*/site-packages")
    borrowed = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "borrowed.pth").write_text("\n".join(borrowed))
    return folder / "bin"


def alone(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing leads to the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSBOT_", "PYTHON"))}
    return kept | {"HOME": str(folder), "NEWSBOT_ENTITY_ENGINE": "rules", "NEWSBOT_WORKERS": "0"}


def run(program: Path, *arguments: str | Path, folder: Path) -> str:
    """Return what a command prints."""
    done = subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=alone(folder),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_newsbot_works_from_the_wheel_alone(bin_folder: Path, tmp_path: Path) -> None:
    newsbot = bin_folder / "newsbot"
    assert __version__ in run(newsbot, "--version", folder=tmp_path)
    where = run(bin_folder / "python", "-c", "import newsbot; print(newsbot.__file__)", folder=tmp_path)
    assert Path(where.strip()).is_relative_to(bin_folder.parent)
    assert "1 new" in run(newsbot, "take", PAGE, folder=tmp_path)
    assert "Seven countries" in run(newsbot, "search", "night trains", folder=tmp_path)
    assert stats_of_site(newsbot, tmp_path)["articles"] == 1


def stats_of_site(newsbot: Path, folder: Path) -> dict[str, object]:
    """Return what `newsbot serve` answers at /api/stats."""
    serving = subprocess.Popen(
        [newsbot, "serve", "--port", "0"], cwd=folder, env=alone(folder), stderr=subprocess.PIPE, text=True
    )
    try:
        assert serving.stderr is not None
        address = re.search(r"http://127\.0\.0\.1:\d+/", serving.stderr.readline())
        assert address
        with urlopen(f"{address[0]}api/stats", timeout=TIMEOUT_S) as answer:
            stats: dict[str, object] = json.load(answer)
    finally:
        serving.terminate()
        serving.communicate(timeout=TIMEOUT_S)
    return stats
