"""The state of crawls: frontier, feeds, fetches, backfills, health."""
