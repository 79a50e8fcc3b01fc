"""Blocks of text and the containers around them, as in `newsbot.extraction.body.blocks`, which says what the names mean."""

cimport cython

from newsbot_core.tags cimport Tag


@cython.trashcan(True)  # pages nest thousands of elements
cdef class Container:
    """A block-level element that contains text."""

    @property
    def article(self):
        """The innermost `article` element around it, or itself."""
        return self if self.is_article else self.outer_article


cdef class Block:
    """A run of text without a block border in it."""


cdef Container new_container(str name, str names, long long flags, Container parent, Tag* tag):
    cdef Container own = Container.__new__(Container)
    own.tag, own.names, own.flags, own.parent = name, names, flags, parent
    own.near = own.inherited = flags
    own.repeats = 1
    own.tag_number, own.level = tag.number, tag.level
    own.is_paragraph, own.is_article = tag.is_paragraph, tag.is_article
    if parent is not None:
        own.depth = parent.depth + 1
        own.near |= parent.flags | (parent.parent.flags if parent.parent is not None else 0)
        own.inherited |= parent.inherited
        own.outer_article = parent if parent.is_article else parent.outer_article
    return own
