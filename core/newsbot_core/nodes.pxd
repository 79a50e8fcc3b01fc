"""Nodes of libxml2 that hold text."""

from lxml.includes cimport tree
from lxml.includes.tree cimport xmlNode

cdef extern from "Python.h":
    bint Py_UNICODE_ISSPACE(Py_UCS4 character) noexcept nogil

ctypedef const unsigned char* Bytes


cdef inline xmlNode* text_node(xmlNode* node) noexcept nogil:
    """Return the node if it is a text, NULL if not, which ends a run of texts."""
    while node != NULL:
        if node.type == tree.XML_TEXT_NODE or node.type == tree.XML_CDATA_SECTION_NODE:
            return node
        if node.type != tree.XML_XINCLUDE_START and node.type != tree.XML_XINCLUDE_END:
            return NULL
        node = node.next
    return NULL


cdef inline bint is_space(Py_UCS4 character) noexcept nogil:
    if character < 0x80:
        return character == 0x20 or 0x09 <= character <= 0x0D or 0x1C <= character <= 0x1F
    return Py_UNICODE_ISSPACE(character)


cdef inline bint is_all_space(xmlNode* run) noexcept nogil:
    """Return whether the texts from a node on consist of space."""
    cdef Bytes text
    cdef Py_UCS4 character
    while run != NULL:
        text = <Bytes> run.content
        while text != NULL and text[0]:
            if text[0] < 0x80:
                character = text[0]
                text += 1
            else:
                text += decoded(text, &character)
            if not is_space(character):
                return False
        run = text_node(run.next)
    return True


cdef inline Py_ssize_t decoded(Bytes text, Py_UCS4* character) noexcept nogil:
    """Read a character of more than one byte and return its width. A wrong byte is a character, and fails when the block
    is decoded, as it does in lxml."""
    cdef int first = text[0], width = 2 if first < 0xE0 else 3 if first < 0xF0 else 4, place
    cdef unsigned int value = first & (0x7F >> width)
    for place in range(1, width):
        if text[place] & 0xC0 != 0x80:
            character[0] = 0xFFFD
            return 1
        value = value << 6 | (text[place] & 0x3F)
    character[0] = value if value <= 0x10FFFF else 0xFFFD
    return width
