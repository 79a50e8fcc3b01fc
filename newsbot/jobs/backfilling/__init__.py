"""The job `backfill`: stores the pages of archives as articles, part by part, in several processes."""
