"""When to poll a feed, to fetch a page again, and to leave a host alone: intervals, rhythms, claims of change."""
