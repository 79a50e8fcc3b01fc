"""The sketches of texts, the same as `newsbot.dedupe.sketches` computes with the words of `newsbot.dedupe.words`."""

import os

cimport cython
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_FromObject
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcmp, memcpy

from newsbot_core.characters cimport Flags, Mapping
from newsbot_core.growing cimport Letters, Octets
from newsbot_core.hashes cimport blake2b_number

cdef enum:  # bits of `flags`
    LETTER = 1
    DIGIT = 2
    LOWER = 4
    UPPER = 8

cdef enum:
    MAX_BINS = 512
    MAX_KEYS = 16
    CACHE_SIZE = 4096
    MAX_CACHED_BYTES = 23
    SHINGLE_WORDS = 2
    SPACE = 0x20
    COMMA = 0x2C
    FULL_STOP = 0x2E
    DIGIT_ZERO = 0x30
    COLON = 0x3A

cdef uint64_t EMPTY = <uint64_t>-1
cdef uint64_t SEED = int.from_bytes(os.urandom(8), "little") | 1
"""Odd number that nobody knows before: no text can be written so that its words meet in one slot of a table."""


cdef struct Word:
    Py_ssize_t start  # of what is written, in the plain text
    Py_ssize_t end
    Py_ssize_t folded  # start of the folded word in UTF-8
    Py_ssize_t folded_end
    uint64_t hash
    int flags  # of the first character


cdef struct CachedHash:
    uint64_t hash
    uint8_t size
    uint8_t[MAX_CACHED_BYTES] word


@cython.final
cdef class _Text:
    """The words of one text."""

    cdef Letters plain
    cdef Octets utf8
    cdef Word *words
    cdef Py_ssize_t *facts
    cdef Py_ssize_t *common  # hash -> the number of a word that begins with a small letter; 0: none, so they count from 1
    cdef Py_ssize_t count, room, fact_count, common_slots

    def __cinit__(self):
        self.plain, self.utf8 = Letters(), Octets()

    def __dealloc__(self):
        free(self.words)
        free(self.facts)
        free(self.common)

    cdef int add_room(self, Py_ssize_t room) except -1:
        words = <Word*>realloc(self.words, room * sizeof(Word))
        if words == NULL:
            raise MemoryError
        self.words, self.room = words, room
        return 0

    cdef int begin_facts(self) except -1:
        self.common_slots = 16
        while self.common_slots < 2 * self.count:
            self.common_slots *= 2
        self.facts = <Py_ssize_t*>calloc(self.count + 1, sizeof(Py_ssize_t))
        self.common = <Py_ssize_t*>calloc(self.common_slots, sizeof(Py_ssize_t))
        if self.facts == NULL or self.common == NULL:
            raise MemoryError
        return 0

    cdef Py_ssize_t slot_of(self, const Py_UCS4 *letters, Py_ssize_t size) noexcept:
        """Return the slot of a word as it is written among those that begin with a small letter; it is empty if none is the same."""
        cdef uint64_t slot = SEED
        cdef Py_ssize_t place
        cdef Word *word
        for place in range(size):
            slot = (slot ^ <uint32_t>letters[place]) * <uint64_t>0x100000001B3
        slot = slot * SEED >> 32
        while self.common[slot & self.common_slots - 1]:
            word = &self.words[self.common[slot & self.common_slots - 1] - 1]
            if word.end - word.start == size and not memcmp(self.plain.items + word.start, letters, size * sizeof(Py_UCS4)):
                break
            slot += 1
        return slot & self.common_slots - 1

    cdef void note(self, Py_ssize_t place) noexcept:
        cdef Word *word = &self.words[place]
        self.common[self.slot_of(self.plain.items + word.start, word.end - word.start)] = place + 1

    cdef bint has(self, Letters folded) noexcept:
        return self.common[self.slot_of(folded.items, folded.count)] != 0

    cdef void add_fact(self, Py_ssize_t place) noexcept:
        self.facts[self.fact_count] = place
        self.fact_count += 1

    cdef int add_word(self, Py_ssize_t place, Octets out) except -1:
        """Add a folded word and a space; before the first word only the space."""
        cdef Py_ssize_t size = 0
        if place >= 0:
            size = self.words[place].folded_end - self.words[place].folded
            out.add_bytes(self.utf8.items + self.words[place].folded, size)
        out.add(<Py_UCS4><uint32_t>SPACE)
        return 0

    cdef uint64_t run(self, Py_ssize_t place, Py_ssize_t length) noexcept:
        """Return the hash of a run of words."""
        cdef uint64_t number = 0
        cdef Py_ssize_t at
        for at in range(place, place + length):
            number = _mixed(number ^ self.words[at].hash)
        return number

    cdef Py_ssize_t shingles(self, uint64_t *smallest, int bins) except -1:
        """Find the smallest shingle of every bin; return the number of distinct ones."""
        cdef Py_ssize_t length = min(SHINGLE_WORDS, self.count), slots = 16, distinct = 0, place, slot
        cdef bint has_zero = False
        cdef uint64_t number
        if not self.count:
            number = _mixed(blake2b_number(NULL, 0))
            smallest[number % <uint64_t>bins] = number
            return 1
        while slots < 2 * self.count:
            slots *= 2
        seen = <uint64_t*>calloc(slots, sizeof(uint64_t))
        if seen == NULL:
            raise MemoryError
        for place in range(self.count - length + 1):
            number = self.run(place, length)
            slot = <Py_ssize_t>(number * SEED >> 32) & slots - 1
            while seen[slot] and seen[slot] != number:
                slot = slot + 1 & slots - 1
            if number == 0:
                has_zero = True
            elif not seen[slot]:
                seen[slot] = number
                distinct += 1
                smallest[number % <uint64_t>bins] = min(smallest[number % <uint64_t>bins], number)
        free(seen)
        if has_zero:
            smallest[0] = 0
        return distinct + has_zero


