"""Score the blocks of a page: candidates, rows and decision trees in one go."""

from cpython cimport array

import array

from newsbot_core.blocks cimport Block
from newsbot_core.containers import count_containers
from newsbot_core.features cimport BlockRows
from newsbot_core.forests cimport Forest
from newsbot_core.neighbours cimport NeighbourRows

cdef array.array _FLOATS = array.array("f")
cdef array.array _FLAGS = array.array("b")


cdef class Scorer:
    """Scores blocks with the first and the second model."""

    cdef BlockRows first_rows
    cdef NeighbourRows second_rows
    cdef Forest first, second
    cdef Py_ssize_t max_candidates
    cdef float min_first_score

    def __init__(self, NeighbourRows rows not None, Forest first not None, Forest second not None, *,
                 max_candidates, min_first_score):
        self.first_rows, self.second_rows = rows.first, rows
        self.first, self.second = first, second
        self.max_candidates, self.min_first_score = max_candidates, min_first_score
        for forest, width in ((first, rows.first.width), (second, rows.width)):
            if forest.targets != 1 or forest.width > width:
                raise ValueError("the models read other features than this module computes")

    def candidates(self, list blocks):
        """Return the blocks to score, and for each of them whether it looks like running text. Counts the containers."""
        cdef Block block
        cdef list prose = [self.first_rows.texts.is_prose(block.text, block.link_chars) for block in blocks]
        count_containers(blocks, prose)
        cdef list found = [], is_prose = []
        for place, block in enumerate(blocks):
            if not block.is_link:
                found.append(block)
                is_prose.append(prose[place])
                if len(found) == self.max_candidates:
                    break
        return found, is_prose

    def block_rows(self, list blocks, list prose, keys):
        """Return the rows of the first model, one after the other. `keys` are the keys of what the page declares."""
        if len(prose) != len(blocks):
            raise ValueError("prose does not have the length of the blocks")
        cdef array.array rows = array.clone(_FLOATS, len(blocks) * self.first_rows.width, zero=True)
        self.first_rows.write(blocks, prose, keys, rows.data.as_floats)
        return rows

    def neighbour_rows(self, list blocks, array.array rows, array.array scores, array.array wanted):
        """Return the rows of the second model for the blocks whose number in `wanted` is 1."""
        if len(rows) != len(blocks) * self.first_rows.width or not len(blocks) == len(scores) == len(wanted):
            raise ValueError("rows, scores and wanted do not have the length of the blocks")
        cdef array.array found = array.clone(_FLOATS, sum(wanted) * self.second_rows.width, zero=True)
        self.second_rows.write(
            blocks, rows.data.as_floats, scores.data.as_floats, wanted.data.as_chars, found.data.as_floats
        )
        return found

    def scores(self, list blocks, list prose, keys):
        """Return the scores of the blocks, at least one."""
        cdef Py_ssize_t count = len(blocks), place, written = 0
        cdef array.array rows = self.block_rows(blocks, prose, keys), second
        cdef array.array scores = array.clone(_FLOATS, count, zero=True)
        cdef array.array wanted = array.clone(_FLAGS, count, zero=True)
        cdef float* score = scores.data.as_floats
        for place in range(count):
            self.first.evaluate(rows.data.as_floats + place * self.first_rows.width, score + place)
            wanted.data.as_chars[place] = score[place] >= self.min_first_score
        second = self.neighbour_rows(blocks, rows, scores, wanted)
        for place in range(count):
            if wanted.data.as_chars[place]:
                self.second.evaluate(second.data.as_floats + written * self.second_rows.width, score + place)
                written += 1
        return scores.tolist()
