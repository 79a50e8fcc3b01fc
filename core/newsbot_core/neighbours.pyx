"""The rows of the second model, the same as `newsbot.extraction.body.features.neighbour_features`."""

from cpython cimport array
from libc.string cimport memcpy

import array

from newsbot_core.blocks cimport Block, Container
from newsbot_core.containers cimport larger, main_container, number_containers, write_bits, write_numbers
from newsbot_core.features cimport BlockRows

cdef array.array _LONGS = array.array("q")
cdef array.array _DOUBLES = array.array("d")

cdef enum:
    MAX_DISTANCE = 30
    BEYOND = 99
    MAX_LABEL_CHARS = 70
    MAX_CONTRASTS = 32
    # places after the row of the first model
    SCORE = 0
    GROUPS = 7
    PAGE = GROUPS + 12
    HEADING = PAGE + 8
    ADJACENT = HEADING + 5
    PATH = ADJACENT + 21
    BRANCH = PATH + 3
    FLAGS = BRANCH + 5
    # places in the row of the first model
    LINK_SHARE = 2
    ENDS_FULL = 12
    OPENS_POINTER = 18

cdef float MIN_SURE_SCORE = 0.6
cdef int[6] STEPS = [-3, -2, -1, 1, 2, 3]
cdef int[3] NEIGHBOURS = [-1, 1, 2]


cdef class _Page:
    """The blocks of a page, and a number of each for what its row says; those of containers are of `number_containers`."""

    def __cinit__(self, list blocks):
        cdef Py_ssize_t count = len(blocks)
        self.blocks, self.count = blocks, count
        self.containers = number_containers(blocks)
        self.numbers = array.clone(_LONGS, 10 * count, zero=True)
        self.doubles = array.clone(_DOUBLES, 2 * count, zero=True)
        cdef long long* numbers = self.numbers.data.as_longlongs
        self.own, self.element, self.signature = numbers, numbers + count, numbers + 2 * count
        self.branch, self.parent, self.up = numbers + 3 * count, numbers + 4 * count, numbers + 5 * count
        self.down, self.flags = numbers + 6 * count, numbers + 7 * count
        self.heading, self.label = numbers + 8 * count, numbers + 9 * count
        self.mass, self.size = self.doubles.data.as_doubles, self.doubles.data.as_doubles + count

    cdef Container container(self, Py_ssize_t place):
        return (<Block> self.blocks[place]).container

    cdef find_paths(self):
        """Fill `up`, `down`, `flags` and `branch`, which is the number of containers if there is none."""
        cdef Py_ssize_t known = len(self.containers), place, number, outer
        cdef array.array table = array.clone(_LONGS, 5 * known + 5, zero=True)
        cdef long long* up = table.data.as_longlongs
        cdef long long* down = up + known + 1
        cdef long long* flags = up + 2 * (known + 1)
        cdef long long* branch = up + 3 * (known + 1)
        cdef long long* is_found = up + 4 * (known + 1)
        cdef Container container = self.main
        branch[known] = known
        for place in range(known):
            if container is None:
                break
            number = container.number
            up[number], branch[number], is_found[number] = place, known, 1
            container = container.parent
        for container in self.containers:  # outer ones first
            number = container.number
            if not is_found[number]:
                outer = known if container.parent is None else container.parent.number
                up[number], down[number] = up[outer], down[outer] + 1
                flags[number] = flags[outer] | container.flags
                branch[number] = number if branch[outer] == known else branch[outer]
        for place in range(self.count):
            number = self.own[place]
            self.up[place], self.down[place] = up[number], down[number]
            self.flags[place], self.branch[place] = flags[number], branch[number]


