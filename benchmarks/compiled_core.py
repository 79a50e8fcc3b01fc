"""Compare extraction with the compiled core, without it, and trafilatura: every page by turns, in one run.

    python -m benchmarks.compiled_core [--sample 120] [--rounds 4]

Needs the corpora (`NEWSBOT_CORPORA` names their folder), and newsbot-core; trafilatura, of the extra `bench`, is left out
where it is not installed. Prints milliseconds of CPU time per page (mean, and mean of the best rounds), and the ratios, also
the median of those of the pages. Exit status 1 if a page is read differently without the core.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from functools import partial
from statistics import fmean, median
from unittest.mock import patch

from benchmarks.extraction import read_pages
from benchmarks.extraction_tools import TOOLS
from newsbot.extraction import extract
from newsbot.extraction.body.body_model import load_body_models
from newsbot.extraction.body.scoring import block_reading, block_scores
from newsbot.extraction.body.scoring.core_tables import load_core_tables
from newsbot.extraction.kinds import kind_model
from newsbot.extraction.kinds.kind_model import load_kind_model
from newsbot.extraction.page import limits, tree
from newsbot.items import article_json
from newsbot.text import plain_text
from newsbot.text.compiled_core import PACKAGE, load_core

Page = tuple[str, str]
"""HTML and URL."""
Times = dict[str, list[float]]
"""Name of a reader -> milliseconds of each round."""
CORE, PYTHON, PEER = "with core", "Python", "trafilatura"
Reader = Callable[[str, str], object]


class Extraction:
    """Extraction with the core, or as it is where the core is not installed."""

    def __init__(self, *, with_core: bool) -> None:
        hidden = {} if with_core else {PACKAGE: None}
        with patch.dict(sys.modules, hidden):
            for cached in (
                load_core,
                plain_text.compiled_counter,
                load_core_tables,
                load_body_models,
                load_kind_model,
            ):
                cached.cache_clear()
            self.core, self.counter, self.look = (
                load_core(),
                plain_text.compiled_counter(),
                plain_text.compiled_look(),
            )
            self.tables, self.models, self.kinds = load_core_tables(), load_body_models(), load_kind_model()

    def __enter__(self) -> None:
        self._patches = ExitStack()
        for module, name, value in (
            (block_reading, "load_core_tables", self.tables),
            (block_scores, "load_body_models", self.models),
            (kind_model, "load_kind_model", self.kinds),
            (limits, "load_core", self.core),
            (tree, "load_core", self.core),
            (plain_text, "compiled_counter", self.counter),
            (plain_text, "compiled_look", self.look),
        ):
            self._patches.enter_context(patch.object(module, name, partial(_value, value)))

    def __exit__(self, *_: object) -> None:
        self._patches.close()


def _value(value: object) -> object:
    return value


def measure(
    readers: dict[str, tuple[AbstractContextManager[None], Reader]], page: Page, rounds: int
) -> Times:
    """Return the milliseconds of CPU time that each reader takes for a page in each round."""
    times: Times = {name: [] for name in readers}
    for number in range(rounds):
        for name in sorted(readers, reverse=bool(number % 2)):
            context, read = readers[name]
            with context:
                start = time.process_time()
                read(*page)
                times[name].append(1000 * (time.process_time() - start))
    return times


def report(results: list[Times]) -> None:
    """Print the times, and how many times those of the core they are."""
    for name in results[0]:
        means = {tool: fmean(fmean(times[tool]) for times in results) for tool in (name, CORE)}
        best = {tool: fmean(min(times[tool]) for times in results) for tool in (name, CORE)}
        pages = median(min(times[name]) / min(times[CORE]) for times in results)
        print(
            f"{name:12} mean {means[name]:6.2f} ({means[name] / means[CORE]:.2f})   best {best[name]:6.2f} "
            f"({best[name] / best[CORE]:.2f})   median of the pages ({pages:.2f})"
        )


def main() -> int:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=120, help="number of pages")
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args()
    without, with_core = Extraction(with_core=False), Extraction(with_core=True)
    if with_core.tables is None:
        print("newsbot-core is not installed: pip install ./core")
        return 1
    readers: dict[str, tuple[AbstractContextManager[None], Reader]] = {
        PYTHON: (without, extract),
        CORE: (with_core, extract),
    }
    with suppress(ImportError):
        readers[PEER] = nullcontext(), TOOLS[PEER]()
    every = [truth for truths in read_pages(0).values() for truth in truths.values()]
    pages = [(truth["html"], truth["url"]) for truth in every[:: max(1, len(every) // arguments.sample)]]
    results: list[Times] = []
    for page in pages:
        with with_core:
            expected = article_json(extract(*page))
        with without:
            if article_json(extract(*page)) != expected:
                print(f"read differently without the core: {page[1]}")
                return 1
        results.append(measure(readers, page, arguments.rounds))
    print(f"{len(pages)} pages, {arguments.rounds} rounds: ms of CPU time per page (times that of the core)")
    report(results)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
