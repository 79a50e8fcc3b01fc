"""What is known of elements by their name: a hash table of the rows that newsbot gives."""

from libc.string cimport memcpy, memset, strcmp
from lxml.includes.tree cimport xmlNode


cdef class Tags:
    """Names of elements. `rows` has one for every name that means something, `other` is that of all others."""

    def __init__(self, rows, other):
        memset(self.slots, 0, sizeof(self.slots))
        self.names = {}
        self.other = _tag(other)
        for row in rows:
            self._add(row)

    def _add(self, row):
        cdef Tag tag = _tag(row)
        cdef Py_ssize_t slot = _hash(tag.name) % SLOTS
        if len(self.names) > SLOTS // 2 or len(row[0].encode()) > MAX_TAG_CHARS:
            raise ValueError(f"too many or too long names of elements: {row[0]}")
        while self.slots[slot].name[0]:
            slot = (slot + 1) % SLOTS
        self.slots[slot] = tag
        self.names[slot] = row[0]

    cdef Tag* named(self, const char* name) noexcept:
        """Return what is known of a name."""
        cdef Py_ssize_t slot = _hash(name) % SLOTS
        while self.slots[slot].name[0]:
            if strcmp(self.slots[slot].name, name) == 0:
                return &self.slots[slot]
            slot = (slot + 1) % SLOTS
        return &self.other

    cdef Tag* of(self, xmlNode* node) noexcept:
        return self.named(<const char*> node.name)

    cdef str name_of(self, xmlNode* node):
        cdef Tag* tag = self.of(node)
        return (<const char*> node.name).decode() if tag == &self.other else self.names[tag - self.slots]


cdef Tag _tag(row):
    cdef Tag tag
    name, tag.action, tag.bits, tag.number, tag.level, tag.is_paragraph = row
    encoded = name.encode()[:MAX_TAG_CHARS]
    memset(tag.name, 0, sizeof(tag.name))
    memcpy(tag.name, <const char*> encoded, len(encoded))
    tag.is_article = name == "article"
    tag.is_body = name == "body"
    tag.may_be_link = name not in ("p", "tr")
    return tag


cdef inline unsigned int _hash(const char* name) noexcept nogil:
    cdef unsigned int value = 2166136261U
    while name[0]:
        value = (value ^ <unsigned char> name[0]) * 16777619U
        name += 1
    return value