cdef class NeighbourRows:
    """Computes rows. `contrasts` are the numbers of the flags whose share of the page is a feature."""

    def __init__(self, BlockRows first not None, *, contrasts, is_comment_label):
        self.first = first
        self.contrasts = tuple(contrasts)
        if len(self.contrasts) > MAX_CONTRASTS:
            raise ValueError(f"more than {MAX_CONTRASTS} contrasts")
        self.is_comment_label = is_comment_label
        self.width = first.width + FLAGS + first.flags + len(self.contrasts)

    cdef int write(self, list blocks, const float* rows, const float* scores, const char* wanted, float* found) except -1:
        """Write the rows of the blocks that are `wanted`, one after the other; `found` has zeros."""
        cdef _Page page = self.page_of(blocks, rows, scores)
        cdef Py_ssize_t place
        cdef float* row = found
        for place in range(page.count):
            if wanted[place]:
                memcpy(row, rows + place * self.first.width, self.first.width * sizeof(float))
                self.write_scores(page, place, rows, scores, row + self.first.width)
                self.write_adjacent(page, place, rows, row + self.first.width)
                self.write_path(page, place, row + self.first.width)
                row += self.width
        found += self.first.width
        self.write_group(page, page.element, len(page.containers), wanted, found + GROUPS)
        self.write_group(page, page.signature, page.count, wanted, found + GROUPS + 4)
        self.write_group(page, page.branch, len(page.containers) + 1, wanted, found + GROUPS + 8)
        self.write_page(page, scores, wanted, found + PAGE)
        self.write_contrasts(page, wanted, found + FLAGS + self.first.flags)
        return 0

    cdef _Page page_of(self, list blocks, const float* rows, const float* scores):
        cdef _Page page = _Page(blocks)
        cdef Py_ssize_t place, heading = -1, label = -MAX_DISTANCE
        cdef dict signatures = {}
        cdef Block block
        cdef Container container
        page.main = main_container(blocks, scores)
        for place in range(page.count):
            block = blocks[place]
            container = block.container
            page.own[place] = container.number
            page.size[place] = rows[place * self.first.width]
            page.mass[place] = <double> scores[place] * page.size[place]
            page.total += page.mass[place]
            page.signature[place] = signatures.setdefault((container.tag, container.names), len(signatures))
            page.parent[place] = -1 if container.parent is None else container.parent.number
            page.element[place] = larger(container, 1).number
            page.heading[place] = heading
            if container.level:
                heading = place
            if len(block.text) <= MAX_LABEL_CHARS and self.is_comment_label(block.text):
                label = place
            page.label[place] = label
        page.total = page.total or 1.0
        page.find_paths()
        return page

    cdef int write_scores(
        self, _Page page, Py_ssize_t place, const float* rows, const float* scores, float* row
    ) except -1:
        """Write the scores around a block, and the distances to the heading and the label of comments before it."""
        cdef Py_ssize_t other
        cdef int number
        row[SCORE] = scores[place]
        for number in range(6):
            other = place + STEPS[number]
            if 0 <= other < page.count:
                row[SCORE + 1 + number] = scores[other]
        other = page.heading[place]
        row[HEADING] = MAX_DISTANCE
        if other >= 0:
            row[HEADING], row[HEADING + 1] = min(place - other, MAX_DISTANCE), page.container(other).level
            row[HEADING + 2], row[HEADING + 3] = rows[other * self.first.width + OPENS_POINTER], scores[other]
        row[HEADING + 4] = min(place - page.label[place], MAX_DISTANCE)
        return 0

    cdef int write_adjacent(self, _Page page, Py_ssize_t place, const float* rows, float* row) except -1:
        cdef Py_ssize_t other
        cdef const float* of_other
        cdef int number
        row += ADJACENT
        for number in range(3):
            other = place + NEIGHBOURS[number]
            if 0 <= other < page.count:
                of_other = rows + other * self.first.width
                row[0], row[1], row[2] = of_other[0], of_other[LINK_SHARE], of_other[ENDS_FULL]
                row[3], row[4] = page.up[other], page.container(other).level > 0
                row[5] = page.signature[other] == page.signature[place]
                row[6] = page.parent[other] == page.parent[place]
            row += 7
        return 0

    cdef int write_path(self, _Page page, Py_ssize_t place, float* row) except -1:
        cdef Py_ssize_t branch = page.branch[place]
        cdef Container element = page.containers[page.element[place]]
        if branch == len(page.containers):
            branch = page.own[place]
        row[PATH], row[PATH + 1], row[PATH + 2] = page.up[place], page.down[place], element is page.main
        write_numbers(page.containers[branch], row + BRANCH)
        write_bits(page.flags[place], self.first.flags, row + FLAGS)
        return 0

    cdef int write_group(
        self, _Page page, const long long* groups, Py_ssize_t group_count, const char* wanted, float* row
    ) except -1:
        """Write the mean score of the group of each block, the same without the block, the group's share, its size."""
        cdef array.array sums = array.clone(_DOUBLES, 3 * group_count, zero=True)
        cdef double* group
        cdef double rest
        cdef Py_ssize_t place
        for place in range(page.count):
            group = sums.data.as_doubles + 3 * groups[place]
            group[0] += page.mass[place]
            group[1] += page.size[place]
            group[2] += 1
        for place in range(page.count):
            if not wanted[place]:
                continue
            group = sums.data.as_doubles + 3 * groups[place]
            rest = group[1] - page.size[place]
            row[0], row[2] = <float> (group[0] / group[1]), <float> (group[0] / page.total)
            row[1] = <float> ((group[0] - page.mass[place]) / max(rest, 1.0)) if rest > 0 else -1
            row[3] = <float> group[2]
            row += self.width
        return 0

    cdef int write_page(self, _Page page, const float* scores, const char* wanted, float* row) except -1:
        """Write the mass before and after each block, and the distances to the nearest, first and last sure blocks."""
        cdef array.array nearest = array.clone(_LONGS, page.count, zero=False)
        cdef long long* following = nearest.data.as_longlongs
        cdef Py_ssize_t place, first = BEYOND, last = -BEYOND, sure = 0, next_sure = page.count + MAX_DISTANCE
        cdef Py_ssize_t previous = -MAX_DISTANCE
        cdef double sums = 0, before
        for place in range(page.count - 1, -1, -1):
            following[place] = next_sure
            if scores[place] > MIN_SURE_SCORE:
                next_sure = first = place
                last = max(last, place)
                sure += 1
        for place in range(page.count):
            sums += page.mass[place]
            if wanted[place]:
                before = sums - page.mass[place]
                row[0] = <float> (before / page.total)
                row[1] = <float> ((page.total - before - page.mass[place]) / page.total)
                row[2] = min(place - previous, MAX_DISTANCE)
                row[3] = min(following[place] - place, MAX_DISTANCE)
                row[4], row[5], row[6], row[7] = place - first, last - place, <float> page.total, sure
                row += self.width
            if scores[place] > MIN_SURE_SCORE:
                previous = place
        return 0

    cdef int write_contrasts(self, _Page page, const char* wanted, float* row) except -1:
        cdef double[MAX_CONTRASTS] shares
        cdef int[MAX_CONTRASTS] flags
        cdef int number, count = len(self.contrasts)
        cdef Py_ssize_t place
        for number in range(count):
            shares[number], flags[number] = 0, self.contrasts[number]
        for place in range(page.count):
            for number in range(count):
                if page.container(place).inherited >> flags[number] & 1:
                    shares[number] += page.mass[place]
        for place in range(page.count):
            if wanted[place]:
                for number in range(count):
                    is_inside = page.container(place).inherited >> flags[number] & 1
                    row[number] = <float> (shares[number] / page.total) if is_inside else -1
                row += self.width
        return 0
