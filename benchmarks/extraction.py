"""Compare extraction with its peers: bodies, chunks and CPU time over the corpora, all in one run.

    python benchmarks/extraction.py [--sample N] [--only NAME ...] [--out benchmarks/extraction.json]

Needs the extra `bench`, and the corpora (`NEWSBOT_CORPORA` names their folder) with the folder `evaluate` beside
them. A peer that is not installed is left out. CPU time is of the whole call, metadata included where the tool has any.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.corpora import corpora_folder
from newsbot.extraction import extract

NAMES = ("aeb", "fundus_eval", "fundus_tests", "trafilatura")
WARM_UP_PAGES = 20
Extractor = Callable[[str, str], str]


def ours() -> Extractor:
    """Everything that newsbot reads from a page."""
    return lambda html, url: extract(html, url).body


def trafilatura() -> Extractor:
    """trafilatura with metadata, as it comes."""
    peer = importlib.import_module("trafilatura")

    def body(html: str, url: str) -> str:
        found = peer.bare_extraction(html, url=url, with_metadata=True)
        return (found.text if found else "") or ""

    return body


def newspaper4k() -> Extractor:
    """newspaper4k, parse only."""
    peer = importlib.import_module("newspaper")

    def body(html: str, url: str) -> str:
        article = peer.Article(url or "https://page.example/", fetch_images=False)
        article.download(input_html=html)
        article.parse()
        return article.text or ""

    return body


def news_please() -> Extractor:
    """news-please from HTML."""
    peer = importlib.import_module("newsplease")
    return lambda html, url: peer.NewsPlease.from_html(html, url or None, fetch_images=False).maintext or ""


def readability() -> Extractor:
    """readability-lxml: the body only."""
    peer = importlib.import_module("readability")
    lxml_html = importlib.import_module("lxml.html")
    return lambda html, _url: "\n".join(lxml_html.fromstring(peer.Document(html).summary()).itertext())


TOOLS: dict[str, Callable[[], Extractor]] = {
    "newsbot": ours,
    "trafilatura": trafilatura,
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "readability-lxml": readability,
}


def read_pages(sample: int) -> dict[str, dict[str, dict[str, Any]]]:
    """Return corpus -> page id -> truth with `html`; every corpus cut to `sample` pages if that is not 0."""
    corpora = {}
    for name in NAMES:
        truths = json.loads((corpora_folder() / f"{name}.json").read_text(encoding="utf-8"))
        corpora[name] = dict(list(truths.items())[: sample or None])
        for truth in corpora[name].values():
            truth["html"] = gzip.decompress((corpora_folder() / truth["file"]).read_bytes()).decode(
                "utf-8", "replace"
            )
    return corpora


def safely(extractor: Extractor, html: str, url: str) -> str:
    """Return the body, or "" where the tool raises: that is its answer."""
    try:
        return extractor(html, url)
    except Exception:  # noqa: BLE001 - peers raise what they like
        return ""


def measure(
    extractor: Extractor, corpora: dict[str, dict[str, dict[str, Any]]], evaluate: Callable[..., Any]
) -> dict[str, Any]:
    """Return scores by corpus, CPU milliseconds a page, and how far memory grew after the first hundred pages."""
    for truth in list(corpora["aeb"].values())[:WARM_UP_PAGES]:
        safely(extractor, truth["html"], truth["url"])
    result: dict[str, Any] = {}
    seconds, pages, early_kb = 0.0, 0, 0
    for name, truths in corpora.items():
        predicted = {}
        for page_id, truth in truths.items():
            start = time.process_time()
            predicted[page_id] = {"articleBody": safely(extractor, truth["html"], truth["url"])}
            seconds += time.process_time() - start
            pages += 1
            if pages == 100:
                early_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        result[name] = {key: round(value, 4) for key, value in evaluate(truths, predicted).items()}
    result["cpu_ms_per_page"] = round(1000 * seconds / pages, 2)
    result["peak_growth_mb"] = round(
        (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - early_kb) / 1024, 1
    )
    return result


def table(results: dict[str, dict[str, Any]]) -> str:
    """Return the figures as one text table."""
    base = results.get("trafilatura", {}).get("cpu_ms_per_page")
    lines = [
        f"{'':18}"
        + "".join(f"{name:>14}" for name in NAMES)
        + f"{'accuracy aeb':>14}{'ms/page':>10}{'speed':>8}"
    ]
    for tool, result in results.items():
        speed = f"{base / result['cpu_ms_per_page']:.1f}x" if base else "-"
        scores = "".join(f"{result[name]['f1']:14.4f}" for name in NAMES)
        lines.append(
            f"{tool:18}{scores}{result['aeb']['accuracy']:14.3f}{result['cpu_ms_per_page']:10.2f}{speed:>8}"
        )
    return "\n".join(lines)


def main() -> None:
    """Run, print, record."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sample", type=int, default=0, help="pages of each corpus; 0: all")
    options.add_argument("--only", nargs="*", choices=list(TOOLS), default=list(TOOLS))
    options.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"))
    given = options.parse_args()
    sys.path.insert(0, str(corpora_folder().parent / "evaluate"))
    evaluate = importlib.import_module("evaluate_bodies").evaluate
    corpora = read_pages(given.sample)
    results = {}
    for name in given.only:
        try:
            extractor = TOOLS[name]()
        except ImportError as error:
            print(f"{name}: left out, {error}", file=sys.stderr)
            continue
        results[name] = measure(extractor, corpora, evaluate)
        print(f"{name}: done", file=sys.stderr)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cpus": os.cpu_count()}
    kept = {"pages": sum(map(len, corpora.values())), "machine": machine, "results": results}
    given.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(table(results))


if __name__ == "__main__":
    main()
