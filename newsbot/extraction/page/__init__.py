"""Bytes of a page -> a parsed `Page`: decoding, limits, tree, JSON-LD, microdata."""
