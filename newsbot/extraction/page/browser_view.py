"""What a browser shows of a page: a body, shadow roots in their place, no readings within words; and what it hides."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from lxml import etree

from newsbot.extraction.page.tree import raw_text

MAX_SHADOW_ROOTS: Final = 2000
MAX_SLOTS: Final = 2000
_MAX_STEPS_UP: Final = 200
"""Maximum number of elements between a slot and its shadow root."""
_ROOT_ATTRIBUTES: Final = ("shadowrootmode", "shadowroot")
_READINGS: Final = ("rt", "rp", "rtc")
"""Parts of ruby annotations that are shown above the words, not within them."""
_INLINE: Final = ("span", "small", "font")
_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
MAX_HIDDEN: Final = 500
"""Maximum number of hidden parts of lines that are removed."""
_OF_HEAD: Final = frozenset(
    (
        "base",
        "basefont",
        "bgsound",
        "link",
        "meta",
        "noframes",
        "noscript",
        "script",
        "style",
        "template",
        "title",
    )
)
"""Elements that may be in a head. Any other one begins the body."""
_Slots = dict[str, etree._Element]


def show(tree: etree._Element) -> None:
    """Change the tree into what a browser shows."""
    _begin_body(tree)
    special: set[str] = set()
    hidden: list[etree._Element] = []
    for element in tree.iter("template", *_READINGS, *_INLINE):
        special.add(element.tag)
        if element.tag in _INLINE and _is_hidden(element):
            hidden.append(element)
    if "template" in special:
        _attach_shadow_roots(tree)
    if not special.isdisjoint(_READINGS):
        _remove_readings(tree)
    for element in hidden[:MAX_HIDDEN]:
        _remove_from_line(element)


def _begin_body(tree: etree._Element) -> None:
    """Move out of the head what a browser does not leave there: pages may omit `</head>` and `<body>`.

    libxml2 knows this of the elements of HTML 4 only. Source: the HTML standard, 13.2.6.4.4 ("in head")."""
    head = tree.find("head")
    if head is None:
        return
    first = next((child for child in head if child.tag not in _OF_HEAD), None)
    if first is None:
        return
    moved = [first, *first.itersiblings()]
    body = tree.find("body")
    if body is None:
        body = etree.SubElement(tree, "body")
    if body.text:
        moved[-1].tail = (moved[-1].tail or "") + body.text
        body.text = None
    body[:0] = moved


def _is_hidden(element: etree._Element) -> bool:
    style = element.get("style")
    return (style is not None and _STYLE_HIDDEN.search(style) is not None) or element.get(
        "hidden"
    ) is not None


def _remove_from_line(element: etree._Element) -> None:
    """Remove a hidden part of a line. A part that is longer than the rest is what a reader opens: it stays."""
    parent = element.getparent()
    if parent is None:
        return
    chars = len(raw_text(element))
    if chars and _has_more(parent, 2 * chars):
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + (element.tail or "")
        else:
            parent.text = (parent.text or "") + (element.tail or "")
        parent.remove(element)


def _has_more(element: etree._Element, chars: int) -> bool:
    """Return whether there are more characters in an element."""
    for text in element.itertext():
        chars -= len(text)
        if chars < 0:
            return True
    return False


def _remove_readings(tree: etree._Element) -> None:
    """Remove the readings of ruby annotations. An `rb` ends a reading that was left open before it."""
    for base in list(tree.iter("rb")):
        parent = base.getparent()
        if parent is not None and parent.tag in _READINGS:
            parent.addnext(base)
    etree.strip_elements(tree, *_READINGS, with_tail=False)
    etree.strip_tags(tree, "ruby", "rb")


def _attach_shadow_roots(tree: etree._Element) -> None:
    """Show each declarative shadow root in place of the content of its host, which is shown in the root's slots.

    Source: the HTML standard, 4.12.3 (template, shadowrootmode), and the DOM standard, 4.2.2 (slots). Content that no
    slot takes is not shown, unless the root has no text at all: scripts may fill it later.
    """
    roots = [item for item in islice(tree.iter("template"), MAX_SHADOW_ROOTS) if _is_root(item)]
    if not roots:
        return
    slots: dict[etree._Element, _Slots] = {root: {} for root in roots}
    for slot in islice(tree.iter("slot"), MAX_SLOTS):
        above = islice(slot.iterancestors(), _MAX_STEPS_UP)
        root = next((element for element in above if element in slots), None)
        if root is not None:
            slots[root].setdefault(slot.get("name") or "", slot)
    hosts: set[etree._Element] = set()
    for root in roots:
        host = root.getparent()
        if host is not None and host not in hosts:
            hosts.add(host)
            _attach(host, root, slots[root])
    etree.strip_tags(tree, "slot")


def _is_root(template: etree._Element) -> bool:
    return any((template.get(name) or "").lower() in ("open", "closed") for name in _ROOT_ATTRIBUTES)


def _attach(host: etree._Element, root: etree._Element, slots: _Slots) -> None:
    """Replace the content of a host by its shadow root, with the content in the slots."""
    root.tag = "slot"  # a root has no box of its own, just as a slot
    if not slots and not _has_text(root):
        return
    content: dict[str, list[etree._Element | str]] = {}
    unnamed = content.setdefault("", [host.text or ""])
    for child in list(host):
        tail, child.tail = child.tail or "", None
        if child is not root:
            content.setdefault(child.get("slot") or "", []).append(child)
        unnamed.append(tail)
        host.remove(child)
    host.text = None
    host.append(root)
    for name, slot in slots.items():
        nodes = content.get(name, [])
        if any(not isinstance(node, str) or node.strip() for node in nodes):
            _fill(slot, nodes)


def _fill(slot: etree._Element, nodes: Iterable[etree._Element | str]) -> None:
    """Replace the content of a slot, which is shown only where nothing is assigned to it."""
    for child in list(slot):
        slot.remove(child)
    slot.text = None
    for node in nodes:
        if not isinstance(node, str):
            slot.append(node)
        elif len(slot):
            slot[-1].tail = (slot[-1].tail or "") + node
        else:
            slot.text = (slot.text or "") + node


def _has_text(element: etree._Element) -> bool:
    return any(text.strip() for text in element.itertext() if isinstance(text, str))


MIN_HIDDEN_CHARS: Final = 400
"""Minimum number of characters of a hidden text that is worth reading."""
_NOSCRIPT = re.compile(r"<(/?)noscript\b", re.IGNORECASE)
_TEMPLATE = re.compile(r"<(/?)template\b", re.IGNORECASE)
_TEMPLATE_SCRIPT = re.compile(
    r"<script\b[^<>]{0,500}?\btype\s{0,5}=\s{0,5}[\"']?(?:text/(?:x-)?(?:html|template|tmpl|handlebars|mustache|jsrender|"
    r"jquery-tmpl|ng-template|vnd\.[\w.-]{1,40})|[\w-]{0,20}x-template)[^<>]{0,500}+>((?:[^<]++|<(?!/script))*+)(?:</script[^>]{0,20}>|\Z)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--((?:[^-]++|-(?!->))*+)(?:-->|\Z)")
_SKIPPED = re.compile(
    r"<(/?)(?:nav|button|select|object|video|audio|canvas|textarea|details|dialog)\b", re.IGNORECASE
)
_PARAGRAPH = re.compile(r"<(?:p|br|div|li|h\d)\b|&lt;p", re.IGNORECASE)


def reveal(html: str) -> Iterator[tuple[str, str]]:
    """Yield the name of a place where a page hides text, and its markup with the texts there made visible."""
    if _NOSCRIPT.search(html):
        yield "noscript", _NOSCRIPT.sub(r"<\1div", html)
    if _TEMPLATE.search(html) or "emplate" in html or "text/html" in html:
        yield "template", _TEMPLATE_SCRIPT.sub(_revealed, _TEMPLATE.sub(r"<\1div", html))
    if any(map(_is_text, _COMMENT.finditer(html))):
        yield "comment", _COMMENT.sub(lambda match: _revealed(match) if _is_text(match) else "", html)
    if _SKIPPED.search(html):
        yield "skipped elements", _SKIPPED.sub(r"<\1div", html)


def _revealed(match: re.Match[str]) -> str:
    text = match[1]
    return f"<div>{entities.unescape(text) if '&lt;p' in text and '<' not in text else text}</div>"


def _is_text(comment: re.Match[str]) -> bool:
    """Return whether a comment contains the paragraphs of a text."""
    return len(comment[1]) >= MIN_HIDDEN_CHARS and _PARAGRAPH.search(comment[1]) is not None
