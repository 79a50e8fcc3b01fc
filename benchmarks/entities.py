"""Quality and speed of every entity engine that is installed, in one table.

    python benchmarks/entities.py [--corpora FOLDER] [ENGINE ...]

Quality: strict F1 over spans (the corpora's tokens joined into text, as evaluate_ner.py does), once with a sentence a
text, as the corpora come. Speed: articles of 700 words a CPU second on one core, no sentence twice; the text is what
people marked as the body of real news pages. Each engine runs in a process of its own, so that start-up and memory
are its own too.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ENGINES = ("model", "rules", "spacy")
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


def main() -> None:
    """Measure each engine in its own process and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--corpora", type=Path, default=Path(os.environ.get("NEWSBOT_CORPORA", "../shared/corpora"))
    )
    parser.add_argument("--one", action="store_true", help="print one engine's figures as JSON")
    parser.add_argument("engines", nargs="*", default=ENGINES)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measure(args.engines[0], args.corpora)))
        return
    print(f"{'engine':8}" + "".join(f"{test + ' F1 (PER ORG LOC)':>42}" for test in TESTS), end="")
    print(f"{'articles/s':>12}{'repeats/s':>12}{'start s':>10}{'MB':>7}")
    for engine in args.engines:
        command = [sys.executable, __file__, "--corpora", args.corpora, "--one", engine]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            print(f"{engine:8}not measured: {run.stderr.strip().splitlines()[-1]}")
            continue
        figures = json.loads(run.stdout)
        print(f"{engine:8}", end="")
        for test in TESTS:
            scores = [f"{figures[f'{test} {kind}']:.1f}" for kind in ("all", "PER", "ORG", "LOC")]
            print(f"{scores[0] + ' (' + ' '.join(scores[1:]) + ')':>42}", end="")
        print(
            "".join(
                f"{figures[k]:>{w}.{d}f}"
                for k, w, d in (
                    ("articles_s", 12, 1),
                    ("repeats_s", 12, 0),
                    ("start_s", 10, 2),
                    ("memory_mb", 7, 0),
                )
            )
        )


if __name__ == "__main__":
    main()
