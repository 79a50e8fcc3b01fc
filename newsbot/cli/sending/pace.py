"""The pace of commands that follow the log."""

from __future__ import annotations

import click

follow_option = click.option(
    "--follow", is_flag=True, help="Go on with what comes, until Ctrl-C. What fails is tried again."
)
interval_option = click.option(
    "--interval",
    "interval_s",
    type=click.FloatRange(min=0.1, max=3600),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="How often --follow looks.",
)
MAX_PAUSE_S = 300.0


def pause_after(failures: int, interval_s: float) -> float:
    """Return how long `--follow` waits after a number of failures in a row: twice as long after each one."""
    return min(interval_s * 2.0**failures, max(MAX_PAUSE_S, interval_s))
