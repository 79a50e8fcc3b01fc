"""Writes articles: their rows, revisions, stories and learnt boilerplate."""
