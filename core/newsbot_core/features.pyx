"""The rows of the first model, the same as `newsbot.extraction.body.features.block_features` and `landmark_features`."""

from cpython cimport array
from libc.string cimport memset

import array

from newsbot_core.blocks cimport Block, Container
from newsbot_core.containers cimport larger, number_containers, write_bits, write_numbers
from newsbot_core.texts cimport TEXT_COLUMNS, Texts

cdef array.array _LONGS = array.array("q")

cdef enum:  # limits of the features, as in newsbot
    MIN_TITLE_KEY = 12
    MIN_DESCRIPTION_KEY = 20
    MIN_BODY_KEY = 8
    COMPARED_KEY = 60
    NO_HEADLINE = -99
    MAX_STAMP_CHARS = 50
    MAX_COUNT = 12
    MAX_DISTANCE = 30
    CONSENT_BLOCKS = 4

cdef enum:  # places in the row of a block
    PROSE = TEXT_COLUMNS
    SINCE_MEDIA, MEDIA_DEPTH, IS_TITLE, SHARES_TITLE, IN_DESCRIPTION, AUTHOR_SHARE, SEEN, IN_DECLARED
    PLACE, AFTER_HEADLINE, PROSE_BEFORE, PAGE_PROSE, HAS_DECLARED, DECLARED_SHARE
    H1_AFTER, IN_ARTICLE, HEADLINE_ARTICLE, ARTICLE_NUMBER, STAMPS, SINCE_STAMP, CONSENT
    DEPTH, REPEATS, ITEM_CHARS, OWN_BLOCKS, ELEMENT
    OUTER = ELEMENT + 5
    SIGNATURE = OUTER + 5
    TAGS = SIGNATURE + 5


