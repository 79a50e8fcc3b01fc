"""Cut the text of a page into blocks, in one walk over the nodes of libxml2.

The same as `newsbot.extraction.body.scoring.block_walk`, which says what the names mean; that module is also its test."""

cimport cython
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset, strcmp, strlen
from lxml.includes cimport tree
from lxml.includes.etreepublic cimport (
    LXML_VERSION_STRING,
    _Document,
    _Element,
    attributeValue,
    elementFactory,
    import_lxml__etree,
)
from lxml.includes.tree cimport xmlAttr, xmlNode

cdef extern from "libxml/xmlversion.h":
    int LIBXML_VERSION

cdef extern from "Python.h":
    bint Py_UNICODE_ISSPACE(Py_UCS4 character) noexcept nogil

BUILT_WITH = LXML_VERSION_STRING.decode(), LIBXML_VERSION
"""The versions of lxml and libxml2 whose structures this module reads."""

import_lxml__etree()

ctypedef const unsigned char* Bytes

cdef enum:
    OPEN_BLOCK, TABLE, READ_ON, LINK, BOLD, ITALIC, BREAK, SKIP, SKIP_MEDIA, SKIP_MENU

cdef enum:
    SPACE = 1
    LINE = 2
    SLOTS = 1024
    MAX_TAG_CHARS = 15


class UnreadableError(Exception):
    """The tree has nodes that no HTML parser makes: entities, namespaces."""


@cython.trashcan(True)  # pages nest thousands of elements
cdef class Container:
    """A block-level element that contains text."""

    @property
    def article(self):
        """The innermost `article` element around it, or itself."""
        return self if self.is_article else self.outer_article


cdef class Block:
    """A run of text without a block border in it."""


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


cdef class Reader:
    """Reads blocks. The tables and limits are those of newsbot; `tags` has a row for every name that means something."""

    cdef Tag slots[SLOTS]
    cdef Tag other
    cdef dict names
    cdef object family_bits, is_hidden_by, data_rows
    cdef long long concealed
    cdef int max_blocks, max_pictures, max_media_distance
    cdef double min_link_share
    cdef bytes border

    def __init__(self, tags, other, *, family_bits, is_hidden_by, data_rows, concealed, max_blocks, max_pictures,
                 max_media_distance, min_link_share, border):
        memset(self.slots, 0, sizeof(self.slots))
        self.names = {}
        self.other = _tag(other)
        for row in tags:
            self.add_tag(row)
        self.family_bits, self.is_hidden_by, self.data_rows = family_bits, is_hidden_by, data_rows
        self.concealed = concealed
        self.max_blocks, self.max_pictures = max_blocks, max_pictures
        self.max_media_distance, self.min_link_share = max_media_distance, min_link_share
        self.border = border.encode()

    cdef add_tag(self, row):
        cdef Tag tag = _tag(row)
        cdef Py_ssize_t slot = _hash(tag.name) % SLOTS
        if len(self.names) > SLOTS // 2 or len(row[0].encode()) > MAX_TAG_CHARS:
            raise ValueError(f"too many or too long names of elements: {row[0]}")
        while self.slots[slot].name[0]:
            slot = (slot + 1) % SLOTS
        self.slots[slot] = tag
        self.names[slot] = row[0]

    cdef Py_ssize_t slot_of(self, const char* name) noexcept:
        """Return the slot of the name of an element; -1 for one without a row."""
        cdef Py_ssize_t slot = _hash(name) % SLOTS
        while self.slots[slot].name[0]:
            if strcmp(self.slots[slot].name, name) == 0:
                return slot
            slot = (slot + 1) % SLOTS
        return -1

    cdef inline Tag* tag_of(self, xmlNode* node) noexcept:
        cdef Py_ssize_t slot = self.slot_of(<const char*> node.name)
        return &self.other if slot < 0 else &self.slots[slot]

    cdef str name_of(self, xmlNode* node):
        cdef Py_ssize_t slot = self.slot_of(<const char*> node.name)
        return (<const char*> node.name).decode() if slot < 0 else self.names[slot]

    def read(self, _Element root not None):
        """Return the blocks below an element. Raises `UnreadableError` for a tree that no HTML parser makes."""
        cdef _Walk walk = _Walk(self, root)
        walk.read(root._c_node)
        return walk.blocks


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


