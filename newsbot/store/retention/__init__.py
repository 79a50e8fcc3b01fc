"""Deletes old rows of crawls: fetches, the frontier, rejects."""