cdef class BlockRows:
    """Computes rows. `tags`, `families` and `flags` are numbers of columns."""

    def __init__(self, Texts texts not None, *, tags, families, flags, consent):
        self.texts = texts
        self.tags, self.families, self.flags = tags, families, flags
        self.width = TAGS + tags + families + flags
        self.consent = consent

    cdef int write(self, list blocks, list prose, keys, float* rows) except -1:
        """Write the rows of the blocks, which are zeros. `keys` is a `_DeclaredKeys`."""
        cdef Py_ssize_t count = len(blocks), place
        cdef Block block
        cdef list own_keys = []
        cdef long page_prose = 0
        for place in range(count):
            block = blocks[place]
            own_keys.append(self.write_text(block, rows + place * self.width))
            if prose[place]:
                page_prose += len(block.text)
        page_prose = page_prose or 1
        cdef Py_ssize_t headline = _headline(blocks, own_keys, keys.title)
        self.write_places(blocks, prose, keys, page_prose, headline, rows)
        self.write_declared(own_keys, keys, rows)
        self.write_landmarks(blocks, headline, rows)
        self.write_articles(blocks, headline, rows)
        self.write_containers(blocks, prose, page_prose, rows)
        return 0

    cdef str write_text(self, Block block, float* row):
        cdef str key = self.texts.read(block.text, row)
        cdef float size = len(block.text)
        row[2], row[3] = <float> block.link_chars / size, block.links
        row[4], row[5] = <float> block.bold_chars / size, <float> block.italic_chars / size
        return key

    cdef int write_places(
        self, list blocks, list prose, keys, long page_prose, Py_ssize_t headline, float* rows
    ) except -1:
        cdef Py_ssize_t count = len(blocks), place, body_chars = len(keys.body)
        cdef long before = 0
        cdef Block block
        cdef float* row = rows
        for place in range(count):
            block = blocks[place]
            row[PROSE] = <bint> prose[place]
            row[SINCE_MEDIA], row[MEDIA_DEPTH] = block.since_media, block.media_depth
            row[PLACE] = <float> (<double> place / <double> count)
            row[AFTER_HEADLINE] = NO_HEADLINE if headline < 0 else place - headline
            row[PROSE_BEFORE] = <float> (<double> before / <double> page_prose)
            row[PAGE_PROSE], row[HAS_DECLARED] = page_prose, body_chars > 0
            row[DECLARED_SHARE] = <float> (<double> body_chars / <double> page_prose)
            if prose[place]:
                before += len(block.text)
            row += self.width
        return 0

    cdef int write_declared(self, list own_keys, keys, float* rows) except -1:
        cdef str title = keys.title, description = keys.description, body = keys.body, key, author
        cdef list authors = list(keys.authors)
        cdef dict seen = {}
        cdef Py_ssize_t size, author_chars
        cdef float* row = rows
        for key in own_keys:
            size = len(key)
            if size:
                times = seen.get(key, 0)
                seen[key] = times + 1
                row[SEEN] = times
            row[IS_TITLE] = size > 0 and key == title
            row[SHARES_TITLE] = size > MIN_TITLE_KEY and len(title) > 0 and (key in title or title in key)
            row[IN_DESCRIPTION] = (
                size > MIN_DESCRIPTION_KEY
                and len(description) > 0
                and (key[:COMPARED_KEY] in description or description[:COMPARED_KEY] in key)
            )
            author_chars = 0
            for author in authors:
                if author in key:
                    author_chars += len(author)
            row[AUTHOR_SHARE] = <float> (<double> author_chars / <double> (size or 1))
            row[IN_DECLARED] = size > MIN_BODY_KEY and len(body) > 0 and key in body
            row += self.width
        return 0

    cdef int write_landmarks(self, list blocks, Py_ssize_t headline, float* rows) except -1:
        cdef Py_ssize_t count = len(blocks), place, last_stamp = -MAX_DISTANCE, h1s = 0, stamps = 0, around = 0
        cdef Block block
        cdef list says = self.says_consent(blocks)
        cdef float* row = rows
        for place in range(min(CONSENT_BLOCKS, count)):
            around += <bint> says[place]
        for place in range(count):
            block = blocks[place]
            if block.container.level == 1 and place > headline:
                h1s += 1
            if self.texts.is_stamp(block.text, MAX_STAMP_CHARS):
                last_stamp = place
                stamps += place > headline
            if place + CONSENT_BLOCKS < count:
                around += <bint> says[place + CONSENT_BLOCKS]
            if place > CONSENT_BLOCKS:
                around -= <bint> says[place - CONSENT_BLOCKS - 1]
            row[H1_AFTER], row[STAMPS] = min(h1s, MAX_COUNT), min(stamps, MAX_COUNT)
            row[SINCE_STAMP], row[CONSENT] = min(place - last_stamp, MAX_DISTANCE), around
            row += self.width
        return 0

    cdef list says_consent(self, list blocks):
        """Return which of the blocks have a word of consent."""
        cdef Block block
        cdef str word, whole = "\n".join([block.text for block in blocks])
        cdef list found = [word for word in self.consent if word in whole]
        if not found:
            return [False] * len(blocks)
        return [any([word in block.text for word in found]) for block in blocks]

    cdef int write_articles(self, list blocks, Py_ssize_t headline, float* rows) except -1:
        cdef Py_ssize_t place
        cdef Container article, of_headline = None
        cdef dict numbers = {}
        cdef float* row = rows
        if headline >= 0:
            of_headline = _article_of(blocks[headline])
        for place in range(len(blocks)):
            article = _article_of(blocks[place])
            if article is not None:
                row[IN_ARTICLE] = 1
                row[HEADLINE_ARTICLE] = 1 if article is of_headline else -1
                row[ARTICLE_NUMBER] = min(<Py_ssize_t> numbers.setdefault(article, len(numbers)), MAX_COUNT)
            row += self.width
        return 0

    cdef int write_containers(self, list blocks, list prose, long page_prose, float* rows) except -1:
        cdef Py_ssize_t count = len(blocks), place
        cdef array.array own = array.clone(_LONGS, count, zero=False)
        cdef array.array totals = _signatures(blocks, prose, own.data.as_longlongs)
        cdef long long* total
        cdef Block block
        cdef Container container, element
        cdef float* row = rows
        cdef int shared
        for place in range(count):
            block = blocks[place]
            container = block.container
            total = totals.data.as_longlongs + 4 * own.data.as_longlongs[place]
            row[DEPTH], row[REPEATS] = container.depth, container.repeats
            row[ITEM_CHARS], row[OWN_BLOCKS] = <float> container.item_chars, container.blocks
            element = larger(container, 1)
            write_numbers(element, row + ELEMENT)
            write_numbers(larger(element, element.blocks), row + OUTER)
            row[SIGNATURE] = total[0]
            row[SIGNATURE + 1] = <float> (<double> total[1] / <double> total[0])
            row[SIGNATURE + 2] = <float> (<double> total[2] / <double> total[1])
            row[SIGNATURE + 3] = <float> (<double> total[3] / <double> total[1])
            row[SIGNATURE + 4] = <float> (<double> total[3] / <double> page_prose)
            row[TAGS + container.tag_number] = 1
            write_bits(container.near, self.families, row + TAGS + self.tags)
            write_bits(container.inherited, self.flags, row + TAGS + self.tags + self.families)
            row += self.width
        return 0


cdef Container _article_of(Block block):
    return block.container if block.container.is_article else block.container.outer_article


cdef array.array _signatures(list blocks, list prose, long long* own):
    """Write the number of the signature (tag and names) of each block, and return for each signature the numbers of its
    blocks, characters, linked characters and characters of prose."""
    cdef Py_ssize_t count = len(blocks), place
    cdef array.array totals = array.clone(_LONGS, 4 * count, zero=True)
    cdef dict numbers = {}
    cdef Block block
    cdef long long* total
    for place in range(count):
        block = blocks[place]
        own[place] = numbers.setdefault((block.container.tag, block.container.names), len(numbers))
        total = totals.data.as_longlongs + 4 * own[place]
        total[0] += 1
        total[1] += len(block.text)
        total[2] += block.link_chars
        if prose[place]:
            total[3] += len(block.text)
    return totals


cdef Py_ssize_t _headline(list blocks, list keys, str title) except -2:
    """Return the position of the headline: the heading that equals the title, else the first h1; -1 if absent."""
    cdef Py_ssize_t first = -1, place
    cdef Block block
    for place in range(len(blocks)):
        block = blocks[place]
        if block.container.level:
            if title and keys[place] == title:
                return place
            if first < 0 and block.container.level == 1:
                first = place
    return first
