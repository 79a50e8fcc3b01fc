"""Find the elements whose attributes hold a word, in one walk over the nodes of libxml2.

The same as `marked_elements` of `newsbot.extraction.page.tree`."""

from libc.string cimport strcmp, strstr
from lxml.includes cimport tree
from lxml.includes.etreepublic cimport _Document, _Element, attributeValue, elementFactory, import_lxml__etree
from lxml.includes.tree cimport xmlAttr, xmlNode

import_lxml__etree()

cdef enum:
    MAX_WORDS = 32


cdef struct Wanted:
    const char* name
    const char* word


def marked_elements(_Element root not None, list wanted not None, Py_ssize_t limit):
    """Return the first elements from `root` on with a word in an attribute. `wanted` has pairs of both in UTF-8."""
    cdef Wanted[MAX_WORDS] words
    cdef int count = len(wanted), place
    cdef list found = []
    cdef _Document document = root._doc
    cdef xmlNode* node = root._c_node
    if count > MAX_WORDS:
        raise ValueError(f"{count} words; accepted: up to {MAX_WORDS}")
    for place in range(count):
        words[place].name, words[place].word = wanted[place]
    while node != NULL and len(found) < limit:
        if node.properties != NULL and _is_marked(node, words, count):
            found.append(elementFactory(document, node))
        node = _next_element(node, root._c_node)
    return found


cdef bint _is_marked(xmlNode* node, const Wanted* words, int count) except -1:
    cdef xmlAttr* attribute = node.properties
    cdef int place
    cdef bytes value
    while attribute != NULL:
        if attribute.type == tree.XML_ATTRIBUTE_NODE and attribute.ns == NULL:
            value = None
            for place in range(count):
                if strcmp(<const char*> attribute.name, words[place].name):
                    continue
                if _is_one_text(attribute):
                    if strstr(<const char*> attribute.children.content, words[place].word) != NULL:
                        return True
                    continue
                if value is None:
                    value = attributeValue(node, attribute).encode()
                if strstr(value, words[place].word) != NULL:
                    return True
        attribute = attribute.next
    return False


cdef inline bint _is_one_text(xmlAttr* attribute) noexcept nogil:
    cdef xmlNode* text = attribute.children
    return text != NULL and text.next == NULL and text.type == tree.XML_TEXT_NODE and text.content != NULL


cdef inline xmlNode* _next_element(xmlNode* node, xmlNode* root) noexcept nogil:
    """Return the element that follows in page order; NULL after the last one below the root."""
    cdef xmlNode* following = _element(node.children)
    while following == NULL:
        if node == root:
            return NULL
        following = _element(node.next)
        node = node.parent
    return following


cdef inline xmlNode* _element(xmlNode* node) noexcept nogil:
    """Return the first element among a node and those after it; NULL if there is none."""
    while node != NULL and node.type != tree.XML_ELEMENT_NODE:
        node = node.next
    return node
