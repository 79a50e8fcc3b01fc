"""Boilerplate of a site: short paragraphs at the ends of its articles, recognised by how often they recur.

Only lines that speak of the page, or are no sentences, can be boilerplate (`languages.page_talk`). A sentence of reporting
stays, even if all articles of a site have it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Literal

from newsbot.items import Article
from newsbot.languages.wording.page_talk import ends_sentence, is_page_talk
from newsbot.text import letters, word_count

EDGE = 3
"""Number of paragraphs at each end of a body that are examined."""
MAX_WORDS, MAX_CHARS = 39, 400
"""Maximum length of a block; a longer paragraph is text."""
DECAY = 0.95
"""Weight of an article relative to the next one of its site: about the last twenty decide."""
MEMORY = 60
"""Number of articles of a site without a block after which the block is forgotten."""
MIN_ARTICLES = 5
"""Minimum number of articles with a block before it counts as boilerplate."""
MIN_SHARE, KEPT_SHARE = 0.3, 0.15
"""Shares of a site's recent articles: minimum to become boilerplate, and minimum to remain so. The gap prevents flicker."""
SITE_SHARE = 0.8
"""Share from which a common author or section is that of the whole site, not of a series."""
SERIES_SHARE = 2 / 3
"""Minimum share of a block's articles with a common mark that makes them a series."""
MAX_MARKS = 24
"""Maximum number of marks stored per block, and names per article."""

_QUOTED = re.compile('["„“”«»‹›‘「」『』＂]|^[-–—―]')
_TITLE_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The statistics of one block on one site."""

    article_count: int = 0
    weight: float = 0.0
    """Number of articles with the block, weighted by `DECAY` for every later article of the site."""
    last_article: int = 0
    """Sequence number within the site of the last article with the block."""
    marks: Mapping[str, int] = field(default_factory=dict)
    """Mark -> number of articles with the block that have the mark (see `series_marks`)."""
    is_learnt: bool = False
    """Whether the block was boilerplate after `last_article`."""

    def share(self, number: int) -> float:
        """Return the share (0..1) of the site's recent articles with the block; `number` is that of the newest article."""
        return self.weight * DECAY ** (number - self.last_article) * (1 - DECAY) / (1 - DECAY**number)

    def is_boilerplate(self, number: int) -> bool:
        """Return whether the block is boilerplate after the site's article of this number."""
        share = self.share(number)
        if self.is_learnt:
            return share >= KEPT_SHARE
        return self.article_count >= MIN_ARTICLES and share >= MIN_SHARE and not self._is_of_series(share)

    def counted(self, number: int, marks: Collection[str]) -> Tally:
        """Return the statistics updated with the article of this number, which has the block."""
        old = self if number == 1 or not self.is_learnt or self.is_boilerplate(number - 1) else Tally()
        new = Tally(
            article_count=old.article_count + 1,
            weight=old.weight * DECAY ** (number - old.last_article) + 1,
            last_article=number,
            marks=_more_marks(old.marks, marks),
            is_learnt=old.is_learnt,
        )
        is_learnt = new.is_boilerplate(number)
        return new if is_learnt == new.is_learnt else replace(new, is_learnt=is_learnt)

    def _is_of_series(self, share: float) -> bool:
        enough = self.article_count * SERIES_SHARE
        common = [mark for mark, count in self.marks.items() if count >= enough]
        return any(mark.startswith("title:") or share < SITE_SHARE for mark in common)


def _more_marks(known: Mapping[str, int], marks: Collection[str]) -> dict[str, int]:
    """Return the numbers of articles with each mark after another one that has `marks`; the most common ones only."""
    counts = Counter(known) + Counter(marks) if known else Counter(marks)
    return dict(counts.most_common(MAX_MARKS))


def series_marks(article: Article) -> set[str]:
    """Return the marks by which a series is recognised: title words, authors, section and topics of an article."""
    title = {f"title:{word}" for word in _TITLE_WORD.findall((article.title or "").casefold())}
    names = {*article.authors, *article.topics, *filter(None, [article.section])}
    return title | {f"name:{name[:60].casefold()}" for name in sorted(names)[:MAX_MARKS]}


def block_keys(texts: Sequence[str]) -> dict[int, bytes]:
    """Return paragraph index -> 16-byte key of the paragraphs that may be boilerplate; equal words at the same end, equal key.

    Reporting, quotations, dialogue and lines without letters are left out, and so is the only paragraph of a text."""
    if len(texts) < 2:
        return {}
    return {
        place: block_key("head" if place < len(texts) - 1 - place else "tail", texts[place])
        for place in _edge_places(len(texts))
        if _is_candidate(texts[place])
    }


def kept_places(texts: Sequence[str], learnt: Collection[bytes]) -> list[int]:
    """Return the indexes of the paragraphs that remain after the learnt blocks are removed; at least one remains.

    A line that is no sentence may be a sub-headline: it is removed only if all paragraphs outside it are."""
    keys = block_keys(texts)
    removed: set[int] = set()
    for order in (range(len(texts)), range(len(texts) - 1, -1, -1)):
        is_outermost = True
        for place in order[:EDGE]:
            is_learnt = keys.get(place) in learnt
            if is_learnt and (is_outermost or ends_sentence(texts[place])):
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
        and is_page_talk(text)
    )


def block_key(end: Literal["head", "tail"], text: str) -> bytes:
    """Return the key of a paragraph at one end of a text."""
    return blake2b(f"{end}:{letters(text)}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
