"""Builds the egg that `scrapyd-deploy` sends to a Scrapyd. Wheels are built from pyproject.toml, without this file.

The egg is built in a folder of its own: setuptools would take its metadata from pyproject.toml, of which old versions
cannot read all, and would add what an earlier build has left in build/."""

import os
import shutil
import tempfile
from pathlib import Path

from setuptools import find_namespace_packages, setup

from newsbot import __version__

PROJECT = Path(__file__).parent.resolve()

with tempfile.TemporaryDirectory() as folder:
    shutil.copytree(
        PROJECT / "newsbot", Path(folder) / "newsbot", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(PROJECT / "deploy" / "newsbot_egg.py", folder)
    os.chdir(folder)
    setup(
        name="newsbot",
        version=__version__,
        packages=find_namespace_packages(),  # data is in folders without __init__.py, too
        package_data={"": ["*"]},
        py_modules=["newsbot_egg"],
        entry_points={"scrapy": ["settings = newsbot_egg"]},
        zip_safe=False,
    )
    os.chdir(PROJECT)
