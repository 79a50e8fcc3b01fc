"""The containers around the blocks of a page, the same as `newsbot.extraction.body.containers`."""

from cpython cimport array

from newsbot_core.blocks cimport Block, Container

import array

cdef array.array _LONGS = array.array("q")
cdef array.array _DOUBLES = array.array("d")
cdef long long _round = 0

cdef enum:
    MAX_VOTE_CHARS = 600
    VOTING_LEVELS = 4

cdef double MIN_VOTE_SCORE = 0.1
cdef double OUTER_SHARE = 0.7


cdef list number_containers(list blocks):
    """Number the containers around the blocks, outer ones before inner ones, and return them."""
    global _round
    cdef Block block
    cdef Container container
    cdef list found = [], path
    _round += 1
    cdef long long own_round = _round
    for block in blocks:
        container = block.container
        if container.round == own_round:
            continue
        path = []
        while container is not None and container.round != own_round:
            container.round = own_round
            path.append(container)
            container = container.parent
        for container in reversed(path):
            container.number = <int> len(found)
            found.append(container)
    return found


def count_containers(list blocks, list prose):
    """Fill the counts of every container around the blocks; `prose` says which blocks look like running text."""
    cdef Block block
    cdef Container own, parent
    cdef list containers = number_containers(blocks)
    cdef Py_ssize_t place
    cdef long size
    for place in range(len(blocks)):
        block = blocks[place]
        own = block.container
        size = len(block.text)
        own.blocks += 1
        own.chars += size
        own.link_chars += block.link_chars
        if prose[place]:
            own.prose_blocks += 1
            own.prose_chars += size
    for place in range(len(containers) - 1, -1, -1):
        own = containers[place]
        parent = own.parent
        if parent is not None:
            parent.blocks += own.blocks
            parent.chars += own.chars
            parent.link_chars += own.link_chars
            parent.prose_blocks += own.prose_blocks
            parent.prose_chars += own.prose_chars
    _count_repeats(containers)


cdef _count_repeats(list containers):
    cdef Container container, outer
    cdef dict groups = {}
    cdef Py_ssize_t count = len(containers), place
    cdef array.array own_groups = array.clone(_LONGS, count, zero=True)
    cdef array.array totals = array.clone(_LONGS, 3 * count, zero=True)
    cdef long long* own = own_groups.data.as_longlongs
    cdef long long* group
    for place in range(count):
        container = containers[place]
        if not container.is_paragraph:
            outer = container.parent
            key = (-1 if outer is None else outer.number, container.tag, container.names)
            own[place] = 3 * <long long> groups.setdefault(key, len(groups))
            group = totals.data.as_longlongs + own[place]
            group[0] += 1
            group[1] += container.chars
            group[2] += container.link_chars
    for place in range(count):
        container = containers[place]
        outer = container.parent
        if outer is not None:
            container.repeats = outer.repeats
            container.item_chars = outer.item_chars
            container.item_links = outer.item_links
        group = totals.data.as_longlongs + own[place]
        if not container.is_paragraph and group[0] >= container.repeats:
            container.repeats = <int> group[0]
            container.item_chars = <double> group[1] / <double> group[0]
            container.item_links = <double> group[2] / <double> (group[1] or 1)


cdef Container larger(Container container, int blocks):
    """Return the nearest container around this one, or itself, that holds more than `blocks` blocks; else the root."""
    while container.parent is not None and container.blocks <= blocks:
        container = container.parent
    return container


cdef void write_numbers(Container container, float* row) noexcept:
    """Write the five counts and shares of a container."""
    cdef double chars = container.chars or 1
    row[0] = container.chars
    row[1] = <float> (container.link_chars / chars)
    row[2] = <float> (container.prose_chars / chars)
    row[3] = container.blocks
    row[4] = container.prose_blocks


cdef void write_bits(long long flags, int count, float* row) noexcept:
    """Write the lowest bits of a number, the lowest first."""
    cdef int place
    for place in range(count):
        row[place] = <float> (flags >> place & 1)


cdef Container main_container(list blocks, const float* scores):
    """Return the container that most of the likely text is in; None if no block is likely. The containers are numbered."""
    cdef list order = []
    cdef Py_ssize_t place
    cdef int level
    cdef Block block
    cdef Container container, outer, best = None
    cdef double score, vote
    cdef dict votes = {}
    for place in range(len(blocks)):
        score = scores[place]
        if score < MIN_VOTE_SCORE:
            continue
        block = blocks[place]
        vote = score * score * min(<Py_ssize_t> len(block.text), <Py_ssize_t> MAX_VOTE_CHARS)
        container = larger(block.container, 1)
        for level in range(VOTING_LEVELS):
            votes[container] = <double> votes.get(container, 0.0) + vote
            vote *= OUTER_SHARE
            outer = larger(container, container.blocks)
            if outer is container:
                break
            container = outer
    score = -1
    for container, total in votes.items():
        if <double> total > score:
            best, score = container, total
    return best
