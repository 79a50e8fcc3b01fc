"""Read the paragraphs of rich text as content systems store it: HTML, lists of blocks, trees of nodes.

No system is known by name. A node has a kind ("paragraph", "h2", "image"), its text or its children, whatever these
properties are called; the children of a paragraph are parts of one line.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from newsbot.extraction.page.state.embedded_state import HOLDERS
from newsbot.text import words

MAX_STEPS: Final = 60_000
"""Maximum number of nodes that are read of one page."""
MAX_TEXT_CHARS: Final = 500_000
_MAX_DEPTH: Final = 40
_KIND_KEYS: Final = words("type _type nodeType __typename kind tag tagName name style blockType component")
_TEXT_KEYS: Final = words(
    "text html content value body rendered contentHtml innerHTML plainText paragraph markup"
)
_TITLE_KEYS: Final = ("heading", "headline", "title", "subtitle")
_KIND_SET: Final = frozenset(_KIND_KEYS)
_TEXT_SET: Final = frozenset(_TEXT_KEYS)
_CHILD_KEYS: Final = frozenset(
    words(
        """
    content contents children blocks items elements paragraphs body model data attributes attrs props
    fields nodes json root document sections list_items listItems value text inlines runs rendered
    components html node entries rows
    """
    )
)
_READ: Final = (*HOLDERS, str)
"""What text is read from."""
_INLINE: Final = re.compile(
    r"^(?:text|#text|span|(?:inline|text)\w*|\w*inline|link|a|(?:entry-|asset-|entity-)?hyperlink|strong|em|b|i|u|s|mark"
    r"|fragment|mention|emphasis|bold|italic|code|sup|sub|abbr|time|cite|run|leaf|linebreak|br)$"
)
"""Kinds of nodes that are parts of a line."""
_LINE: Final = re.compile(
    r"^(?:p|par|para|unstyled|normal|lead|intro|standfirst|block|h[1-6]|li|dd|dt|blockquote|quote|pullquote|crosshead)$"
    r"|paragraph|^text|text$|heading|header-|headline|subhead|list-?_?item|^header$"
)
"""Kinds of nodes whose children are the parts of one line, unless they are lines themselves."""
_NO_TEXT: Final = re.compile(
    r"image|photo|picture|galler|slide|video|audio|podcast|player|embed|iframe|^ads?$|advert|promo|related|recirc|newsletter"
    r"|interstitial|button|form$|poll|quiz|chart|widget|script|^style$|caption|credit|author|byline|comment|teaser|read-?more"
    r"|carousel|divider|sponsor|paywall|subscri|social|share|^nav|oembed|youtube|twitter|tweet|instagram|donation|^svg$|tag$|tags$"
)
"""Kinds of nodes that are no text of an article."""
_LINK_KEYS: Final = frozenset(
    words("url slug href link permalink canonicalUrl canonical_url webUrl shareUrl path uri")
)
_BLOCK_TAG = re.compile(
    r"<(?:br|/?(?:p|div|li|ul|ol|h\d|blockquote|section|tr|table|dd|dt|dl|hr|pre|figure))\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    r"<(script|style|figcaption|iframe|svg|aside|noscript|button)\b[^<>]{0,2000}>(?:[^<]++|<(?!/\1\b))*+(?:</\1[^>]{0,20}>|\Z)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,4000}>")
_LINES = re.compile(r"\s*\n\s*")
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")


def text_paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plain text or of HTML, which may be escaped."""
    text = text[:MAX_TEXT_CHARS]
    if "\n" not in text and "<" not in text and "&" not in text:
        line = _SPACES.sub(" ", text).strip()
        return [line] if line else []
    if "&lt;" in text and "<" not in text:
        text = html.unescape(text)
    if "<" in text:
        if _BLOCK_TAG.search(text):
            text = text.replace("\n", " ")
        text = _TAG.sub("", _BLOCK_TAG.sub("\n", _DROPPED.sub("\n", text)))
    text = html.unescape(text) if "&" in text else text
    lines = (_SPACES.sub(" ", line).strip() for line in _LINES.split(text))
    return [line for line in lines if line]


def kind_of(node: Any) -> str:
    """Return the kind of a node in lower case; "" if it has none."""
    if not isinstance(node, dict):
        return ""
    if _KIND_SET.isdisjoint(node):  # as most nodes; found with one look-up for each of their few keys
        return ""
    for key in _KIND_KEYS:
        if key in node and isinstance(value := node[key], str) and 0 < len(value) <= 60:
            return _plain_kind(value)
    return ""


@lru_cache(maxsize=4096)
def _plain_kind(value: str) -> str:
    return value.rpartition("/")[2].casefold().removeprefix("core-")


def is_story(node: Any) -> bool:
    """Return whether a node is an item with a headline and an address of its own: another article, not a paragraph."""
    return isinstance(node, dict) and any(map(node.get, _TITLE_KEYS)) and not _LINK_KEYS.isdisjoint(node)


