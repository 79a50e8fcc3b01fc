"""Arrays or COPY: `python -m benchmarks.bulk_rows --postgres URL`.

Inserts rows of `mentions` into PostgreSQL by turns: as arrays, as newsbot does (`store.sql.many_rows`), with and without looking whether
a row is there already, and by COPY, whose rows must be new. Prints the CPU time of this process and of the server for a row, in
transactions of 16 articles and of 300. Figures: benchmarks/writing.md.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.storing import MENTIONS
from benchmarks.writing import schema
from newsbot.store.database import Database
from newsbot.store.schema.models import MentionRow
from newsbot.store.sql.dialect import missing_rows, new_rows

Rows = Sequence[Mapping[str, Any]]
COLUMNS = ("article_id", "start_offset", "end_offset", "entity_id", "text")
TURNS = {16: 300, 300: 30}
"""Articles in a transaction -> number of transactions."""
_KEYS = "SELECT conname FROM pg_constraint WHERE conrelid = 'mentions'::regclass AND contype = 'f'"


def by_copy(connection: Connection, rows: Rows) -> None:
    """Insert rows by COPY."""
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY mentions ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in COLUMNS])


WAYS: dict[str, Callable[[Connection, Rows], None]] = {
    "arrays": new_rows(MentionRow).run,
    "arrays, rows that are missing": missing_rows(MentionRow).run,
    "COPY": by_copy,
}


def mentions(articles: int, numbers: count[int], chance: Random) -> Rows:
    """Return the rows of articles that no others have."""
    return [
        {
            "article_id": article_id,
            "start_offset": place * 30,
            "end_offset": place * 30 + 13,
            "entity_id": chance.randrange(40_000),
            "text": "Angela Merkel",
        }
        for article_id in islice(numbers, articles)
        for place in range(MENTIONS)
    ]


def cpu_s(pid: int) -> tuple[float, float]:
    """Return the CPU seconds of this process and of a process of the server on this machine."""
    return time.process_time(), int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def measure(database: Database, articles: int, numbers: count[int]) -> None:
    """Print a row for each way."""
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    chance = Random(1)
    for _ in range(TURNS[articles]):
        for way, insert in WAYS.items():
            rows = mentions(articles, numbers, chance)
            with database.write() as session:
                connection = session.connection()
                pid = int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)
                before = cpu_s(pid)
                insert(connection, rows)
                spent[way] = [
                    was + now - at for was, now, at in zip(spent[way], cpu_s(pid), before, strict=True)
                ]
    inserted = TURNS[articles] * articles * MENTIONS
    for way, (here, there) in spent.items():
        print(
            f"| {articles} | {way} | {here / inserted * 1e6:.1f} | {there / inserted * 1e6:.1f} |", flush=True
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--postgres", required=True)
    options = parser.parse_args()
    print("| articles | way | µs a row | of PostgreSQL |\n|---|---|---|---|")
    with schema(options.postgres) as url:
        database = Database(url).open()
        with database.write() as session:  # the articles and entities of the mentions are not there
            for name in session.scalars(text(_KEYS)).all():
                session.execute(text(f'ALTER TABLE mentions DROP CONSTRAINT "{name}"'))
        numbers = count(1)
        for articles in TURNS:
            measure(database, articles, numbers)
        database.close()


if __name__ == "__main__":
    main()
