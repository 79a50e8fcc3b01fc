"""URLs of articles: their canonical form, their hosts, and which of them can be fetched."""

from newsbot.urls.canonical import (
    MAX_LENGTH,
    authority_of,
    canonicalize,
    host_of,
    is_fetchable,
    repaired,
    shown_by,
    source_of,
)

__all__ = [
    "MAX_LENGTH",
    "authority_of",
    "canonicalize",
    "host_of",
    "is_fetchable",
    "repaired",
    "shown_by",
    "source_of",
]