cdef inline bint _joins_digits(uint32_t code) noexcept:
    return code == COMMA or code == FULL_STOP or code == COLON


cdef inline uint64_t _mixed(uint64_t number) noexcept:
    number = (number ^ number >> 30) * <uint64_t>0xBF58476D1CE4E5B9
    number = (number ^ number >> 27) * <uint64_t>0x94D049BB133111EB
    return number ^ number >> 31


@cython.final
cdef class Sketches:
    """Makes sketches. The functions are asked once for each character, and the limits have the names that newsbot gives them.

    `plain(char)` returns a character without accents; None: Python makes the sketch. `flags(char)` has a bit each for letters,
    decimal digits, small and capital letters. `folded(char)` is its case-folded form."""

    cdef Mapping plain, folded
    cdef Flags flags
    cdef CachedHash *hashes
    cdef Py_ssize_t max_chars, min_words, key_words, lead_words
    cdef int body_keys, lead_keys, shingle_bins, slot_bins, max_run

    def __cinit__(self, plain, flags, folded, *, max_chars, min_words, body_keys, lead_keys, key_words, lead_words,
                  shingle_bins, slot_bins, max_run):
        if max(shingle_bins, slot_bins) > MAX_BINS or max(body_keys, lead_keys) > MAX_KEYS or max_run > 9:
            raise ValueError("the limits of sketches are greater than this module can hold")
        self.plain, self.flags, self.folded = Mapping(plain), Flags(flags), Mapping(folded)
        self.max_chars, self.min_words, self.key_words, self.lead_words = max_chars, min_words, key_words, lead_words
        self.body_keys, self.lead_keys = body_keys, lead_keys
        self.shingle_bins, self.slot_bins, self.max_run = shingle_bins, slot_bins, max_run
        self.hashes = <CachedHash*>calloc(CACHE_SIZE, sizeof(CachedHash))
        if self.hashes == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.hashes)

    def sketch(self, text):
        """Return the keys and the content of the sketch of a text; None if Python must make it."""
        cdef _Text found = _Text()
        if not self.read(PyUnicode_FromObject(text), found):
            return None
        self.fold(found)
        return self.keys(found), self.content(found)

    # ------------------------------------------------------------------ words

    cdef bint read(self, str text, _Text found) except -1:
        """Read the plain text and the places of its words; return False if a character is refused."""
        cdef Py_UCS4 char
        for char in text[:self.max_chars] if len(text) > self.max_chars else text:
            if not self.plain.add(char, found.plain):
                return False
        found.add_room(found.plain.count // 2 + 1)
        cdef Py_UCS4 *plain = found.plain.items
        cdef Py_ssize_t place = 0, count = found.plain.count
        cdef int flags, following, kind
        cdef Word *word
        while place < count:
            flags = self.flags.at(plain[place])
            if not flags & (LETTER | DIGIT):
                place += 1
                continue
            if found.count == found.room:
                found.add_room(2 * found.room)
            word = &found.words[found.count]
            found.count += 1
            word.start, word.flags = place, flags
            kind = DIGIT if flags & DIGIT else LETTER
            place += 1
            while place < count:
                following = self.flags.at(plain[place])
                if following & kind:
                    place += 1
                elif kind == DIGIT and _joins_digits(plain[place]) and place + 1 < count \
                        and self.flags.at(plain[place + 1]) & DIGIT:
                    place += 2
                else:
                    break
            word.end = place
        return True

    cdef int fold(self, _Text found) except -1:
        """Fold the words, hash them, and find out which of them are facts."""
        cdef Letters folded = Letters()
        cdef Py_ssize_t place, at, others = 0
        cdef Word *word
        cdef bint has_case
        found.begin_facts()
        for place in range(found.count):
            if found.words[place].flags & LOWER:
                found.note(place)
            else:
                others += 1
        has_case = 2 * others <= found.count
        for place in range(found.count):
            word = &found.words[place]
            folded.count = 0
            for at in range(word.start, word.end):
                if not (word.flags & DIGIT and <uint32_t>found.plain.items[at] == COMMA):
                    self.folded.add(found.plain.items[at], folded)
            word.folded = found.utf8.count
            for at in range(folded.count):
                found.utf8.add(folded.items[at])
            word.folded_end = found.utf8.count
            word.hash = self.hash_of(found.utf8.items + word.folded, word.folded_end - word.folded)
            if word.flags & DIGIT:
                found.add_fact(place)
            elif not word.flags & LOWER and has_case and word.flags & UPPER and not found.has(folded):
                found.add_fact(place)
        return 0

    cdef uint64_t hash_of(self, const uint8_t *word, Py_ssize_t size) noexcept:
        cdef CachedHash *cached
        cdef uint32_t slot = <uint32_t>size
        cdef Py_ssize_t place
        if size > MAX_CACHED_BYTES:
            return blake2b_number(word, size)
        for place in range(size):
            slot = (slot ^ word[place]) * <uint32_t>0x01000193
        cached = &self.hashes[(slot ^ slot >> 15) % CACHE_SIZE]
        if cached.size != size or memcmp(cached.word, word, size):
            cached.hash = blake2b_number(word, size)
            cached.size = <uint8_t>size
            memcpy(cached.word, word, size)
        return cached.hash

    # ------------------------------------------------------------------ sketch

    cdef tuple keys(self, _Text found):
        cdef uint64_t[MAX_KEYS] smallest
        cdef uint64_t number
        cdef Py_ssize_t place, count
        cdef list keys = []
        cdef int bins, bin_
        if found.count < self.min_words:
            return (None,) * (self.body_keys + self.lead_keys)
        for bins, count in ((self.body_keys, found.count), (self.lead_keys, min(found.count, self.lead_words))):
            for bin_ in range(bins):
                smallest[bin_] = EMPTY
            for place in range(count - self.key_words + 1):
                number = found.run(place, self.key_words)
                smallest[number % bins] = min(smallest[number % bins], number)
            for bin_ in range(bins):
                keys.append(None if smallest[bin_] == EMPTY else <int><uint32_t>(smallest[bin_] >> 8))
        return tuple(keys)

    cdef bytes content(self, _Text found):
        cdef uint64_t[MAX_BINS] shingles
        cdef uint64_t[MAX_BINS] slots
        cdef uint64_t[MAX_BINS] facts
        cdef uint8_t[4 + 3 * MAX_BINS] content
        cdef uint32_t size
        cdef Py_ssize_t end = 4
        cdef int place
        for place in range(MAX_BINS):
            shingles[place] = slots[place] = EMPTY
        size = found.shingles(shingles, self.shingle_bins)
        self.fill_slots(found, slots, facts)
        for place in range(4):
            content[place] = size >> 8 * (3 - place) & 0xFF
        for place in range(0, self.shingle_bins, 2):
            content[end] = self.four(shingles[place]) << 4 | self.four(shingles[place + 1])
            end += 1
        for place in range(self.slot_bins):
            content[end + place] = 0 if slots[place] == EMPTY else 1 + slots[place] // self.slot_bins % 255
            content[end + self.slot_bins + place] = 0 if slots[place] == EMPTY else facts[place] & 0xFF
        return PyBytes_FromStringAndSize(<char*>content, end + 2 * self.slot_bins)

    cdef uint8_t four(self, uint64_t smallest) noexcept:
        return 0 if smallest == EMPTY else <uint8_t>(1 + smallest // self.shingle_bins % 15)

    cdef int fill_slots(self, _Text found, uint64_t *slots, uint64_t *facts) except -1:
        """Find the slot with the smallest hash of every bin, and of the facts in it the one with the smallest hash."""
        cdef Octets slot = Octets()
        cdef Py_ssize_t[2] before = [-1, -1]
        cdef Py_ssize_t number, place, after = 0, run = 0
        cdef uint64_t hash_
        cdef int bin_
        for number in range(found.fact_count):
            place = found.facts[number]
            if place > after:
                before[0] = place - 2 if place - after > 1 else before[1]
                before[1] = place - 1
                run = 0
            if run < self.max_run:
                slot.count = 0
                found.add_word(before[0], slot)
                found.add_word(before[1], slot)
                slot.add(<Py_UCS4><uint32_t>(DIGIT_ZERO + run))
                hash_ = blake2b_number(slot.items, slot.count)
                bin_ = hash_ % <uint64_t>self.slot_bins
                if hash_ < slots[bin_]:
                    slots[bin_], facts[bin_] = hash_, found.words[place].hash
                elif hash_ == slots[bin_]:
                    facts[bin_] = min(facts[bin_], found.words[place].hash)
            after, run = place + 1, run + 1
        return 0
