"""Cut the text of a page into blocks, in one walk over the nodes of libxml2.

The same as `newsbot.extraction.body.scoring.block_walk`, which says what the names mean; that module is also its test."""

from libc.stdlib cimport free, malloc, realloc
from libc.string cimport strcmp
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

from newsbot_core.blocks cimport Block, Container, new_container
from newsbot_core.folded cimport LINE, SPACE, FoldedText
from newsbot_core.nodes cimport Bytes, is_all_space, text_node
from newsbot_core.tags cimport (
    BOLD,
    BREAK,
    ITALIC,
    LINK,
    OPEN_BLOCK,
    READ_ON,
    SKIP,
    SKIP_MEDIA,
    SKIP_MENU,
    TABLE,
    Tag,
    Tags,
)

cdef extern from "libxml/xmlversion.h":
    int LIBXML_VERSION

BUILT_WITH = LXML_VERSION_STRING.decode(), LIBXML_VERSION
"""The versions of lxml and libxml2 whose structures this package reads."""

import_lxml__etree()


class UnreadableError(Exception):
    """The tree has nodes that no HTML parser makes: entities, namespaces."""


cdef class Reader:
    """Reads blocks. The tables and limits are those of newsbot; `tags` and `other` are those of `Tags`."""

    cdef Tags tags
    cdef object family_bits, is_hidden_by, data_rows
    cdef long long concealed
    cdef int max_blocks, max_pictures, max_media_distance
    cdef double min_link_share
    cdef bytes border

    def __init__(self, tags, other, *, family_bits, is_hidden_by, data_rows, concealed, max_blocks, max_pictures,
                 max_media_distance, min_link_share, border):
        self.tags = Tags(tags, other)
        self.family_bits, self.is_hidden_by, self.data_rows = family_bits, is_hidden_by, data_rows
        self.concealed = concealed
        self.max_blocks, self.max_pictures = max_blocks, max_pictures
        self.max_media_distance, self.min_link_share = max_media_distance, min_link_share
        self.border = border.encode()

    def read(self, _Element root not None):
        """Return the blocks below an element. Raises `UnreadableError` for a tree that no HTML parser makes."""
        cdef _Walk walk = _Walk(self, root)
        walk.read(root._c_node)
        return walk.blocks


cdef class _Walk:
    """The state of one walk: the open elements, and the text collected since the last border, folded."""

    cdef Reader reader
    cdef Tags tags
    cdef _Document document
    cdef list blocks, containers, pictures
    cdef xmlNode** elements
    cdef Py_ssize_t open_count, open_size
    cdef FoldedText text
    cdef bint has_pieces, after_break, marked, is_after
    cdef xmlNode* start
    cdef int links, link_depth, bold_depth, italic_depth
    cdef long link_chars, bold_chars, italic_chars
    cdef Py_ssize_t media_at, media_depth

    def __cinit__(self, Reader reader, _Element root):
        self.reader, self.tags = reader, reader.tags
        self.document = root._doc
        self.blocks, self.pictures = [], []
        self.open_size, self.text = 64, FoldedText()
        self.elements = <xmlNode**> malloc(self.open_size * sizeof(xmlNode*))
        if self.elements == NULL:
            raise MemoryError
        self.elements[0] = root._c_node
        self.open_count = 1
        self.containers = [new_container("html", "", 0, None, reader.tags.named("html"))]
        self.media_at = -reader.max_media_distance
        self.start = root._c_node

    def __dealloc__(self):
        free(self.elements)

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
        cdef int action = self.tags.of(node).action
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
        cdef int action = self.tags.of(node).action
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
        cdef int action = self.tags.of(node).action
        if (action == OPEN_BLOCK or action == BREAK) and self.has_pieces:
            self.text.pending = max(self.text.pending, SPACE)
        if action >= SKIP:
            self.skip(action, node)
            return False
        self.links += action == LINK
        if LINK <= action <= ITALIC:
            self.mark(action, 1)
        return True

    cdef int close_in_cell(self, xmlNode* node) except -1:
        cdef int action = self.tags.of(node).action
        if (action == OPEN_BLOCK or action == BREAK) and self.has_pieces:
            self.text.pending = max(self.text.pending, SPACE)
        if LINK <= action <= ITALIC:
            self.mark(action, -1)
        return 0

    cdef int add_in_cell(self, xmlNode* run, xmlNode* row, Py_ssize_t borders, bint* is_empty) except -1:
        cdef Py_ssize_t border
        run = text_node(run)
        if run == NULL:
            return 0
        if is_all_space(run):
            if self.has_pieces and run.content != NULL and run.content[0]:
                self.text.pending = max(self.text.pending, SPACE)
            return 0
        if is_empty[0] and borders:
            self.begin(row, False)
            for border in range(borders):
                self.count(self.text.append(<Bytes> <const char*> self.reader.border))
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
        run = text_node(run)
        if run == NULL:
            return 0
        if self.has_pieces and not self.after_break:
            is_blank = False  # it makes no difference
        else:
            is_blank = is_all_space(run)
            if is_blank and not self.has_pieces:
                return 0
        self.begin(element, is_after)
        while run != NULL:
            if run.content != NULL:
                self.count(self.text.append(<Bytes> run.content))
            run = text_node(run.next)
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

    cdef int line_break(self) except -1:
        if self.after_break:
            self.flush()
        elif self.has_pieces:
            self.text.pending = LINE
            self.after_break = True
        return 0

    cdef int flush(self) except -1:
        """End the block if there is any text."""
        cdef Block block
        if not self.has_pieces:
            return 0
        block = Block.__new__(Block)
        block.is_link = (
            self.link_chars >= self.reader.min_link_share * self.text.chars
            and self.tags.of(self.elements[self.open_count - 1]).may_be_link
        )
        block.text = self.text.take()
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
        self.has_pieces = self.after_break = False
        self.links = self.link_chars = self.bold_chars = self.italic_chars = 0
        return 0

    cdef Container container_at(self, Py_ssize_t depth):
        """Return the container of the open element at a depth, counted from 1; that of the root for depth 0."""
        while len(self.containers) < depth:
            self.containers.append(self.container_of(self.elements[len(self.containers)], self.containers[len(self.containers) - 1]))
        return self.containers[max(depth, 1) - 1]

    cdef Container container_of(self, xmlNode* node, Container parent):
        cdef Tag* tag = self.tags.of(node)
        cdef long long flags = tag.bits
        cdef xmlAttr* attribute = node.properties
        cdef str classes = None, own_id = None, style = None, names = ""
        cdef bint is_hidden = False
        if tag.is_body:
            return new_container("body", "", flags, parent, tag)
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
        return new_container(self.tags.name_of(node), names, flags, parent, tag)


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
