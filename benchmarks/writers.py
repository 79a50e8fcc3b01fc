"""How much writers wait for each other: `python -m benchmarks.writers --postgres URL`.

Several processes store one stream of made-up articles (`benchmarks.storing`) in a database of PostgreSQL, as crawls and imports do:
each takes every n-th transaction of it. A twentieth are near copies of one of the 2,000 articles before. Every 50 ms the
server is asked what the writers wait for. Prints, for one writer and for several, articles a second, how often a writer
waited for a lock of another one, and for which. Articles a second depend on the number of cores; the waits hardly do.
Figures: benchmarks/writing.md.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from benchmarks.storing import WARM_UP, made_up, store
from benchmarks.writing import schema
from newsbot.ingest.envelope import Envelope
from newsbot.store.database import Database

SAMPLE_S = 0.05
COPIED_FROM = 2_000
NAME = "newsbot_writer"
_WAITS = text("""
SELECT CASE WHEN wait_event_type IS DISTINCT FROM 'Lock' THEN ''
    WHEN wait_event <> 'advisory' THEN 'rows of ' || coalesce(substring(query FROM '(?\\:INTO|UPDATE|FROM) ([a-z_]+)'), '?')
    ELSE coalesce((SELECT to_hex(classid::bigint) || lpad(to_hex(objid::bigint), 8, '0') FROM pg_locks
        WHERE locktype = 'advisory' AND NOT granted AND pg_locks.pid = activity.pid LIMIT 1), '') END
FROM pg_stat_activity AS activity WHERE application_name = :name
""")


def write(url: str, envelopes: Sequence[Envelope], batch: int, ready: Barrier) -> None:
    """Store articles after all other writers have begun."""
    database = Database(url).open()
    store(database, envelopes[:batch], batch)
    ready.wait()
    store(database, envelopes[batch:], batch)
    database.close()


def kind_of(wait: str) -> str:
    """Return what a writer waits for: the kind of an advisory lock, or rows."""
    try:
        key = int(wait, 16).to_bytes(8)
    except ValueError:
        return wait
    names = {b"changes.": "numbers of changes", b"stories.": "stories"}
    if key in names:
        return names[key]
    if key.startswith(b"near"):
        return "near-duplicate keys"
    return "a story" if key[:2] in {b"S\0", b"A\0"} else "addresses and texts"


def sample(connection: Connection, writers: Sequence[BaseProcess]) -> tuple[int, Counter[str]]:
    """Ask what the writers wait for until they have ended; return the number of answers, and those with a lock by kind."""
    asked, waits = 0, Counter[str]()
    while any(writer.is_alive() for writer in writers):
        for (wait,) in connection.execute(_WAITS, {"name": NAME}):
            asked += 1
            if wait:
                waits[kind_of(wait)] += 1
        time.sleep(SAMPLE_S)
    return asked, waits


def measure(url: str, envelopes: Sequence[Envelope], writers: int, batch: int) -> None:
    """Store the articles by so many writers, and print what they have waited for. A third is stored before."""
    named = make_url(url).update_query_dict({"application_name": NAME}).render_as_string(hide_password=False)
    database = Database(url).open()
    store(database, envelopes[: len(envelopes) // 3], 16)
    database.close()
    envelopes = envelopes[len(envelopes) // 3 :]
    parts = [envelopes[start : start + batch] for start in range(0, len(envelopes), batch)]
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(writers + 1)
    processes = [
        context.Process(target=write, args=(named, list(chain(*parts[number::writers])), batch, ready))
        for number in range(writers)
    ]
    for process in processes:
        process.start()
    ready.wait()
    begun = time.monotonic()
    with create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
        asked, waits = sample(connection, processes)
    took = time.monotonic() - begun
    assert not any(process.exitcode for process in processes)
    kinds = ", ".join(f"{name} {count / asked:.1%}" for name, count in waits.most_common())
    print(
        f"{writers} writers x{batch:<3} {(len(envelopes) - writers * batch) / took:6.1f} articles/s"
        f"  waits for locks {waits.total() / asked:.1%} of {asked} samples  {kinds}",
        flush=True,
    )


def main() -> None:
    """Parse the arguments and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgres", required=True)
    parser.add_argument("--articles", type=int, default=3_200)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--batches", type=int, nargs="+", default=[16])
    options = parser.parse_args()
    envelopes = made_up(options.articles + WARM_UP, copied_from=COPIED_FROM)
    for batch in options.batches:
        for writers in options.writers:
            with schema(options.postgres, commits_wait=True) as url:
                measure(url, envelopes, writers, batch)


if __name__ == "__main__":
    main()