class RichTextReader:
    """Reads the paragraphs of rich text of any kind; counts its steps, and reads nothing when there were too many."""

    def __init__(self) -> None:
        self.steps = 0

    def paragraphs(self, node: Any) -> list[str]:
        """Return the paragraphs of a node and of all nodes in it."""
        return self.lines(node, 0, "")

    def _goes_on(self, depth: int) -> bool:
        self.steps += 1
        return self.steps < MAX_STEPS and depth < _MAX_DEPTH

    def lines(self, node: Any, depth: int, above: str) -> list[str]:
        """Return the lines of a node; `above` is the kind of the one around it."""
        if isinstance(node, str):
            return text_paragraphs(node)
        if not isinstance(node, HOLDERS) or not self._goes_on(depth):
            return []
        node = _element(node)
        if isinstance(node, list):
            return self._listed(node, depth, above)
        kind = kind_of(node)
        if (kind and _has_no_text(kind)) or (depth and is_story(node)):
            return []
        own = _own_text(node)
        if own is not None:
            return text_paragraphs(own)
        inner = [
            line
            for key, value in node.items()
            if key in _CHILD_KEYS and isinstance(value, _READ)
            for line in self.lines(value, depth + 1, kind or above)
        ]
        return [*_title_of(node), *inner] if inner else []

    def _listed(self, nodes: list[Any], depth: int, above: str) -> list[str]:
        """Return the lines of a list of nodes: one, if they are the parts of a line."""
        nodes = [_element(node) for node in nodes]
        if above and _is_line_kind(above) and all(map(_is_inline, nodes)):
            return text_paragraphs("".join(self.inline(node, depth + 1) for node in nodes))
        found: list[str] = []
        parts: list[str] = []
        are_parts = list(map(_is_part, nodes))
        has_parts = any(are_parts)
        for node, is_part in zip(nodes, are_parts, strict=True):
            if has_parts and (is_part or isinstance(node, str)):
                parts.append(self.inline(node, depth + 1))
                continue
            if parts:
                found += text_paragraphs("".join(parts))
                parts = []
            found += self.lines(node, depth + 1, above)
        return found + text_paragraphs("".join(parts)) if parts else found

    def inline(self, node: Any, depth: int) -> str:
        """Return the text of a part of a line."""
        if isinstance(node, str):
            return node
        if not isinstance(node, HOLDERS) or not self._goes_on(depth):
            return ""
        node = _element(node)
        if isinstance(node, list):
            return "".join(self.inline(child, depth + 1) for child in node)
        if kind_of(node) in ("br", "linebreak"):
            return "\n"
        own = _own_text(node)
        if own is not None:
            return own
        return "".join(
            self.inline(value, depth + 1)
            for key, value in node.items()
            if key in _CHILD_KEYS or key == "text"
        )


def _title_of(node: dict[str, Any]) -> list[str]:
    """Return the title of a node as a list."""
    titles = (
        line for key in _TITLE_KEYS if isinstance(node.get(key), str) for line in text_paragraphs(node[key])
    )
    return list(islice(titles, 1))


def _own_text(node: dict[str, Any]) -> str | None:
    """Return the text that a node has itself, not in its children."""
    if _TEXT_SET.isdisjoint(node):
        return None
    for key in _TEXT_KEYS:
        if key in node and isinstance(value := node[key], str) and value.strip():
            return value
    return None


@lru_cache(maxsize=4096)
def _has_no_text(kind: str) -> bool:
    """Return whether a kind of nodes is no text of an article; a page has few kinds."""
    return _NO_TEXT.search(kind) is not None


@lru_cache(maxsize=4096)
def _is_line_kind(kind: str) -> bool:
    """Return whether the children of nodes of a kind are parts of one line, unless they are lines themselves."""
    return _LINE.search(kind) is not None


@lru_cache(maxsize=4096)
def _is_inline_kind(kind: str) -> bool:
    """Return whether nodes of a kind are parts of a line."""
    return _INLINE.search(kind) is not None


def _element(node: Any) -> Any:
    """Return a React element, which is written as a list ("$", name, key, properties), as a node."""
    if (
        isinstance(node, list)
        and len(node) >= 4
        and node[0] == "$"
        and isinstance(node[1], str)
        and isinstance(node[3], dict)
    ):
        name = "" if node[1].startswith("$") else node[1]
        return {"type": name, "children": node[3].get("children")} if name else {"props": node[3]}
    return node


def _is_part(node: Any) -> bool:
    """Return whether a node outside a paragraph is a part of a line. A node of the kind "text" is a paragraph there."""
    kind = kind_of(node)
    return kind not in ("", "text") and _is_inline_kind(kind)


def _is_inline(node: Any) -> bool:
    """Return whether a node in a paragraph is a part of its line."""
    if isinstance(node, str) or node is None:
        return True
    kind = kind_of(node)
    if kind:
        return _is_inline_kind(kind)
    return isinstance(node, dict) and _own_text(node) is not None