cdef class _Walk:
    """The state of one walk: the open elements, and the text collected since the last border, folded."""

    cdef Reader reader
    cdef _Document document
    cdef list blocks, containers, pictures
    cdef xmlNode** elements
    cdef Py_ssize_t open_count, open_size
    cdef char* text
    cdef Py_ssize_t size, text_size
    cdef long chars
    cdef int pending
    cdef bint has_pieces, after_break, marked, is_after
    cdef xmlNode* start
    cdef int links, link_depth, bold_depth, italic_depth
    cdef long link_chars, bold_chars, italic_chars
    cdef Py_ssize_t media_at, media_depth

    def __cinit__(self, Reader reader, _Element root):
        self.reader = reader
        self.document = root._doc
        self.blocks, self.pictures = [], []
        self.open_size, self.text_size = 64, 4096
        self.elements = <xmlNode**> malloc(self.open_size * sizeof(xmlNode*))
        self.text = <char*> malloc(self.text_size)
        if self.elements == NULL or self.text == NULL:
            raise MemoryError
        self.elements[0] = root._c_node
        self.open_count = 1
        self.containers = [_new_container("html", "", 0, None, &reader.slots[reader.slot_of("html")])]
        self.media_at = -reader.max_media_distance
        self.start = root._c_node

    def __dealloc__(self):
        free(self.elements)
        free(self.text)

    cdef read(self, xmlNode* root):
        cdef xmlNode* node = root
        cdef xmlNode* following
        cdef bint is_entered = True
        cdef Py_ssize_t limit = self.reader.max_blocks
        self.add_run(root.children, root, False)
        while True:
            following = _element(node.children) if is_entered else NULL
            while following == NULL:
                if node == root:
                    self.flush()
                    return
                self.close(node)
                if len(self.blocks) > limit:
                    self.flush()
                    return
                following = _element(node.next)
                if following == NULL:
                    node = node.parent
            node = following
            is_entered = self.open(node)
            if is_entered and len(self.blocks) > limit:
                self.flush()
                return

    cdef bint open(self, xmlNode* node) except -1:
        """Read the start of an element and its first text; return whether what is in it is read."""
        cdef int action = self.reader.tag_of(node).action
        if action == OPEN_BLOCK:
            self.enter(node)
        elif action >= SKIP:
            self.skip(action, node)
            return False
        elif action == TABLE:
            self.enter(node)
            rows = self.reader.data_rows(elementFactory(self.document, node))
            self.read_rows(rows)
            if rows:
                return False
        elif action == BREAK:
            self.line_break()
        elif action != READ_ON:
            self.links += action == LINK
            self.mark(action, 1)
        self.add_run(node.children, node, False)
        return True

    cdef int close(self, xmlNode* node) except -1:
        """Read the end of an element, and the text after it."""
        cdef int action = self.reader.tag_of(node).action
        if action <= TABLE:
            self.leave()
        elif LINK <= action <= ITALIC:
            self.mark(action, -1)
        self.add_run(node.next, node, True)
        return 0

    cdef int enter(self, xmlNode* node) except -1:
        if self.has_pieces:
            self.flush()
        if self.open_count == self.open_size:
            self.grow_elements()
        self.elements[self.open_count] = node
        self.open_count += 1
        return 0

    cdef int grow_elements(self) except -1:
        cdef xmlNode** larger = <xmlNode**> realloc(self.elements, 2 * self.open_size * sizeof(xmlNode*))
        if larger == NULL:
            raise MemoryError
        self.elements = larger
        self.open_size *= 2
        return 0

    cdef int leave(self) except -1:
        if self.has_pieces:
            self.flush()
        self.open_count -= 1
        if len(self.containers) > self.open_count:
            self.containers.pop()
        return 0

    cdef int skip(self, int action, xmlNode* node) except -1:
        if action == SKIP_MEDIA:
            if len(self.pictures) < self.reader.max_pictures:
                self.pictures.append(elementFactory(self.document, node))
            self.media_at, self.media_depth = len(self.blocks), self.open_count
        elif action == SKIP_MENU:
            self.flush()
        return 0

    cdef int read_rows(self, rows) except -1:
        cdef _Element element, cell
        cdef Py_ssize_t column
        for element, cells in rows:
            self.enter(element._c_node)
            column = 0
            for cell, place in cells:
                if self.read_cell(element._c_node, cell._c_node, place - column):
                    column = place
            self.leave()
            if len(self.blocks) > self.reader.max_blocks:
                break
        return 0

    cdef bint read_cell(self, xmlNode* row, xmlNode* cell, Py_ssize_t borders) except -1:
        """Read a cell of a row with the borders before it, and return whether it has a text."""
        cdef bint is_empty = True
        cdef xmlNode* node = cell
        cdef xmlNode* following = cell
        while True:
            if following != NULL:
                node = following
                if self.open_in_cell(node):
                    self.add_in_cell(node.children, row, borders, &is_empty)
                    following = _element(node.children)
                    continue
            self.close_in_cell(node)
            self.add_in_cell(node.next, row, borders, &is_empty)
            if node == cell:
                return not is_empty
            following = _element(node.next)
            if following == NULL:
                node = node.parent

    cdef bint open_in_cell(self, xmlNode* node) except -1:
        cdef int action = self.reader.tag_of(node).action
        if (action == OPEN_BLOCK or action == BREAK) and self.has_pieces:
            self.pending = max(self.pending, SPACE)
        if action >= SKIP:
            self.skip(action, node)
            return False
        self.links += action == LINK
        if LINK <= action <= ITALIC:
            self.mark(action, 1)
        return True

    cdef int close_in_cell(self, xmlNode* node) except -1:
        cdef int action = self.reader.tag_of(node).action
        if (action == OPEN_BLOCK or action == BREAK) and self.has_pieces:
            self.pending = max(self.pending, SPACE)
        if LINK <= action <= ITALIC:
            self.mark(action, -1)
        return 0

    cdef int add_in_cell(self, xmlNode* run, xmlNode* row, Py_ssize_t borders, bint* is_empty) except -1:
        cdef Py_ssize_t border
        run = _text(run)
        if run == NULL:
            return 0
        if _is_blank(run):
            if self.has_pieces and run.content != NULL and run.content[0]:
                self.pending = max(self.pending, SPACE)
            return 0
        if is_empty[0] and borders:
            self.begin(row, False)
            for border in range(borders):
                self.count(self.append(<Bytes> <const char*> self.reader.border))
        is_empty[0] = False
        return self.add_run(run, row, False)

    cdef int mark(self, int action, int step) except -1:
        if action == LINK:
            self.link_depth += step
        elif action == BOLD:
            self.bold_depth += step
        else:
            self.italic_depth += step
        self.marked = self.link_depth or self.bold_depth or self.italic_depth
        return 0

    cdef void begin(self, xmlNode* element, bint is_after) noexcept:
        """Remember where a block begins, if none has begun."""
        if not self.has_pieces:
            self.has_pieces = True
            self.start, self.is_after = element, is_after

    cdef int add_run(self, xmlNode* run, xmlNode* element, bint is_after) except -1:
        """Add the text from a node on, which follows on the start or the end of an element, unless it opens a block and
        is blank."""
        cdef bint is_blank
        run = _text(run)
        if run == NULL:
            return 0
        if self.has_pieces and not self.after_break:
            is_blank = False  # it makes no difference
        else:
            is_blank = _is_blank(run)
            if is_blank and not self.has_pieces:
                return 0
        self.begin(element, is_after)
        while run != NULL:
            if run.content != NULL:
                self.count(self.append(<Bytes> run.content))
            run = _text(run.next)
        if not is_blank:
            self.after_break = False
        return 0

    cdef inline void count(self, Py_ssize_t size) noexcept:
        if self.marked:
            if self.link_depth:
                self.link_chars += size
            if self.bold_depth:
                self.bold_chars += size
            if self.italic_depth:
                self.italic_chars += size

    cdef Py_ssize_t append(self, Bytes text) except -1:
        """Add a text, folded, and return its number of characters before that."""
        cdef Py_ssize_t size = 0, width, needed = self.size + 2 * strlen(<const char*> text) + 2
        cdef Py_UCS4 character
        cdef char* grown
        if needed > self.text_size:
            grown = <char*> realloc(self.text, 2 * needed)
            if grown == NULL:
                raise MemoryError
            self.text, self.text_size = grown, 2 * needed
        while text[0]:
            size += 1
            if text[0] < 0x80:
                character, width = text[0], 1
            else:
                width = _decoded(text, &character)
            if character == c"\v":
                self.pending = LINE
            elif _is_space(character):
                if not self.pending:
                    self.pending = SPACE
            else:
                if self.pending:
                    if self.size:
                        self.text[self.size] = c" " if self.pending == SPACE else c"\n"
                        self.size += 1
                        self.chars += 1
                    self.pending = 0
                memcpy(self.text + self.size, text, width)
                self.size += width
                self.chars += 1
            text += width
        return size

    cdef int line_break(self) except -1:
        if self.after_break:
            self.flush()
        elif self.has_pieces:
            self.pending = LINE
            self.after_break = True
        return 0

    cdef int flush(self) except -1:
        """End the block if there is any text."""
        cdef Block block
        if not self.has_pieces:
            return 0
        block = Block.__new__(Block)
        block.text = PyUnicode_DecodeUTF8(self.text, self.size, NULL)
        block.is_link = (
            self.link_chars >= self.reader.min_link_share * self.chars
            and self.reader.tag_of(self.elements[self.open_count - 1]).may_be_link
        )
        block.container = self.container_at(self.open_count - block.is_link)
        block.links, block.link_chars = self.links, self.link_chars
        block.bold_chars, block.italic_chars = self.bold_chars, self.italic_chars
        block.since_media = min(len(self.blocks) - self.media_at, self.reader.max_media_distance)
        block.media_depth = self.open_count - self.media_depth
        block.start, block.is_after = elementFactory(self.document, self.start), self.is_after
        block.pictures = ()
        if self.pictures:
            block.pictures, self.pictures = self.pictures, []
        self.blocks.append(block)
        self.size = self.chars = self.pending = 0
        self.has_pieces = self.after_break = False
        self.links = self.link_chars = self.bold_chars = self.italic_chars = 0
        return 0

    cdef Container container_at(self, Py_ssize_t depth):
        """Return the container of the open element at a depth, counted from 1; that of the root for depth 0."""
        while len(self.containers) < depth:
            self.containers.append(self.container_of(self.elements[len(self.containers)], self.containers[len(self.containers) - 1]))
        return self.containers[max(depth, 1) - 1]

    cdef Container container_of(self, xmlNode* node, Container parent):
        cdef Tag* tag = self.reader.tag_of(node)
        cdef long long flags = tag.bits
        cdef xmlAttr* attribute = node.properties
        cdef str classes = None, own_id = None, style = None, names = ""
        cdef bint is_hidden = False
        if tag.is_body:
            return _new_container("body", "", flags, parent, tag)
        while attribute != NULL:
            if attribute.type == tree.XML_ATTRIBUTE_NODE and attribute.ns == NULL:
                if strcmp(<const char*> attribute.name, "class") == 0 and classes is None:
                    classes = attributeValue(node, attribute)
                elif strcmp(<const char*> attribute.name, "id") == 0 and own_id is None:
                    own_id = attributeValue(node, attribute)
                elif strcmp(<const char*> attribute.name, "style") == 0 and style is None:
                    style = attributeValue(node, attribute)
                elif strcmp(<const char*> attribute.name, "hidden") == 0:
                    is_hidden = True
            attribute = attribute.next
        if own_id is not None:
            names = f"{classes or ''} {own_id}".strip()
        elif classes is not None:
            names = classes.strip()
        if names:
            flags |= <long long> self.reader.family_bits(names)
        if is_hidden or (style is not None and self.reader.is_hidden_by(style)):
            flags |= self.reader.concealed
        return _new_container(self.reader.name_of(node), names, flags, parent, tag)


