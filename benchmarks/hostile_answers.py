"""Crawl servers with hostile answers, and say what is wrong with the outcome.

    python benchmarks/hostile_answers.py [--count 2000] [--seed 1] [--database URL]

The answers are made up from the seed (`tests/hostile_answers.py`): status lines, headers, lengths, chunks, codings and bombs,
bodies, charsets, redirects, connections that are broken off, slow or endless, and bad certificates. `scrapy crawl article`
has to end with status 0, with an article or a reject for every address, a log without tracebacks and control characters,
an archive that is whole, and less than 400 MB of memory in each process. `tests/test_hostile_answers.py` runs some of them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.hostile_crawl import hostile_crawl

MAX_MB = 400


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=1800, help="seconds")
    parser.add_argument(
        "--database", metavar="URL", help="an empty database; SQLite in a new folder if none is given"
    )
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="newsbot-hostile-"))
    outcome = hostile_crawl(
        folder,
        seed=arguments.seed,
        count=arguments.count,
        timeout_s=arguments.timeout,
        database_url=arguments.database,
    )
    problems = outcome.problems + [f"{peak} MB" for peak in outcome.peak_mb.values() if peak > MAX_MB]
    print(f"{arguments.count} answers, seed {arguments.seed}: {outcome.seconds:.0f} s")
    print(f"peak memory of the processes: {', '.join(f'{peak} MB' for peak in outcome.peak_mb.values())}")
    for reason, number in outcome.reasons.most_common():
        print(f"{number:6} {reason}")
    print("\n".join(problems) or "nothing is wrong")
    if not problems:
        shutil.rmtree(folder)
    else:
        print(f"log, database and archive: {folder}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
