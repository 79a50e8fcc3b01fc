"""The text of the article: which blocks of a page belong to it."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from newsbot.extraction.body.block_features import Known, describe
from newsbot.extraction.body.blocks import Block, Frame
from newsbot.extraction.body.body_model import load_forests
from newsbot.extraction.body.containers import HEADINGS, count_frames
from newsbot.extraction.body.neighbour_features import in_context
from newsbot.extraction.body.text_features import is_prose
from newsbot.extraction.page.page import Page

LIKELY: Final = 0.5
POSSIBLE: Final = 0.02
"""First score from which the second model is asked; one in 150 blocks of the body has less."""
MAX_CANDIDATES: Final = 4000
"""No article has a quarter of that; what follows is not looked at."""
MIN_DECLARED_CHARS: Final = 400
MAX_DECLARED_CHARS: Final = 500_000
MAX_DATE_CHARS: Final = 40
MAX_DATE_LETTERS: Final = 14
MIN_TEASERS: Final = 4
MAX_TEASER_CHARS: Final = 800
MIN_TEASER_LINKS: Final = 1 / 12
MIN_REPEAT_CHARS: Final = 26
"""A shorter line may well be said twice."""
MAX_REST_CHARS: Final = 100_000


_MARKUP = re.compile(r"<br\b[^>]{0,100}>|</?(?:p|div|li|h\d)\b[^>]{0,300}>", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LETTER = re.compile(r"[^\W\d_]")
_TAG = re.compile(r"<[a-zA-Z/][^<>]{0,500}>")
_LINES = re.compile(r"\s*\n\s*")


@dataclass(slots=True)
class Body:
    """The text of an article, and how it was found."""

    text: str
    """Paragraphs parted by a blank line."""
    rule: str
    links: int = 0
    """Links on the page outside the text."""
    listed: float = 0.0
    """Share of the text that stands in short elements of one make, each with a linked headline: 1 on pages of teasers."""
    rest: str = ""
    """What else stands near the text: invitations to subscribe, related stories."""


def candidates(blocks: Sequence[Block]) -> tuple[list[Block], list[bool]]:
    """Return the blocks worth a look, the counts of their elements filled: not those that are all link.

    Half the blocks of a page are; one in 120 of the body's. With each comes whether it looks like running text.
    """
    prose = [is_prose(block) for block in blocks]
    count_frames(blocks, prose)
    kept = [pair for pair in zip(blocks, prose, strict=True) if not pair[0].is_link][:MAX_CANDIDATES]
    return [block for block, _ in kept], [is_text for _, is_text in kept]


def _is_date(text: str) -> bool:
    """Tell whether a line is a date and hardly anything else ("Published 3 May 2026, 10:15 am")."""
    return (
        len(text) <= MAX_DATE_CHARS
        and _YEAR.search(text) is not None
        and len(_LETTER.findall(text)) <= MAX_DATE_LETTERS
    )


def read_body(blocks: Sequence[Block], known: Known) -> Body:
    """Return the article's text: blocks of the page, or the declared articleBody where the page shows hardly any.

    A declared body is not used where the page shows half as much: it is often a teaser, or without its paragraphs.
    """
    chosen = choose_blocks(blocks, known)
    shown = "\n\n".join(block.text.replace("\n", "\n\n") for block in chosen)
    taken = set(map(id, chosen))
    others = [block for block in blocks if id(block) not in taken]
    body = Body(
        text=shown,
        rule="blocks" if shown else "none",
        links=sum(block.links for block in others),
        listed=_listed(chosen),
        rest="\n".join(block.text for block in others)[:MAX_REST_CHARS],
    )
    declared = _declared_text(known.body)
    if len(declared) > MIN_DECLARED_CHARS and len(declared) > 2 * len(shown):
        body.text, body.rule = declared, "json-ld articleBody"
    return body


def _listed(blocks: Sequence[Block]) -> float:
    listed = sum(len(block.text) for block in blocks if _is_teaser(block.frame))
    return listed / (sum(len(block.text) for block in blocks) or 1)


def _is_teaser(frame: Frame) -> bool:
    """Tell whether an element is in one of several alike that are short and have linked headlines."""
    return (
        frame.repeats >= MIN_TEASERS
        and frame.item_links > MIN_TEASER_LINKS
        and frame.item_chars < MAX_TEASER_CHARS
    )


def declared_body(page: Page) -> str:
    """Return the longest JSON-LD articleBody, as written; a live blog has one for each of its posts."""
    return max((str(item.get("articleBody") or "") for item in page.json_ld), key=len, default="")


def _declared_text(declared: str) -> str:
    """Return an articleBody as paragraphs: some carry markup, some of it escaped."""
    text = declared[:MAX_DECLARED_CHARS]
    text = html.unescape(text) if "&" in text else text
    if "<" in text:
        text = _TAG.sub("", _MARKUP.sub("\n", text))
    return _LINES.sub("\n\n", text.strip())


def choose_blocks(blocks: Sequence[Block], known: Known) -> list[Block]:
    """Return the blocks of the article's text, in order, none twice."""
    blocks, prose = candidates(blocks)
    if not blocks:
        return []
    first_model, second_model = load_forests()
    rows = describe(blocks, prose, known)
    scores = first_model.probabilities(rows)
    possible = scores >= POSSIBLE
    scores[possible] = second_model.probabilities(in_context(blocks, rows, scores)[possible])
    return likely_blocks(blocks, scores.tolist(), known)


def likely_blocks(blocks: Sequence[Block], scores: Sequence[float], known: Known) -> list[Block]:
    """Return the blocks that are more likely than not in the body, but for the headline, dates and what comes twice."""
    likely = [
        block
        for block, score in zip(blocks, scores, strict=True)
        if score >= LIKELY
        and block.text != known.title
        and (block.frame.tag in HEADINGS or not _is_date(block.text))
    ]
    return drop_repeats(likely)


def drop_repeats(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without what another element says again, as pages for two widths of screen do.

    What is said twice within one element is meant so: a recipe's steps, a refrain.
    """
    places: dict[str, Frame | None] = {}
    return [
        block
        for block in blocks
        if places.setdefault(block.text, block.frame.parent) is block.frame.parent
        or len(block.text) < MIN_REPEAT_CHARS
    ]
