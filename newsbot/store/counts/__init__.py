"""Counts of the articles that queries find: over time, by source, by what they mention."""
