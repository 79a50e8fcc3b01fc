"""The decision trees of extraction give the same with ONNX Runtime and without it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import pytest

from newsbot.archive.files import find_pages
from newsbot.entities import engine
from newsbot.entities.engine import engine_label, load_engine
from newsbot.errors import UsageError
from newsbot.extraction import extract
from newsbot.extraction.body import body_model
from newsbot.extraction.kinds import kind_model
from newsbot.extraction.trees.models import RuntimeTrees, load_trees
from newsbot.extraction.trees.onnx_file import read_tree_file
from newsbot.extraction.trees.tree_ensemble import TreeEnsemble
from newsbot.ingest.process import Processor
from newsbot.settings import read_settings
from tests.compiled import python_only
from tests.fixture_cases import CASES

BODY, KINDS = files("newsbot.extraction.body"), files("newsbot.extraction.kinds")
FILES = [*(BODY.joinpath(name) for name in body_model.FILES), KINDS.joinpath(kind_model.FILE)]
WIDTHS = (139, 252, 119)


@pytest.mark.parametrize(
    ("file", "width"), [*zip(FILES, WIDTHS, strict=True)], ids=["first", "second", "kinds"]
)
def test_probabilities_are_those_of_the_runtime(file: Traversable, width: int) -> None:
    random = np.random.default_rng(1)
    rows = (random.normal(size=(300, width)) * random.choice([0.1, 1, 30], size=(300, width))).astype(
        np.float32
    )
    rows[0] = np.nan
    ours, theirs = TreeEnsemble(read_tree_file(file.read_bytes())), RuntimeTrees(file)
    assert ours.metadata == theirs.metadata
    assert np.abs(ours.probabilities(rows) - theirs.probabilities(rows)).max() < 1e-6


CACHES = (load_engine, engine._loaded_if_possible)


@pytest.fixture
def no_runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have ONNX Runtime and the compiled core not installed."""
    monkeypatch.setattr("newsbot.onnx.find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with python_only():
        for cached in CACHES:
            cached.cache_clear()
        yield
    for cached in CACHES:
        cached.cache_clear()


PAGES = [page for page in (next(find_pages(str(case))) for case in CASES[:40:4]) if page.suffix == ".html"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_page_is_read_alike_without_the_runtime(page: Path, request: pytest.FixtureRequest) -> None:
    html, url = page.read_bytes(), "https://news.example/2026/05/story"
    with python_only():
        with_runtime = extract(html, url)
    request.getfixturevalue("no_runtime")
    assert isinstance(load_trees(FILES[0]), TreeEnsemble)
    assert extract(html, url) == with_runtime


def test_engine_that_needs_the_runtime_names_the_extra(no_runtime: None) -> None:
    for name in ("model", "fast"):
        with pytest.raises(
            UsageError, match=r"needs the package onnxruntime: pip install 'newsbot\[entities\]'\)"
        ):
            load_engine(name)


def test_auto_uses_the_rules_without_the_runtime_and_says_so_once(
    no_runtime: None, caplog: pytest.LogCaptureFixture
) -> None:
    processor = Processor(read_settings({}))
    processor.check()
    assert engine_label(processor.engine, "en").startswith("rules ")
    [line] = [record.getMessage() for record in caplog.records if "networks" in record.getMessage()]
    assert line.startswith("Names in English texts are found by rules ")
    assert line.endswith("pip install 'newsbot[entities]'")


def test_runtime_is_not_imported_to_search_or_to_name_an_engine() -> None:
    script = "import sys, newsbot.api, newsbot.entities.engine, newsbot.store.queries; print('onnxruntime' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
