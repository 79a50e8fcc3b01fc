"""Choose the blocks of a page that are the body of the article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from newsbot.extraction.body.blocks import CONCEALED, TAG_BITS, Block, Container
from newsbot.extraction.body.class_words import FAMILY_BITS
from newsbot.extraction.body.containers import HEADINGS
from newsbot.extraction.body.densest import densest_blocks, has_words
from newsbot.extraction.body.features.block_features import DeclaredMetadata
from newsbot.extraction.body.foreign_parts import find_headline, without_foreign
from newsbot.extraction.body.scoring.block_reading import score_blocks

MIN_SCORE: Final = 0.5
"""Score from which a block is in the body."""
MIN_UNSURE_SCORE: Final = 0.15
"""The same on pages where hardly any block has that."""
_MIN_SCORES: Final = {"blocks": MIN_SCORE, "unsure blocks": MIN_UNSURE_SCORE}
"""Rule -> score from which a block is in the body."""
MIN_CHARS: Final = 140
MIN_SHARE: Final = 0.1
"""Number of characters of a body, and its share (0..1) of the running text of the page, below which blocks of lower
scores are tried, too. On pages of wcxb that were left out, the share wins 0.001 of the F1 of words."""
MAX_DATE_CHARS: Final = 40
MAX_DATE_LETTERS: Final = 14
"""Maximum number of letters in a line that is a date: "Published 3 May 2026, 10:15 am" has 14."""
MIN_SIBLING_CHARS: Final = 80
MIN_SIBLING_SHARE: Final = 0.3
"""Share (0..1) of chosen paragraphs among those of one kind from which the ones between them are chosen, too."""
MIN_SIBLING_SCORE: Final = 0.15
MIN_LONG_GROUP: Final = 60
"""Number of paragraphs of one kind from which all count as between the chosen ones: lists of results, long reports."""
MAX_COPYRIGHT_CHARS: Final = 150
MAX_PULL_QUOTE_CHARS: Final = 300
MAX_PULL_QUOTES: Final = 60
"""Number of quotations above which they are the text."""
_QUOTES: Final = FAMILY_BITS["quote"] | TAG_BITS["blockquote"] | TAG_BITS["aside"]
MIN_TEASERS: Final = 4
"""Number of similar elements that make a list of teasers."""
MAX_TEASER_CHARS: Final = 800
MIN_TEASER_LINKS: Final = 1 / 12
"""Share of linked characters above which a repeated element is a teaser with a linked headline."""
MIN_REPEAT_CHARS: Final = 26
"""Shorter lines may occur twice in an article."""
MAX_CONCEALED_SHARE: Final = 0.35
"""Length of hidden blocks, relative to the other ones, up to which they are left out. Of the pages whose whole body is
known, 3 have less, and in 2 of them it is no part of the body; 2 have more, and in both it is the body."""
MAX_REST_CHARS: Final = 100_000
MAX_LINES_BEFORE: Final = 4
"""Number of lines at the beginning of a text that may be a byline."""
MAX_BYLINE_CHARS: Final = 150
MAX_BYLINE_REST: Final = 24
"""Number of letters of a byline besides the names: "Published by", "and", a month."""
MIN_LIST_SHARE: Final = 0.6
"""Share (0..1) of the text of a list from which all of its items are chosen."""
_DENSEST: Final = "densest blocks"
_LIST: Final = TAG_BITS["ul"]
_LIST_TAGS: Final = frozenset(("ul", "ol", "dl", "li", "dt", "dd", "p", "div"))
"""Elements between an item and the outermost list around it."""


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LETTER = re.compile(r"[^\W\d_]")
_NO_LETTERS = re.compile(r"[\W\d_]+")


@dataclass(slots=True)
class Body:
    """The text of an article, and how it was found."""

    text: str
    """Paragraphs separated by a blank line."""
    rule: str
    """Name of the rule that found the text, as in `Article.rules`."""
    links: int = 0
    """Number of links on the page outside the text."""
    teaser_share: float = 0.0
    """Share of the text in short, similar elements with a linked headline each: 1 on pages of teasers."""
    rest: str = ""
    """The other texts of the page, such as invitations to subscribe and related stories, one block a line."""
    blocks: Sequence[Block] = ()
    """The blocks that the text consists of; none if it comes from the data of the page."""

    @property
    def sure_text(self) -> str:
        """The text; "" if it is any prose of a page on which the models find no article."""
        return "" if self.rule == _DENSEST else self.text


def read_body(blocks: Sequence[Block], declared: DeclaredMetadata) -> Body:
    """Return the body that the blocks of a page show."""
    chosen, rule = choose_blocks(blocks, declared)
    chosen = without_concealed(chosen)
    shown = text_of_blocks(chosen)
    taken = set(map(id, chosen))
    others = [block for block in blocks if id(block) not in taken]
    return Body(
        text=shown,
        rule=rule,
        links=sum(block.links for block in others),
        teaser_share=_teaser_share(chosen),
        rest="\n".join(block.text for block in others)[:MAX_REST_CHARS],
        blocks=chosen,
    )


def without_concealed(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without hidden ones, such as copies and summaries, if these are a small part of the text.

    Hidden blocks that are a large part are shown by scripts later, and so are several hidden elements of one kind: the
    parts of a list that a reader opens one by one."""
    hidden = [_concealed(block.container) for block in blocks]
    alike = Counter((element.tag, element.names) for element in set(hidden) if element)
    shown = [
        block
        for block, element in zip(blocks, hidden, strict=True)
        if element is None or alike[element.tag, element.names] > 1
    ]
    shown_chars = sum(len(block.text) for block in shown)
    hidden_chars = sum(len(block.text) for block in blocks) - shown_chars
    return shown if hidden_chars <= MAX_CONCEALED_SHARE * shown_chars else list(blocks)


