"""Whether the tables of the queue stay small: `python -m benchmarks.queue_rows --postgres URL`.

Places jobs, takes them and ends them by Procrastinate's own functions, as workers do, in the server: 60 a second of simulated
time, one for each poll, with as many waiting as for 640 slots. Every simulated minute the tables are vacuumed, as a
server does by itself. Prints for each half an hour the rows and bytes of the tables, and the CPU time of the server for a job.
Figures: benchmarks/scale.md.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.writing import schema
from newsbot.cluster.queue_app import make_queue
from newsbot.store.placing.queue_database import QueueDatabase

JOBS_A_MINUTE, SOURCES, SHOWN = 3_600, 60_000, 30
TABLES = ("procrastinate_jobs", "procrastinate_events")
_PLACE = text("""
SELECT count(*) FROM procrastinate_defer_jobs_v1(ARRAY(
    SELECT ROW('crawl', 'newsbot.crawl', 0, 'crawl/' || host, 'crawl/' || host, jsonb_build_object('host', host), NULL)
        ::procrastinate_job_to_defer_v1
    FROM (SELECT 'www.s' || number % :sources || '.example' AS host
          FROM generate_series(CAST(:placed AS bigint), CAST(:placed AS bigint) + :count - 1) AS number) AS hosts))
""")
_WORK = """
DO $$
DECLARE job procrastinate_jobs;
BEGIN
    FOR turn IN 1..{count} LOOP
        SELECT * INTO job FROM procrastinate_fetch_job_v2(ARRAY['crawl']::varchar[], {worker});
        COMMIT;
        PERFORM procrastinate_finish_job_v1(job.id, 'succeeded', true);
        COMMIT;
    END LOOP;
END $$
"""
_SIZES = text(
    "SELECT (SELECT count(*) FROM procrastinate_jobs), (SELECT count(*) FROM procrastinate_events),"
    " pg_total_relation_size('procrastinate_jobs'), pg_total_relation_size('procrastinate_events')"
)


def simulate(connection: Connection, minutes: int, waiting: int) -> None:
    """Place, take and end the jobs of so many minutes, and print what the tables hold."""
    worker = connection.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
    server = Path(f"/proc/{connection.scalar(text('SELECT pg_backend_pid()'))}/schedstat")
    work = text(_WORK.format(count=JOBS_A_MINUTE // 12, worker=worker).replace("::", "\\:\\:"))
    placed, before = 0, 0
    for minute in range(minutes):
        for turn in range(12):  # a round of the scheduler every five seconds
            count = waiting if minute == turn == 0 else JOBS_A_MINUTE // 12
            connection.execute(_PLACE, {"sources": SOURCES, "placed": placed, "count": count})
            placed += count
            connection.execute(work)
        for table in TABLES:
            connection.execute(text(f"VACUUM ANALYZE {table}"))
        if (minute + 1) % SHOWN == 0:
            rows, events, jobs_bytes, events_bytes = connection.execute(_SIZES).one()
            used = int(server.read_text().split()[0])
            cost = (used - before) / 1e6 / (SHOWN * JOBS_A_MINUTE)
            before = used
            print(
                f"| {minute + 1} | {rows:,} | {events:,} | {jobs_bytes / 1e6:.1f} MB | {events_bytes / 1e6:.1f} MB"
                f" | {cost:.2f} ms |",
                flush=True,
            )


def main() -> None:
    """Parse the arguments and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgres", required=True)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--waiting", type=int, default=1_280)
    options = parser.parse_args()
    with schema(options.postgres) as url:
        queue = QueueDatabase(url)
        asyncio.run(make_queue(queue))
        with queue.connected() as connection:
            simulate(connection, options.minutes, options.waiting)


if __name__ == "__main__":
    main()
