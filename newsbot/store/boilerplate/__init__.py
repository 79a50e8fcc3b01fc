"""Boilerplate of sources: what was removed from articles, and blocks that people keep."""