def _concealed(container: Container | None) -> Container | None:
    """Return the innermost hidden container around a block, itself included; None if it is not hidden."""
    while container and container.inherited & CONCEALED and not container.flags & CONCEALED:
        container = container.parent
    return container if container and container.flags & CONCEALED else None


def text_of_blocks(blocks: Iterable[Block]) -> str:
    """Return the lines of blocks as paragraphs, separated by a blank line."""
    return "\n\n".join(block.text.replace("\n", "\n\n") for block in blocks)


def _teaser_share(blocks: Sequence[Block]) -> float:
    teaser_chars = sum(len(block.text) for block in blocks if _is_teaser(block.container))
    return teaser_chars / (sum(len(block.text) for block in blocks) or 1)


def _is_teaser(container: Container) -> bool:
    """Return whether a container is in one of several similar short elements with linked headlines."""
    return (
        container.repeats >= MIN_TEASERS
        and container.item_links > MIN_TEASER_LINKS
        and container.item_chars < MAX_TEASER_CHARS
    )


def choose_blocks(blocks: Sequence[Block], declared: DeclaredMetadata) -> tuple[list[Block], str]:
    """Return the blocks of the body in the order of the page, without repeated ones, and the rule that found them."""
    candidates, prose, scores = score_blocks(blocks, declared)
    return select_blocks(blocks, candidates, prose, scores, declared) if candidates else ([], "none")


def select_blocks(
    blocks: Sequence[Block],
    candidates: Sequence[Block],
    prose: Sequence[bool],
    scores: Sequence[float],
    declared: DeclaredMetadata,
) -> tuple[list[Block], str]:
    """Return the blocks of the body, and the name of the rule, which says how sure it is.

    `blocks` are all blocks of the page; `candidates` are those with a score."""
    headline = find_headline(blocks, declared.title)
    running_chars = sum(
        len(block.text) for block, is_prose in zip(candidates, prose, strict=True) if is_prose
    )
    min_chars = max(MIN_CHARS, MIN_SHARE * running_chars)
    first: tuple[list[Block], str] = [], "none"
    for rule, min_score in _MIN_SCORES.items():
        chosen = likely_blocks(candidates, scores, declared, min_score)
        chosen = without_foreign(blocks, chosen, headline)
        if _text_chars(chosen) >= min_chars:
            return chosen, rule
        if not first[0] and any(has_words(block.text) for block in chosen):
            first = chosen, rule
    if _text_chars(first[0]) < MIN_CHARS and (dense := densest_blocks(candidates, prose, scores)):
        return drop_repeats(dense), _DENSEST
    return first


