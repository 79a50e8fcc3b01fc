"""The dates that a page shows, and whether they are those of its article."""
