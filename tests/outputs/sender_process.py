"""A process that delivers changes or runs a watch: `DATABASE output|watch URL`. Tests kill it."""

from __future__ import annotations

import sys

from newsbot.outputs.delivery import Delivery
from newsbot.outputs.output_table import make_output, read_output_tables
from newsbot.outputs.watches.watch_list import watching
from newsbot.outputs.watches.watch_table import read_watch_tables
from newsbot.store.database import Database
from tests.outputs.configured import settings


def main() -> None:
    """Run until everything is sent."""
    url, kind, receiver = sys.argv[1:]
    database = Database(url).open(migrate=False)
    configured = settings()
    if kind == "output":
        [table] = read_output_tables(
            [{"name": "hook", "kind": "webhook", "url": receiver, "batch": 2}]
        ).values()
        Delivery(database=database, table=table, output=make_output(table, configured)).run()
    else:
        [watch] = read_watch_tables([{"name": "harbour", "webhook": receiver}], {}).values()
        watching(database, configured, watch).run()
    database.close()


if __name__ == "__main__":
    main()