def _text_chars(blocks: Sequence[Block]) -> int:
    """Return the number of characters of the blocks that consist of words."""
    return sum(len(block.text) for block in blocks if has_words(block.text))


def likely_blocks(
    blocks: Sequence[Block],
    scores: Sequence[float],
    declared: DeclaredMetadata,
    min_score: float,
) -> list[Block]:
    """Return the blocks with a sufficient score, without the headline, lines that are dates, and repeated blocks."""
    smooth = _with_whole_lists(blocks, _with_whole_tables(blocks, scores), min_score)
    smooth = _with_headings(blocks, _with_siblings(blocks, smooth, min_score), min_score)
    likely = [
        block
        for block, score in zip(blocks, smooth, strict=True)
        if score >= min_score
        and block.text != declared.title
        and (_is_row(block) or block.container.tag in HEADINGS or not _is_date(block.text))
        and not _is_copyright(block.text)
    ]
    return drop_repeats(_without_pull_quotes(_without_byline(likely, declared.authors)))


def _without_byline(blocks: Sequence[Block], authors: Sequence[str]) -> list[Block]:
    """Return the blocks without a line of authors, with or without a date, before the first paragraph."""
    names = [key for author in authors if (key := _letters(author))]
    for place, block in enumerate(blocks[:MAX_LINES_BEFORE]):
        if len(block.text) > MAX_BYLINE_CHARS or not names:
            break
        rest = _letters(block.text)
        found = [name for name in names if name in rest]
        if found and len(rest) - sum(map(len, found)) <= MAX_BYLINE_REST:
            return [*blocks[:place], *blocks[place + 1 :]]
    return list(blocks)