cdef Container _new_container(str name, str names, long long flags, Container parent, Tag* tag):
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


cdef inline xmlNode* _element(xmlNode* node) except? NULL:
    """Return the first element among a node and those after it; NULL if there is none."""
    while node != NULL:
        if node.type == tree.XML_ELEMENT_NODE:
            if node.ns != NULL:
                raise UnreadableError("an element has a namespace")
            return node
        if node.type == tree.XML_ENTITY_REF_NODE:
            raise UnreadableError("the tree has entities")
        node = node.next
    return NULL


cdef inline xmlNode* _text(xmlNode* node) noexcept nogil:
    """Return the node if it is a text, NULL if not, which ends a run of texts."""
    while node != NULL:
        if node.type == tree.XML_TEXT_NODE or node.type == tree.XML_CDATA_SECTION_NODE:
            return node
        if node.type != tree.XML_XINCLUDE_START and node.type != tree.XML_XINCLUDE_END:
            return NULL
        node = node.next
    return NULL


cdef inline bint _is_space(Py_UCS4 character) noexcept nogil:
    if character < 0x80:
        return character == 0x20 or 0x09 <= character <= 0x0D or 0x1C <= character <= 0x1F
    return Py_UNICODE_ISSPACE(character)


cdef bint _is_blank(xmlNode* run) noexcept nogil:
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
                text += _decoded(text, &character)
            if not _is_space(character):
                return False
        run = _text(run.next)
    return True


cdef inline Py_ssize_t _decoded(Bytes text, Py_UCS4* character) noexcept nogil:
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
