"""From the bytes of a page to a parsed `Page`: decoding, limits, tree, JSON-LD, microdata."""
