"""Feeds as documents: Atom and JSON Feed, and the answer to readers that have them already."""
