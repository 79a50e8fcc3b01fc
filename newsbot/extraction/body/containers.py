"""The containers around the blocks of a page: their counts, how often they repeat, and which one holds the body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from newsbot.extraction.body.blocks import Block, Container

PARAGRAPHS: Final = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6"))
HEADINGS: Final = PARAGRAPHS - {"p"}

_MIN_VOTE_SCORE: Final = 0.1
"""Blocks with a lower score do not vote for the main container: there are hundreds of them on a page."""
_MAX_VOTE_CHARS: Final = 600
"""Number of characters from which a longer block has no more weight, so that one long block cannot decide alone."""
_VOTING_LEVELS: Final = 4
"""Number of containers around a block that get a part of its vote."""
_OUTER_SHARE: Final = 0.7
"""Weight of a vote for a container relative to the one inside it: the body is in the innermost that holds most of it."""


TreePath = tuple[int, int, int, Container | None]
"""The way from the main container to another one: number of steps up to their common ancestor, number of steps down
from there, flags of the containers on the way down, and the outermost of these. It is a plain tuple because each
container of a page gets one."""


def count_containers(blocks: Sequence[Block], prose: Sequence[bool]) -> None:
    """Fill the counts of every container around the blocks; `prose` says which blocks look like running text."""
    containers = _containers_of(blocks)
    for block, is_prose in zip(blocks, prose, strict=True):
        own = block.container
        own.blocks += 1
        own.chars += len(block.text)
        own.link_chars += block.link_chars
        if is_prose:
            own.prose_blocks += 1
            own.prose_chars += len(block.text)
    for container in reversed(containers):
        if parent := container.parent:
            parent.blocks += container.blocks
            parent.chars += container.chars
            parent.link_chars += container.link_chars
            parent.prose_blocks += container.prose_blocks
            parent.prose_chars += container.prose_chars
    _count_repeats(containers)


def _containers_of(blocks: Iterable[Block]) -> list[Container]:
    """Return all containers around the blocks, outer ones before inner ones."""
    seen: set[Container] = set()
    containers: list[Container] = []
    for block in blocks:
        path: list[Container] = []
        container: Container | None = block.container
        while container is not None and container not in seen:
            seen.add(container)
            path.append(container)
            container = container.parent
        containers += reversed(path)
    return containers


def _count_repeats(containers: Sequence[Container]) -> None:
    """Fill `repeats`, `item_chars` and `item_links`. Paragraphs repeat in every article and are not counted."""
    groups: dict[tuple[Container | None, str, str], list[int]] = {}
    own_groups: list[list[int] | None] = []
    for container in containers:
        group = None
        if container.tag not in PARAGRAPHS:
            group = groups.setdefault((container.parent, container.tag, container.names), [0, 0, 0])
            group[0] += 1
            group[1] += container.chars
            group[2] += container.link_chars
        own_groups.append(group)
    for container, group in zip(containers, own_groups, strict=True):
        if (outer := container.parent) is not None:
            container.repeats = outer.repeats
            container.item_chars = outer.item_chars
            container.item_links = outer.item_links
        if group:
            count, chars, links = group
            if count >= container.repeats:
                container.repeats = count
                container.item_chars = chars / count
                container.item_links = links / (chars or 1)


def larger_container(container: Container, blocks: int) -> Container:
    """Return the nearest container around this one, or itself, that holds more than `blocks` blocks; else the root.

    Some pages wrap each paragraph in many elements."""
    while container.parent is not None and container.blocks <= blocks:
        container = container.parent
    return container


def main_container(blocks: Sequence[Block], scores: Sequence[float]) -> Container | None:
    """Return the container that most of the likely text is in; None if no block is likely.

    Blocks vote for the containers around them, by score and length."""
    votes: dict[Container, float] = {}
    for block, score in zip(blocks, scores, strict=True):
        if score < _MIN_VOTE_SCORE:
            continue
        vote = score * score * min(len(block.text), _MAX_VOTE_CHARS)
        container = larger_container(block.container, 1)
        for _ in range(_VOTING_LEVELS):
            votes[container] = votes.get(container, 0.0) + vote
            vote *= _OUTER_SHARE
            outer = larger_container(container, container.blocks)
            if outer is container:
                break
            container = outer
    return max(votes, key=votes.__getitem__) if votes else None


def tree_paths(main: Container | None, blocks: Iterable[Block]) -> dict[Container, TreePath]:
    """Return the path from the main container to each container around the blocks."""
    paths: dict[Container, TreePath] = {}
    step, container = 0, main
    while container is not None:
        paths[container] = step, 0, 0, None
        step, container = step + 1, container.parent
    for block in blocks:
        todo: list[Container] = []
        container = block.container
        while container is not None and container not in paths:
            todo.append(container)
            container = container.parent
        up, down, flags, branch = paths[container] if container is not None else (0, 0, 0, None)
        for inner in reversed(todo):
            down, flags, branch = down + 1, flags | inner.flags, branch or inner
            paths[inner] = up, down, flags, branch
    return paths
