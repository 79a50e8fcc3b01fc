"""Short paragraphs that a site puts around its articles, told from text by how they recur."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from newsbot.items import Article
from newsbot.text import letters, word_count

EDGE = 3
"""Paragraphs at each end of a body that are looked at."""
MAX_WORDS, MAX_CHARS = 39, 400
"""Of a block; what is longer is text."""
DECAY = 0.95
"""How much an article counts beside the next one of its site: the last twenty or so decide."""
MEMORY = 60
"""Articles of a site without a block after which it is forgotten."""
MIN_ARTICLES = 5
MIN_SHARE, KEPT_SHARE = 0.3, 0.15
"""Of a site's recent articles: to be learnt, and to stay so. Between them nothing flickers."""
SITE_SHARE = 0.8
"""From here on a common author or section is the site's, not that of a series on it."""
SERIES_SHARE = 2 / 3
"""Of a block's articles that must have a mark in common to be a series."""
MAX_MARKS = 24

_QUOTED = re.compile('["„“”«»‹›‘「」『』＂]|^[-–—―]')
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][)\]）]*$")
_TITLE_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is known of one block on one site."""

    article_count: int = 0
    weight: float = 0.0
    """Its articles, the older the less: `DECAY` for every article of the site since."""
    last_article: int = 0
    """Number, among those of the site, of the last article that it stood in."""
    marks: Mapping[str, int] = field(default_factory=dict)
    """What its articles have in common: mark -> number of articles."""
    is_learnt: bool = False

    def share(self, number: int) -> float:
        """Return in which share (0..1) of the site's recent articles it stood, when the last one had this number."""
        return self.weight * DECAY ** (number - self.last_article) * (1 - DECAY) / (1 - DECAY**number)

    def is_boilerplate(self, number: int) -> bool:
        """Tell whether it is to be removed after the site's article of this number."""
        share = self.share(number)
        if self.is_learnt:
            return share >= KEPT_SHARE
        return self.article_count >= MIN_ARTICLES and share >= MIN_SHARE and not self._is_of_series(share)

    def counted(self, number: int, marks: Collection[str]) -> Tally:
        """Return what is known after the article of this number, in which the block stands."""
        old = self if number == 1 or not self.is_learnt or self.is_boilerplate(number - 1) else Tally()
        new = replace(
            old,
            article_count=old.article_count + 1,
            weight=old.weight * DECAY ** (number - old.last_article) + 1,
            last_article=number,
            marks=dict((Counter(old.marks) + Counter(marks)).most_common(MAX_MARKS)),
        )
        return replace(new, is_learnt=new.is_boilerplate(number))

    def _is_of_series(self, share: float) -> bool:
        enough = self.article_count * SERIES_SHARE
        common = [mark for mark, count in self.marks.items() if count >= enough]
        return any(mark.startswith("title:") or share < SITE_SHARE for mark in common)


def series_marks(article: Article) -> set[str]:
    """Return what articles of a series have in common: words of titles, authors, section, topics."""
    title = {f"title:{word}" for word in _TITLE_WORD.findall((article.title or "").casefold())}
    names = {*article.authors, *article.topics, *filter(None, [article.section])}
    return title | {f"name:{name[:60].casefold()}" for name in sorted(names)[:MAX_MARKS]}


def block_keys(texts: Sequence[str]) -> dict[int, bytes]:
    """Return the places of paragraphs that may be boilerplate -> 16 bytes, the same for the same words at the same end.

    Never a quotation, a line of dialogue or a line without letters; a text of one paragraph has none."""
    if len(texts) < 2:
        return {}
    return {
        place: _key("head" if place < len(texts) - 1 - place else "tail", texts[place])
        for place in _edge_places(len(texts))
        if _is_candidate(texts[place])
    }


def kept_places(texts: Sequence[str], learnt: Collection[bytes]) -> list[int]:
    """Return the places of the paragraphs that stay once the learnt blocks are removed; never none.

    A line that is no sentence may be a sub-headline: it goes only if nothing stays between it and its end."""
    keys = block_keys(texts)
    removed: set[int] = set()
    for order in (range(len(texts)), range(len(texts) - 1, -1, -1)):
        is_outermost = True
        for place in order[:EDGE]:
            is_learnt = keys.get(place) in learnt
            if is_learnt and (is_outermost or _SENTENCE_END.search(texts[place])):
                removed.add(place)
            else:
                is_outermost = False
    kept = [place for place in range(len(texts)) if place not in removed]
    return kept or list(range(len(texts)))


def _edge_places(count: int) -> Iterator[int]:
    return (place for place in range(count) if min(place, count - 1 - place) < EDGE)


def _is_candidate(text: str) -> bool:
    return (
        len(text) <= MAX_CHARS
        and not _QUOTED.search(text)
        and any(map(str.isalpha, text))
        and word_count(text) <= MAX_WORDS
    )


def _key(end: str, text: str) -> bytes:
    return blake2b(f"{end}:{letters(text)}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
