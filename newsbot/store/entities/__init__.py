"""Writes entities: names, totals, corrections, merges."""
