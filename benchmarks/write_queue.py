"""How long the writers of one SQLite file wait for each other: `python -m benchmarks.write_queue`.

Several processes write to a file as crawls do: each begins a transaction, works in it, and begins the next one after a pause. First
as SQLite orders them, then by `store.write_queue`. Prints how many transactions the one with the fewest and the one with the most
have committed, all together, and the mean and the longest wait for the begin of one. Figures: benchmarks/writing.md.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sqlite3
import time
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from newsbot.store.write_queue import WriteQueue

WORKS = [(0.02, 0.2), (0.02, 0.001), (0.05, 0.0)]
"""Seconds of a transaction, and between two of a process."""
LIMIT_S = 60


def write(file: Path, work: tuple[float, float], seconds: float, *, in_turn: bool) -> list[float]:
    """Write for some seconds; return the waits for the begin of each transaction."""
    queue: AbstractContextManager[object] = WriteQueue(file, limit_s=LIMIT_S) if in_turn else nullcontext()
    waits: list[float] = []
    until = time.monotonic() + seconds
    with closing(sqlite3.connect(file, timeout=LIMIT_S, isolation_level=None)) as connection:
        while (asked := time.monotonic()) < until:
            with queue:
                connection.execute("BEGIN IMMEDIATE")
                waits.append((begun := time.monotonic()) - asked)
                connection.execute("INSERT INTO numbers VALUES (1)")
                while time.monotonic() < begun + work[0]:
                    pass
                connection.execute("COMMIT")
            if work[1]:
                time.sleep(work[1])
    return waits


def _write_all(given: tuple[Path, tuple[float, float], float, bool]) -> list[float]:
    file, work, seconds, in_turn = given
    return write(file, work, seconds, in_turn=in_turn)


def measure(writers: int, work: tuple[float, float], seconds: float, *, in_turn: bool) -> str:
    """Return a row of the table."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "numbers.db"
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE numbers (number)")
        with multiprocessing.Pool(writers) as pool:
            found = pool.map(_write_all, [(file, work, seconds, in_turn)] * writers, chunksize=1)
    waits = [wait for each in found for wait in each]
    counts = sorted(map(len, found))
    order = "in turn" if in_turn else "SQLite's"
    return (
        f"| {work[0] * 1000:.0f} ms, then {work[1] * 1000:.0f} ms | {order} | {counts[0]} to {counts[-1]} | {len(waits)} "
        f"| {sum(waits) / len(waits) * 1000:.0f} ms | {max(waits):.2f} s |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--writers", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    print("| work | order | transactions a process | all | mean wait | longest |\n|---|---|---|---|---|---|")
    for work in WORKS:
        for in_turn in (False, True):
            print(measure(options.writers, work, options.seconds, in_turn=in_turn), flush=True)


if __name__ == "__main__":
    main()
