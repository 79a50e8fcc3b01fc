"""The elements around the blocks of a page: what they hold, how often they repeat, where the body's is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from newsbot.extraction.body.blocks import Block, Frame

PARAGRAPHS: Final = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6"))
HEADINGS: Final = PARAGRAPHS - {"p"}
_VOTING_LEVELS: Final = 4


Path = tuple[int, int, int, Frame | None]
"""How a frame lies to the main one: steps up to their common ancestor, steps down again, flags of the frames on the way
down, and the outermost of them. A plain tuple, as every frame of a page gets one."""


def count_frames(blocks: Sequence[Block], prose: Sequence[bool]) -> None:
    """Fill the counts of every frame around the blocks; `prose` tells which blocks look like running text."""
    frames = _frames(blocks)
    for block, is_text in zip(blocks, prose, strict=True):
        own = block.frame
        own.blocks += 1
        own.chars += len(block.text)
        own.link_chars += block.link_chars
        if is_text:
            own.prose_blocks += 1
            own.prose_chars += len(block.text)
    for frame in reversed(frames):
        if parent := frame.parent:
            parent.blocks += frame.blocks
            parent.chars += frame.chars
            parent.link_chars += frame.link_chars
            parent.prose_blocks += frame.prose_blocks
            parent.prose_chars += frame.prose_chars
    _count_repeats(frames)


def _frames(blocks: Iterable[Block]) -> list[Frame]:
    """Return the frames around the blocks, each after the one that it is in."""
    seen: set[Frame] = set()
    frames: list[Frame] = []
    for block in blocks:
        path: list[Frame] = []
        frame: Frame | None = block.frame
        while frame is not None and frame not in seen:
            seen.add(frame)
            path.append(frame)
            frame = frame.parent
        frames += reversed(path)
    return frames


def _count_repeats(frames: Sequence[Frame]) -> None:
    groups: dict[tuple[Frame | None, str, str], list[int]] = {}
    for frame in frames:
        if frame.tag not in PARAGRAPHS:
            group = groups.setdefault((frame.parent, frame.tag, frame.names), [0, 0, 0])
            group[0] += 1
            group[1] += frame.chars
            group[2] += frame.link_chars
    for frame in frames:
        if frame.parent is not None:
            outer = frame.parent
            frame.repeats, frame.item_chars, frame.item_links = (
                outer.repeats,
                outer.item_chars,
                outer.item_links,
            )
        if frame.tag not in PARAGRAPHS:
            count, chars, links = groups[frame.parent, frame.tag, frame.names]
            if count >= frame.repeats:
                frame.repeats, frame.item_chars, frame.item_links = count, chars / count, links / (chars or 1)


def wider(frame: Frame, blocks: int) -> Frame:
    """Return the nearest frame that holds more than so many blocks: some pages wrap each paragraph many times."""
    while frame.parent is not None and frame.blocks <= blocks:
        frame = frame.parent
    return frame


def main_frame(blocks: Sequence[Block], scores: Sequence[float]) -> Frame | None:
    """Return the element that most of the likely text stands in: paragraphs speak for the elements around them."""
    votes: dict[Frame, float] = {}
    for block, score in zip(blocks, scores, strict=True):
        if score < 0.1:
            continue
        share = score * score * min(len(block.text), 600)
        frame = wider(block.frame, 1)
        for _ in range(_VOTING_LEVELS):
            votes[frame] = votes.get(frame, 0.0) + share
            share *= 0.7
            outer = wider(frame, frame.blocks)
            if outer is frame:
                break
            frame = outer
    return max(votes, key=votes.__getitem__) if votes else None


def paths_from(main: Frame | None, blocks: Iterable[Block]) -> dict[Frame, Path]:
    """Return how each block's frame, and every frame around it, lies to the main one."""
    paths: dict[Frame, Path] = {}
    step, frame = 0, main
    while frame is not None:
        paths[frame] = step, 0, 0, None
        step, frame = step + 1, frame.parent
    for block in blocks:
        todo: list[Frame] = []
        frame = block.frame
        while frame is not None and frame not in paths:
            todo.append(frame)
            frame = frame.parent
        up, down, flags, branch = paths[frame] if frame is not None else (0, 0, 0, None)
        for inner in reversed(todo):
            down, flags, branch = down + 1, flags | inner.flags, branch or inner
            paths[inner] = up, down, flags, branch
    return paths
