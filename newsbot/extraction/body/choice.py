"""Choose the blocks of a page that are the body of the article."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from newsbot.extraction.body.block_features import DeclaredMetadata, block_rows, candidate_blocks
from newsbot.extraction.body.blocks import Block, Container
from newsbot.extraction.body.body_model import load_body_models
from newsbot.extraction.body.containers import HEADINGS
from newsbot.extraction.body.neighbour_features import neighbour_rows
from newsbot.extraction.page.page import Page

MIN_SCORE: Final = 0.5
"""Score from which a block is in the body."""
MIN_FIRST_SCORE: Final = 0.02
"""First score from which the second model scores a block again; one in 150 blocks of the body has less."""
MIN_DECLARED_CHARS: Final = 400
"""A declared body with fewer characters is a teaser."""
MAX_DECLARED_CHARS: Final = 500_000
MAX_DATE_CHARS: Final = 40
MAX_DATE_LETTERS: Final = 14
"""Maximum number of letters in a line that is a date: "Published 3 May 2026, 10:15 am" has 14."""
MIN_TEASERS: Final = 4
"""Number of similar elements that make a list of teasers."""
MAX_TEASER_CHARS: Final = 800
MIN_TEASER_LINKS: Final = 1 / 12
"""Share of linked characters above which a repeated element is a teaser with a linked headline."""
MIN_REPEAT_CHARS: Final = 26
"""Shorter lines may occur twice in an article."""
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


def read_body(blocks: Sequence[Block], declared: DeclaredMetadata) -> Body:
    """Return the body: blocks of the page, or the declared articleBody where the page shows hardly any text.

    A declared body is not used if the page shows at least half as much: it is often a teaser, or without its
    paragraphs."""
    chosen = choose_blocks(blocks, declared)
    shown = text_of_blocks(chosen)
    taken = set(map(id, chosen))
    others = [block for block in blocks if id(block) not in taken]
    body = Body(
        text=shown,
        rule="blocks" if shown else "none",
        links=sum(block.links for block in others),
        teaser_share=_teaser_share(chosen),
        rest="\n".join(block.text for block in others)[:MAX_REST_CHARS],
        blocks=chosen,
    )
    declared_text = _declared_text(declared.body)
    if len(declared_text) > MIN_DECLARED_CHARS and len(declared_text) > 2 * len(shown):
        body.text, body.rule, body.blocks = declared_text, "json-ld articleBody", ()
    return body


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


def declared_body(page: Page) -> str:
    """Return the longest JSON-LD articleBody as written, or "". A live blog declares one for each of its posts."""
    return max((str(item.get("articleBody") or "") for item in page.json_ld), key=len, default="")


def _declared_text(declared: str) -> str:
    """Return an articleBody as paragraphs. Some contain markup, which may be escaped."""
    text = declared[:MAX_DECLARED_CHARS]
    text = html.unescape(text) if "&" in text else text
    if "<" in text:
        text = _TAG.sub("", _MARKUP.sub("\n", text))
    return _LINES.sub("\n\n", text.strip())


def choose_blocks(blocks: Sequence[Block], declared: DeclaredMetadata) -> list[Block]:
    """Return the blocks of the body in the order of the page, without repeated ones."""
    blocks, prose = candidate_blocks(blocks)
    if not blocks:
        return []
    first_model, second_model = load_body_models()
    rows = block_rows(blocks, prose, declared)
    scores = first_model.probabilities(rows)
    possible = scores >= MIN_FIRST_SCORE
    scores[possible] = second_model.probabilities(neighbour_rows(blocks, rows, scores)[possible])
    return likely_blocks(blocks, scores.tolist(), declared)


def likely_blocks(
    blocks: Sequence[Block], scores: Sequence[float], declared: DeclaredMetadata
) -> list[Block]:
    """Return the blocks with a sufficient score, without the headline, lines that are dates, and repeated blocks."""
    likely = [
        block
        for block, score in zip(blocks, _with_whole_tables(blocks, scores), strict=True)
        if score >= MIN_SCORE
        and block.text != declared.title
        and (_is_row(block) or block.container.tag in HEADINGS or not _is_date(block.text))
    ]
    return drop_repeats(likely)


def _is_date(text: str) -> bool:
    """Return whether a line is a date and little else ("Published 3 May 2026, 10:15 am")."""
    return (
        len(text) <= MAX_DATE_CHARS
        and _YEAR.search(text) is not None
        and len(_LETTER.findall(text)) <= MAX_DATE_LETTERS
    )


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
