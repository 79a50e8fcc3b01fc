from lxml.includes.tree cimport xmlNode

cdef enum:
    OPEN_BLOCK, TABLE, READ_ON, LINK, BOLD, ITALIC, BREAK, SKIP, SKIP_MEDIA, SKIP_MENU

cdef enum:
    SLOTS = 1024
    MAX_TAG_CHARS = 15


cdef struct Tag:
    char name[MAX_TAG_CHARS + 1]
    int action
    long long bits
    int number
    int level
    bint is_paragraph
    bint is_article
    bint is_body
    bint may_be_link


cdef class Tags:
    cdef Tag slots[SLOTS]
    cdef Tag other
    cdef dict names

    cdef Tag* named(self, const char* name) noexcept
    cdef Tag* of(self, xmlNode* node) noexcept
    cdef str name_of(self, xmlNode* node)
