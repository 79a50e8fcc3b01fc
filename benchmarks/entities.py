"""Quality and speed of every entity engine that is installed, in one table.

    python benchmarks/entities.py [--corpora FOLDER] [ENGINE ...]
    python benchmarks/entities.py --languages [--corpora FOLDER] [ENGINE ...]

With `--languages`, the tables have the tests of other languages, and the mean of those of each language.

Quality: strict F1 over spans, a sentence a text, scored by evaluate_ner.py beside the corpora. Speed: articles of 700
words a CPU second on one core, no paragraph twice, then the same ones again; the text is what people marked as the body
of real news pages. Each engine runs in a process of its own, so that start-up and memory are its own too.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpora import corpora_folder

ENGINES = ("model", "fast", "multi", "rules", "spacy")
ENGINES_ELSEWHERE = ("multi", "rules")
TESTS = ("test-ewt", "test-crossner-politics")
ARTICLE_WORDS = 700
ARTICLES = 60


def articles(corpora: Path) -> list[str]:
    """Return texts of `ARTICLE_WORDS` words from the hand-made bodies of news pages; no paragraph comes twice."""
    bodies = json.loads((corpora / "aeb.json").read_text(encoding="utf-8")).values()
    lines = dict.fromkeys(line for body in bodies for line in body["articleBody"].splitlines())
    texts: list[str] = []
    gathered: list[str] = []
    count = 0
    for line in lines:
        gathered.append(line)
        count += len(line.split())
        if count >= ARTICLE_WORDS:
            texts.append("\n".join(gathered))
            gathered, count = [], 0
    return texts[:ARTICLES]


def measure(engine: str, corpora: Path) -> dict[str, float]:
    """Return one engine's figures; run in a fresh process."""
    started = time.perf_counter()
    from newsbot.entities.engine import load_engine

    recognize = load_engine(engine).recognize
    recognize("Warm up in Berlin.")
    figures = {"start_s": time.perf_counter() - started}
    texts = articles(corpora)
    clock = time.process_time()
    for text in texts:
        recognize(text)
    figures["articles_s"] = len(texts) / (time.process_time() - clock)
    clock = time.process_time()
    for text in texts:
        recognize(text)
    figures["repeats_s"] = len(texts) / (time.process_time() - clock)
    figures["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.path.insert(0, str(corpora.parent / "evaluate"))
    import evaluate_ner

    for test in TESTS:
        scores = evaluate_ner.score(str(corpora / "ner" / f"{test}.jsonl.gz"), recognize)
        figures |= {
            f"{test} {kind}": f1 for kind, f1 in scores.items() if kind in ("all", "PER", "ORG", "LOC")
        }
    return figures


def measure_languages(engine: str, corpora: Path) -> dict[str, float]:
    """Return an engine's F1 on the tests of other languages, by type."""
    from newsbot.entities.engine import load_engine

    sys.path.insert(0, str(corpora.parent / "evaluate"))
    import evaluate_ner

    recognize = load_engine(engine).recognize
    figures: dict[str, float] = {}
    for test in sorted((corpora / "ner-multi").glob("test-*.jsonl.gz")):
        scores = evaluate_ner.score(str(test), recognize)
        name = test.name.removeprefix("test-").removesuffix(".jsonl.gz")
        figures |= {f"{name} {kind}": f1 for kind, f1 in scores.items()}
    return figures


def measured_apart(engine: str, corpora: Path, kind: str = "--one") -> dict[str, float] | str:
    """Return an engine's figures from a process of its own, or why there are none."""
    command = [sys.executable, __file__, "--corpora", str(corpora), kind, engine]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.stderr.strip().splitlines()[-1] if run.returncode else json.loads(run.stdout)


def cell(figures: dict[str, float], test: str) -> str:
    """Return the F1 of a test, over all names and by type."""
    total, *kinds = (f"{figures[f'{test} {kind}']:.1f}" for kind in ("all", "PER", "ORG", "LOC"))
    return f"{total} ({' '.join(kinds)})"


def row(engine: str, figures: dict[str, float]) -> str:
    """Return one line of the table."""
    cells = [engine]
    cells += [cell(figures, test) for test in TESTS]
    cells += [f"{figures['articles_s']:.1f}", f"{figures['repeats_s']:.0f}"]
    cells += [f"{figures['start_s']:.2f}", f"{figures['memory_mb']:.0f}"]
    return f"| {' | '.join(cells)} |"


def print_languages(engines: Sequence[str], corpora: Path) -> None:
    """Print a table of the tests of other languages, and one of the means of each language."""
    figures: dict[str, dict[str, float]] = {}
    for engine in engines:
        measured = measured_apart(engine, corpora, "--one-elsewhere")
        if isinstance(measured, str):
            print(f"{engine}: {measured}")
        else:
            figures[engine] = measured
    tests = dict.fromkeys(name.rpartition(" ")[0] for measured in figures.values() for name in measured)
    print(f"| test | {' | '.join(f'{engine} F1 (PER ORG LOC)' for engine in figures)} |")
    print(f"|---|{'---|' * len(figures)}")
    for test in tests:
        cells = [cell(measured, test) for measured in figures.values()]
        print(f"| {test} | {' | '.join(cells)} |")
    for engine, measured in figures.items():
        means = means_of_languages({test: measured[f"{test} all"] for test in tests})
        listed = ", ".join(f"{language} {mean:.1f}" for language, mean in means.items())
        print(f"\n`{engine}`, mean of the tests of each language: {listed}.")
        print(f"Mean of {len(means)} languages: {sum(means.values()) / len(means):.1f}.")


def means_of_languages(scores: dict[str, float]) -> dict[str, float]:
    """Return the mean of the tests of each language, the best language first; the keys of `scores` begin with it."""
    languages: dict[str, list[float]] = {}
    for test, score in scores.items():
        languages.setdefault(test.partition("-")[0], []).append(score)
    means = {language: sum(found) / len(found) for language, found in languages.items()}
    return dict(sorted(means.items(), key=lambda item: -item[1]))


def main() -> None:
    """Measure each engine in its own process and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--corpora", type=Path, help="their folder; default: the one that NEWSBOT_CORPORA names"
    )
    parser.add_argument("--one", action="store_true", help="print one engine's figures as JSON")
    parser.add_argument("--one-elsewhere", action="store_true", help="the same, of other languages")
    parser.add_argument("--languages", action="store_true", help="measure the tests of other languages")
    parser.add_argument("engines", nargs="*")
    args = parser.parse_args()
    corpora = corpora_folder(args.corpora)
    if args.one_elsewhere:
        print(json.dumps(measure_languages(args.engines[0], corpora)))
        return
    if args.languages:
        print_languages(args.engines or ENGINES_ELSEWHERE, corpora)
        return
    if args.one:
        print(json.dumps(measure(args.engines[0], corpora)))
        return
    tests = " | ".join(f"{test} F1 (PER ORG LOC)" for test in TESTS)
    print(
        f"| engine | {tests} | articles/CPU-s | repeats/CPU-s | start s | MB |\n|---|---|---|---|---|---|---|"
    )
    for engine in args.engines or ENGINES:
        figures = measured_apart(engine, corpora)
        print(f"{engine}: {figures}" if isinstance(figures, str) else row(engine, figures))


if __name__ == "__main__":
    main()
