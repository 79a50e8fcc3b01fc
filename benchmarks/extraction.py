"""Compare extraction with its peers: bodies, metadata and CPU time over the corpora, all in one run.

    python -m benchmarks.extraction [--sample N] [--only NAME ...] [--jobs 2] [--out benchmarks/extraction.json]

Needs the extra `bench`, and the corpora (`NEWSBOT_CORPORA` names their folder) with the folder `evaluate` beside
them. A peer that is not installed is left out. CPU time is of the whole call, metadata included where the tool has any.
newsbot's models were trained on these pages: its figures here are those of the training pages. For figures of pages that
were left out, train again with `python -m training.body_model CORPORA --evaluate FOLDER --out FOLDER`.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import os
import platform
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.corpora import corpora_folder
from benchmarks.extraction_tools import TOOLS, Extractor, Found
from newsbot.extraction.page.page import Page
from training.body_report import LANGUAGES, word_f1

NAMES = ("aeb", "fundus_eval", "fundus_tests", "trafilatura", "wcxb")
METADATA = ("fundus_tests", "wcxb")
"""Corpora whose truth has a title, authors and a date."""
FIELDS = {
    "title": "title",
    "authors_ex": "authors",
    "date_day": "day",
    "date_inst": "instant",
    "topics": "topics",
}
"""Score of evaluate_metadata.py -> heading."""
WARM_UP_PAGES = 20
Truths = dict[str, dict[str, Any]]
Results = dict[str, Any]


@cache
def read_pages(sample: int) -> dict[str, Truths]:
    """Return corpus -> page id -> truth with `html`; every corpus cut to `sample` pages if that is not 0."""
    corpora = {}
    for name in NAMES:
        truths = json.loads((corpora_folder() / f"{name}.json").read_text(encoding="utf-8"))
        measure_of = "articleBody" if any("articleBody" in truth for truth in truths.values()) else "with"
        judged = {page: truth for page, truth in truths.items() if truth.get(measure_of)}
        corpora[name] = dict(list(judged.items())[: sample or None])
        for truth in corpora[name].values():
            page = gzip.decompress((corpora_folder() / truth["file"]).read_bytes())
            truth["html"] = page.decode("utf-8", "replace")
            if truth.get("articleBody"):
                truth.pop("with", None)
    return corpora


def evaluator(name: str) -> Any:
    """Return a module of the folder `evaluate`."""
    folder = str(corpora_folder().parent / "evaluate")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module(name)


def safely(extractor: Extractor, html: str, url: str) -> Found | None:
    """Return what the tool finds; None where it raises, which counts as nothing found."""
    try:
        return extractor(html, url)
    except Exception:  # noqa: BLE001 - peers raise what they like
        return None


def measure(tool: str, sample: int) -> Results | str:
    """Return the scores of a tool by corpus, language and kind of page; why it is left out, if it is."""
    try:
        extractor = TOOLS[tool]()
    except (ImportError, AttributeError) as error:
        return str(error)
    corpora = read_pages(sample)
    for truth in list(corpora["aeb"].values())[:WARM_UP_PAGES]:
        safely(extractor, truth["html"], truth["url"])
    answers: dict[tuple[str, str], Found | None] = {}
    start = time.process_time()
    for name, truths in corpora.items():
        for page_id, truth in truths.items():
            answers[name, page_id] = safely(extractor, truth["html"], truth["url"])
    cpu_ms = 1000 * (time.process_time() - start) / len(answers)
    failed = sum(answer is None for answer in answers.values())
    if failed == len(answers):
        return "it fails on every page"
    found = {key: answer or {} for key, answer in answers.items()}
    result: Results = {"cpu_ms_per_page": round(cpu_ms, 2), "failed": failed}
    for group, pages in grouped(corpora).items():
        result[group] = scores_of(pages, found)
    return result


def grouped(corpora: dict[str, Truths]) -> dict[str, dict[tuple[str, str], Any]]:
    """Return the truths by corpus, by language where it is named, and of wcxb by what the page says that it is."""
    groups: dict[str, dict[tuple[str, str], Any]] = defaultdict(dict)
    for corpus, truths in corpora.items():
        for page_id, truth in truths.items():
            key = corpus, page_id
            groups[corpus][key] = truth
            if language := truth.get("meta", {}).get("language"):
                groups[f"{corpus}: {LANGUAGES.get(language, 'others')}"][key] = truth
            if corpus == "wcxb":
                groups[f"wcxb: {declared_kind(truth)}"][key] = truth
    return groups


def declared_kind(truth: dict[str, Any]) -> str:
    """Return which kind of text the JSON-LD of a page says that it is."""
    types = json.dumps([item.get("@type") for item in Page.from_text(truth["html"]).json_ld])
    kinds = {
        "NewsArticle": "news",
        "BlogPosting": "blog",
        "Recipe": "guide",
        "HowTo": "guide",
        "Article": "article",
    }
    return next((kind for name, kind in kinds.items() if f'"{name}"' in types), "undeclared")


def scores_of(pages: dict[tuple[str, str], Any], found: dict[tuple[str, str], Found]) -> dict[str, float]:
    """Return the scores of a group of pages."""
    bodies = {key: {"articleBody": found[key].get("body") or ""} for key in pages}
    scores = dict(evaluator("evaluate_bodies").evaluate(pages, bodies))
    with_body = {key: truth["articleBody"] for key, truth in pages.items() if truth.get("articleBody")}
    if with_body:
        scores["word_f1"] = fmean(
            word_f1(body, bodies[key]["articleBody"]) for key, body in with_body.items()
        )
    scores["pages"] = len(pages)
    scores["empty"] = sum(not body["articleBody"].strip() for body in bodies.values())
    scores.update(metadata_scores(pages, found))
    return {name: round(value, 4) for name, value in scores.items()}


def _is_vague_date(name: str, value: object) -> bool:
    """Return whether a true date is only a month or a year, which cannot be compared."""
    return name == "published" and isinstance(value, str) and len(value) < len("2026-05-03")


def metadata_scores(
    pages: dict[tuple[str, str], Any], found: dict[tuple[str, str], Found]
) -> Iterator[tuple[str, float]]:
    """Yield the mean of each score of metadata over the pages whose truth has the field."""
    totals: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for key, truth in pages.items():
        if key[0] in METADATA:
            known = {name: value for name, value in truth["meta"].items() if not _is_vague_date(name, value)}
            for name, score in evaluator("evaluate_metadata").score_page(known, found[key]).items():
                totals[name] += score
                counts[name] += 1
    yield from ((heading, totals[name] / counts[name]) for name, heading in FIELDS.items() if counts[name])


def table(results: dict[str, Results]) -> str:
    """Return the figures as one text table: F1 of 4-word shingles or chunks by corpus; on wcxb that of words."""
    base = results.get("trafilatura", {}).get("cpu_ms_per_page")
    headings = [*NAMES[:4], "wcxb words", "empty", "title", "authors", "day", "ms/page", "speed"]
    lines = [f"{'':18}" + "".join(f"{heading:>14}" for heading in headings)]
    for tool, result in results.items():
        cells = [f"{result[name]['f1']:.4f}" for name in NAMES[:4]]
        cells.append(f"{result['wcxb']['word_f1']:.4f}")
        cells.append(str(sum(int(result[name]["empty"]) for name in NAMES)))
        cells += [f"{result['wcxb'].get(field, 0):.3f}" for field in ("title", "authors", "day")]
        cells.append(f"{result['cpu_ms_per_page']:.1f}")
        cells.append(f"{base / result['cpu_ms_per_page']:.1f}x" if base else "-")
        lines.append(f"{tool:18}" + "".join(f"{cell:>14}" for cell in cells))
    return "\n".join(lines)


def group_table(results: dict[str, Results]) -> str:
    """Return the F1 by language and by kind of page: of words, for chunks of these."""
    first = next(iter(results.values()))
    groups = [group for group in first if ":" in group]
    lines = [f"{'':30}{'pages':>7}" + "".join(f"{tool:>18}" for tool in results)]
    for group in groups:
        cells = "".join(f"{result[group].get('word_f1', 0):18.4f}" for result in results.values())
        lines.append(f"{group:30}{first[group]['pages']:7.0f}{cells}")
    return "\n".join(lines)


def main() -> None:
    """Run, print, record."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sample", type=int, default=0, help="pages of each corpus; 0: all")
    options.add_argument("--only", nargs="*", choices=list(TOOLS), default=list(TOOLS))
    options.add_argument(
        "--jobs", type=int, default=1, help="tools that run at a time; figures of CPU need 1"
    )
    options.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"))
    given = options.parse_args()
    corpora_folder()
    results: dict[str, Results] = {}
    with ProcessPoolExecutor(given.jobs, max_tasks_per_child=1) as pool:
        futures = {tool: pool.submit(measure, tool, given.sample) for tool in given.only}
        for tool, future in futures.items():
            result = future.result()
            if isinstance(result, str):
                print(f"{tool}: left out, {result}", file=sys.stderr)
            else:
                results[tool] = result
                print(f"{tool}: done", file=sys.stderr)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cpus": os.cpu_count()}
    kept = {"sample": given.sample, "machine": machine, "results": results}
    given.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(table(results), group_table(results), sep="\n\n")


if __name__ == "__main__":
    main()
