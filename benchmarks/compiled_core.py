"""Compare extraction with the compiled core, without it, and trafilatura, by turns in one run.

    python -m benchmarks.compiled_core [--sample 240] [--rounds 3]

Needs the corpora (`NEWSBOT_CORPORA` names their folder), and newsbot-core; trafilatura, of the extra `bench`, is left out
where it is not installed. Prints milliseconds of CPU time per page, the mean and the median of the pages, of each round, and
the ratios. Exit status 1 if a page is read differently without the core.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import fmean, median
from unittest.mock import patch

from benchmarks.corpora import corpora_folder
from benchmarks.extraction import read_pages
from benchmarks.extraction_tools import TOOLS
from newsbot.extraction import extract
from newsbot.extraction.body.body_model import load_body_models
from newsbot.extraction.body.scoring.core_tables import load_core_tables
from newsbot.extraction.kinds.kind_model import load_kind_model
from newsbot.extraction.trees.compiled_core import PACKAGE, load_core
from newsbot.items import article_json

WARM_UP_PAGES = 10
Pages = list[tuple[str, str]]


@contextmanager
def core(*, is_used: bool) -> Iterator[None]:
    """Have the core installed, or not."""
    hidden = {} if is_used else {PACKAGE: None}
    with patch.dict(sys.modules, hidden):
        for cached in (load_core, load_core_tables, load_body_models, load_kind_model):
            cached.cache_clear()
        yield


def cpu_ms(read: Callable[[str, str], object], pages: Pages) -> tuple[float, float]:
    """Return the milliseconds of CPU time of a page: the mean, and the median."""
    for html, url in pages[:WARM_UP_PAGES]:
        read(html, url)
    times = []
    for html, url in pages:
        start = time.process_time()
        read(html, url)
        times.append(1000 * (time.process_time() - start))
    return fmean(times), median(times)


def differing(pages: Pages) -> list[str]:
    """Return the URLs of the pages that are read differently without the core."""
    with core(is_used=True):
        expected = [article_json(extract(html, url)) for html, url in pages]
    with core(is_used=False):
        found = [article_json(extract(html, url)) for html, url in pages]
    return [url for (_, url), one, other in zip(pages, expected, found, strict=True) if one != other]


def main() -> int:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=240, help="number of pages")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    every = [truth for truths in read_pages(0).values() for truth in truths.values()]
    chosen = every[:: max(1, len(every) // arguments.sample)]
    pages = [(truth["html"], truth["url"]) for truth in chosen]
    with core(is_used=True):
        if load_core_tables() is None:
            print("newsbot-core is not installed: pip install ./core")
            return 1
    print(f"{len(pages)} pages of {corpora_folder().name}")
    if found := differing(pages):
        print("read differently without the core:", *found, sep="\n")
        return 1
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    try:
        peer = TOOLS["trafilatura"]()
    except ImportError:
        peer = None
    for _ in range(arguments.rounds):
        for is_used in (False, True):
            with core(is_used=is_used):
                times["with core" if is_used else "Python"].append(cpu_ms(extract, pages))
        if peer:
            times["trafilatura"].append(cpu_ms(peer, pages))
    for number, name in enumerate(("mean", "median")):
        print(name)
        base = [of_round[number] for of_round in times["with core"]]
        for tool, of_rounds in times.items():
            own = [of_round[number] for of_round in of_rounds]
            ratio = median(one / other for one, other in zip(own, base, strict=True))
            print(f"  {tool:12}", *(f"{value:7.2f}" for value in own), f"  {ratio:.2f} times the core's")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
