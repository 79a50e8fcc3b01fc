"""The text of the article: which blocks of a page belong to it."""

from __future__ import annotations

from newsbot.extraction.blocks import Block, Frame
from newsbot.extraction.words import BIT

_OUTSIDE = BIT["comments"] | BIT["related"] | BIT["footer"]


def select_blocks(blocks: list[Block]) -> list[Block]:
    """Return the blocks of the article's text, in order."""
    scores: dict[int, float] = {}
    frames: dict[int, Frame] = {}
    for block in blocks:
        if _is_prose(block):
            share = float(len(block.text))
            frame: Frame | None = block.frame.parent
            for _ in range(3):
                if frame is None:
                    break
                frames[id(frame)] = frame
                scores[id(frame)] = scores.get(id(frame), 0.0) + share
                share, frame = share * 0.6, frame.parent
    if not scores:
        return []
    best = frames[max(scores, key=scores.__getitem__)]
    inside = [block for block in blocks if _is_within(block.frame, best)]
    prose = [position for position, block in enumerate(inside) if _is_prose(block)]
    return [b for b in inside[prose[0] : prose[-1] + 1] if b.link_chars * 2 < len(b.text)]


def _is_prose(block: Block) -> bool:
    return (
        len(block.text) > 60
        and block.link_chars * 3 < len(block.text)
        and not block.frame.inherited & _OUTSIDE
    )


def _is_within(frame: Frame | None, container: Frame) -> bool:
    while frame is not None:
        if frame is container:
            return True
        frame = frame.parent
    return False
