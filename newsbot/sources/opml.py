"""OPML 2.0, the lists of subscriptions of feed readers (opml.org/spec2.opml): read as sources, and written from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import etree

from newsbot.errors import InputError
from newsbot.sources.model import Source
from newsbot.sources.values import SOURCE_KEYS, read_table
from newsbot.text import normalized, one_line
from newsbot.text.text_charsets import charset_named

MAX_BYTES = 10 * 1024 * 1024
MAX_SUBSCRIPTIONS = 20_000
MAX_NAME_CHARS = 100
NAMESPACE = "https://github.com/newsbot-project/newsbot/opml"
"""Namespace of the attribute `key`, by which a source keeps its key on its way through other programs."""
_KEY = f"{{{NAMESPACE}}}key"
_ROOT = re.compile(r"<opml(?=[\s>])", re.IGNORECASE)
_MAX_PROLOGUE = 32_768
"""The root begins within these characters; a document type before it is not read, so no entity is ever declared."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True, kw_only=True)
class Proposal:
    """A source as a list of subscriptions gives it."""

    name: str
    key: str
    homepage: str
    feeds: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    language: str | None = None

    def source(self) -> Source:
        """Return the source. Raises ValueError with what is wrong about its values."""
        values: dict[str, object] = {"key": self.key, "name": self.name, "homepage": self.homepage}
        values |= {"feeds": self.feeds, "tags": self.tags}
        if self.language:
            values["language"] = self.language
        read, problems = read_table(values, SOURCE_KEYS)
        if problems:
            raise ValueError("; ".join(problems))
        return Source(**read)


def read_opml(body: bytes) -> list[Proposal]:
    """Return the sources that a list of subscriptions names: feeds with the same homepage are one.

    The folders of a feed, and its categories, are its tags. Broken XML is repaired; nothing is fetched, and no entity
    expanded. Raises InputError for what is no OPML, or too long."""
    if len(body) > MAX_BYTES:
        raise InputError(
            f"more than {MAX_BYTES // 1024 // 1024} MiB; accepted: a list of subscriptions (OPML)"
        )
    found: dict[str, Proposal] = {}
    for outline in _feeds(_decoded(body)):
        proposal = _proposal(outline)
        same = found.setdefault(outline.get("htmlUrl") or outline.get(_KEY) or proposal.feeds[0], proposal)
        same.feeds = _once([*same.feeds, *proposal.feeds])
        same.tags = _once([*same.tags, *proposal.tags])
    return _with_keys_of_their_own(found.values())


def _decoded(body: bytes) -> str:
    """Return the text in the charset that its declaration names, else UTF-8; without characters that XML forbids."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _NOT_XML.sub("", body.decode("utf-16", "replace"))
    declared = re.match(rb"""\s*<\?xml[^>]{0,100}encoding=["']([\w.-]{1,40})""", body)
    charset = charset_named(declared[1].decode("ascii", "replace")) if declared else None
    return _NOT_XML.sub("", body.decode(charset or "utf-8-sig", "replace"))


def _feeds(text: str) -> Iterator[etree._Element]:
    """Yield the outlines with the address of a feed."""
    root = _ROOT.search(text[:_MAX_PROLOGUE])
    if root is None:
        raise InputError("no <opml> element; accepted: a list of subscriptions (OPML) of a feed reader")
    if "</opml" not in text.lower():
        raise InputError(
            "it has no </opml>: a part is missing; accepted: a list of subscriptions (OPML) of a feed reader"
        )
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    tree = etree.fromstring(text[root.start() :].encode(), parser)
    if tree is None:
        raise InputError("not readable as XML; accepted: a list of subscriptions (OPML) of a feed reader")
    outlines = (outline for outline in tree.iter("outline") if (outline.get("xmlUrl") or "").strip())
    for number, outline in enumerate(outlines):
        if number == MAX_SUBSCRIPTIONS:
            raise InputError(f"more than {MAX_SUBSCRIPTIONS:,} feeds; accepted: fewer in one file")
        yield outline


def _proposal(outline: etree._Element) -> Proposal:
    feed = outline.get("xmlUrl", "").strip()
    site = _site(feed)
    name = one_line(outline.get("title") or outline.get("text") or "")[:MAX_NAME_CHARS] or site or feed
    key = outline.get(_KEY, "")
    language = re.match(r"[a-z]{2,3}(?![a-z])", outline.get("language", "").lower())
    return Proposal(
        name=name,
        key=key
        if re.fullmatch(r"[a-z0-9-]{1,100}", key)
        else _slug(name) or _slug(urlsplit(site).netloc) or "source",
        homepage=(outline.get("htmlUrl") or "").strip() or site,
        feeds=[feed],
        tags=_once(tag for text in _categories(outline) if (tag := _tag(text))),
        language=language[0] if language else None,
    )


def _categories(outline: etree._Element) -> Iterator[str]:
    """Yield the names of the folders of a feed, the outer first, and its categories: `/Boston/Weather,/Harvard`."""
    yield from reversed([folder.get("text") or "" for folder in outline.iterancestors("outline")])
    for category in (outline.get("category") or "").split(","):
        yield from category.split("/")


def _site(url: str) -> str:
    """Return the address of the site of a feed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""


def _slug(text: str) -> str:
    ascii_letters = normalized("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_letters).strip("-")[:60].strip("-")


def _tag(text: str) -> str:
    """Return the tag that the name of a folder makes: in lower case, with hyphens for spaces."""
    return re.sub(r"[^\w.-]+", "-", text.lower()).strip("-_.")[:50]


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _with_keys_of_their_own(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Return the proposals; of those with the same key, all but the first get a number."""
    found, taken = list(proposals), set[str]()
    for proposal in found:
        key, number = proposal.key, 1
        while proposal.key in taken:
            number += 1
            proposal.key = f"{key}-{number}"
        taken.add(proposal.key)
    return found


def write_opml(sources: Iterable[Source], *, title: str) -> bytes:
    """Return the feeds of sources as OPML: in a folder of their first tag, with all tags as categories."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"newsbot": NAMESPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for source in sources:
        parent = body
        if source.tags:
            tag = source.tags[0]
            if tag not in folders:
                folders[tag] = etree.SubElement(body, "outline", {"text": tag})
            parent = folders[tag]
        for feed in source.feeds:
            etree.SubElement(parent, "outline", _attributes(source, feed))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _attributes(source: Source, feed: str) -> dict[str, str]:
    name = _NOT_XML.sub("", source.name)
    found = {"type": "rss", "text": name, "title": name, "xmlUrl": feed, "htmlUrl": source.homepage}
    if source.tags:
        found["category"] = ",".join(f"/{tag}" for tag in source.tags)
    if source.language:
        found["language"] = source.language
    return {**found, _KEY: source.key}
