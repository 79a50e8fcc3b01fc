from newsbot_core.tags cimport Tag


cdef class Container:
    cdef readonly str tag
    cdef readonly str names
    cdef readonly long long flags
    cdef readonly Container parent
    cdef readonly Container outer_article
    cdef readonly int depth
    cdef readonly long long near
    cdef readonly long long inherited
    cdef public int blocks
    cdef public long chars
    cdef public long link_chars
    cdef public int prose_blocks
    cdef public long prose_chars
    cdef public int repeats
    cdef public double item_chars
    cdef public double item_links
    cdef int tag_number
    cdef int level
    cdef bint is_paragraph
    cdef bint is_article
    cdef long long round
    cdef int number


cdef class Block:
    cdef readonly str text
    cdef readonly Container container
    cdef readonly int links
    cdef readonly long link_chars
    cdef readonly long bold_chars
    cdef readonly long italic_chars
    cdef readonly bint is_link
    cdef readonly object start
    cdef readonly bint is_after
    cdef readonly object pictures
    cdef readonly int since_media
    cdef readonly int media_depth


cdef Container new_container(str name, str names, long long flags, Container parent, Tag* tag)
