"""Texts in which people have labelled the names, and how many of them an engine finds."""
