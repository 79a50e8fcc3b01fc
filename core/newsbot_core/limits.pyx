"""Find the first tag with too many attributes, the same as `_UNTIL_CROWDED` of `newsbot.extraction.page.limits`."""

from libc.string cimport memchr

ctypedef const unsigned char* Bytes


def crowded_tag(bytes markup not None, int max_attributes):
    """Return the place of the first possible tag with that many attributes; -1 if there is none.

    Every `<` counts as the start of a tag, also in scripts, comments and values."""
    cdef Bytes start = <Bytes> <const char*> markup
    cdef Bytes end = start + len(markup)
    cdef Bytes tag = start
    cdef Bytes place
    while True:
        tag = <Bytes> memchr(tag, c"<", end - tag)
        if tag == NULL:
            return -1
        place = tag + 1
        if place < end and _is_letter(place[0]):
            while place < end and _is_in_name(place[0]):
                place += 1
            if _has_attributes(place, end, max_attributes):
                return tag - start
        tag = place


cdef bint _has_attributes(Bytes place, Bytes end, int count) noexcept nogil:
    """Return whether a number of attributes follows."""
    while count:
        place = _after_attribute(place, end)
        if place == NULL:
            return False
        count -= 1
    return True


cdef Bytes _after_attribute(Bytes place, Bytes end) noexcept nogil:
    """Return the end of the attribute that follows; NULL if none does."""
    cdef Bytes value
    while place < end and (_is_space(place[0]) or place[0] == c"/"):
        place += 1
    if place == end or place[0] == c">":
        return NULL
    place += 1
    while place < end and _is_in_name(place[0]) and place[0] != c"=":
        place += 1
    value = _after_spaces(place, end)
    if value == end or value[0] != c"=":
        return place
    value = _after_spaces(value + 1, end)
    if value == end or value[0] == c">":
        return place
    if value[0] == c'"' or value[0] == c"'":
        value = <Bytes> memchr(value + 1, value[0], end - value - 1)
        return place if value == NULL else value + 1
    while value < end and not _is_space(value[0]) and value[0] != c">":
        value += 1
    return value


cdef inline Bytes _after_spaces(Bytes place, Bytes end) noexcept nogil:
    while place < end and _is_space(place[0]):
        place += 1
    return place


cdef inline bint _is_space(unsigned char byte) noexcept nogil:
    return byte == c" " or byte == c"\t" or byte == c"\n" or byte == c"\r" or byte == c"\f"


cdef inline bint _is_in_name(unsigned char byte) noexcept nogil:
    return not (_is_space(byte) or byte == c"/" or byte == c">")


cdef inline bint _is_letter(unsigned char byte) noexcept nogil:
    return c"a" <= (byte | 0x20) <= c"z"