def _without_pull_quotes(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without those in quotations that repeat words of another block: they are decoration."""
    quotes = {id(block) for block in blocks if block.container.near & _QUOTES}
    quotes = {
        id(block) for block in blocks if id(block) in quotes and len(block.text) <= MAX_PULL_QUOTE_CHARS
    }
    if not 0 < len(quotes) <= MAX_PULL_QUOTES:
        return list(blocks)
    others = "\n".join(_letters(block.text) for block in blocks if id(block) not in quotes)
    return [
        block
        for block in blocks
        if id(block) not in quotes or len(key := _letters(block.text)) < MIN_REPEAT_CHARS or key not in others
    ]


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text.lower())


def _is_date(text: str) -> bool:
    """Return whether a line is a date and little else ("Published 3 May 2026, 10:15 am")."""
    return (
        len(text) <= MAX_DATE_CHARS
        and _YEAR.search(text) is not None
        and len(_LETTER.findall(text)) <= MAX_DATE_LETTERS
    )


def _is_copyright(text: str) -> bool:
    """Return whether a line says who has the rights in the page, as at its end."""
    return len(text) <= MAX_COPYRIGHT_CHARS and text.startswith(("©", "Copyright ", "(c) "))


def drop_repeats(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without those whose text occurred earlier in another element.

    Some pages contain a text twice, for two widths of screen. A text repeated within one element is intended: the steps
    of a recipe, a refrain. The rows of a table are repeated only if all of them are: many tables have the same header."""
    places: dict[str, Container | None] = {}
    repeated = [
        places.setdefault(block.text, block.container.parent) is not block.container.parent
        for block in blocks
    ]
    new_tables = {
        block.container.parent
        for block, is_repeat in zip(blocks, repeated, strict=True)
        if _is_row(block) and not is_repeat
    }
    return [
        block
        for block, is_repeat in zip(blocks, repeated, strict=True)
        if not is_repeat
        or (block.container.parent in new_tables if _is_row(block) else len(block.text) < MIN_REPEAT_CHARS)
    ]


def _is_row(block: Block) -> bool:
    """Return whether a block is a row of a table of data, or the caption of a table."""
    return block.container.tag in ("tr", "caption")


def _with_siblings(blocks: Sequence[Block], scores: Sequence[float], min_score: float) -> list[float]:
    """Return the scores; a long paragraph between two chosen ones of its kind has the lowest score that is chosen.

    Of its kind are those with the same names in elements with the same tag and names. Pages with hundreds of similar paragraphs
    have some that look like teasers."""
    places: dict[tuple[str, str, str, int], list[int]] = {}
    for place, block in enumerate(blocks):
        if block.container.tag == "p" and len(block.text) >= MIN_SIBLING_CHARS:
            own = block.container
            outer = own.parent or own
            places.setdefault((own.names, outer.tag, outer.names, own.depth), []).append(place)
    smooth = list(scores)
    for group in places.values():
        chosen = [place for place in group if scores[place] >= min_score]
        if chosen and len(chosen) >= MIN_SIBLING_SHARE * len(group):
            for place in group:
                is_between = chosen[0] < place < chosen[-1] or len(group) >= MIN_LONG_GROUP
                if is_between and scores[place] >= MIN_SIBLING_SCORE:
                    smooth[place] = max(smooth[place], min_score)
    return smooth


def _with_whole_lists(blocks: Sequence[Block], scores: Sequence[float], min_score: float) -> list[float]:
    """Return the scores; if most of the text of a list is chosen, all of its items have the lowest score that is chosen.

    Items are often short, and a list that lacks some of them is wrong. Items that are links are left as they are."""
    lists: dict[Container, list[int]] = {}
    for place, block in enumerate(blocks):
        if block.container.inherited & _LIST and (outermost := _list_around(block.container)):
            lists.setdefault(outermost, []).append(place)
    smooth = list(scores)
    for places in lists.values():
        sizes = [len(blocks[place].text) for place in places]
        chosen = sum(size for place, size in zip(places, sizes, strict=True) if scores[place] >= min_score)
        if chosen >= MIN_LIST_SHARE * sum(sizes):
            for place in places:
                if not blocks[place].is_link:
                    smooth[place] = max(smooth[place], min_score)
    return smooth


def _list_around(container: Container) -> Container | None:
    """Return the outermost of the lists directly in each other that an item is in."""
    found: Container | None = None
    inner: Container | None = container
    while inner is not None and inner.tag in _LIST_TAGS:
        if inner.flags & _LIST:
            found = inner
        inner = inner.parent
    return found


def _with_headings(blocks: Sequence[Block], scores: Sequence[float], min_score: float) -> list[float]:
    """Return the scores; a heading beside its paragraph, between two chosen blocks, has the lowest score that is chosen."""
    smooth = list(scores)
    for place in range(1, len(blocks) - 1):
        block, following = blocks[place], blocks[place + 1]
        if (
            block.container.tag in HEADINGS
            and not block.is_link
            and min(scores[place - 1], scores[place + 1]) >= min_score
            and following.container.parent is block.container.parent
        ):
            smooth[place] = max(smooth[place], min_score)
    return smooth


def _with_whole_tables(blocks: Sequence[Block], scores: Sequence[float]) -> list[float]:
    """Return the scores; the rows of a table of data all have their mean, as half a table says less than none."""
    tables: dict[Container | None, list[float]] = {}
    for block, score in zip(blocks, scores, strict=True):
        if _is_row(block):
            tables.setdefault(block.container.parent, []).append(score)
    means = {table: sum(of_rows) / len(of_rows) for table, of_rows in tables.items()}
    return [
        means[block.container.parent] if _is_row(block) else score
        for block, score in zip(blocks, scores, strict=True)
    ]
