"""STUB"""

from dataclasses import dataclass

from newsbot.items import Article


@dataclass(frozen=True)
class Precomputed:
    text_key: bytes


def precompute(article: Article) -> Precomputed:
    return Precomputed(b"")
