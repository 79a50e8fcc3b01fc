"""Read RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0. Sources: RSS 2.0 (rssboard.org), RFC 4287."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from lxml import etree

from newsbot.discovery.documents import elements, from_root, is_whole
from newsbot.discovery.entries import MAX_RAW_CHARS, MAX_VALUES, Entry, FeedContents, FeedKind
from newsbot.discovery.links import web_url

_KINDS: dict[str, FeedKind] = {"rss": "rss", "RDF": "rdf", "feed": "atom"}
_PERIODS_S = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# Namespaces that are read besides the feed's own. Others are not, because media:title and itunes:title are other titles.
_EXTENSIONS = frozenset(
    {
        "",
        "http://www.w3.org/2005/Atom",
        "http://purl.org/dc/elements/1.1/",
        "http://purl.org/dc/terms/",
        "http://purl.org/rss/1.0/modules/content/",
        "http://purl.org/rss/1.0/modules/syndication/",
        "http://rssnamespace.org/feedburner/ext/1.0",
        *("dc", "dcterms", "atom", "content", "sy", "feedburner"),  # prefixes that some feeds do not declare
    }
)
Children = Mapping[str, list[etree._Element]]
"""Local name in lower case -> child elements of that name."""

_PUBLISHED = ("pubdate", "published", "issued", "created", "date")
_MODIFIED = ("updated", "modified")
_SUMMARIES = ("summary", "description", "content", "encoded")


def read_xml_feed(text: str, url: str, max_entries: int) -> FeedContents | None:
    """Return the contents of the RSS or Atom feed fetched from `url`; None if the text is none."""
    found = from_root(text, *_KINDS)
    if found is None:
        return None
    root, document = found
    entry_name = "entry" if root == "feed" else "item"
    entries: list[Entry] = []
    channel: Children = {}
    base = language = None
    for element in elements(document, entry_name, "channel", "feed"):
        if not element.tag.endswith(entry_name):
            channel = _children(element)
            continue
        if not entries:  # the end of the feed may be missing: what comes before the first entry counts too
            channel = channel or _children(element.getparent())
            language = next((lang for above in element.iterancestors() if (lang := above.get(_LANG))), None)
            for above in reversed(list(element.iterancestors())):
                base = _base(above, base, url)
        entries.append(_entry(element, _base(element, base, url), url))
        element.clear()
        if len(entries) > max_entries:
            break
    return FeedContents(
        kind=_KINDS[root],
        base=url if root == "feed" else _site(channel) or url,
        entries=entries[:max_entries],
        title=_text(channel, "title"),
        authors=_authors(channel) if root == "feed" else (),
        language=_text(channel, "language") or language,
        ttl_s=_ttl_s(channel),
        whole=is_whole(document, root) and len(entries) <= max_entries,
    )


def _entry(element: etree._Element, base: str | None, url: str) -> Entry:
    """Return the texts of an entry; `base` is the xml:base in effect, if any."""
    children = _children(element)
    return Entry(
        hrefs=list(islice(_hrefs(children, base, url), MAX_VALUES)),
        title=_text(children, "title"),
        published=_text(children, *_PUBLISHED),
        modified=_text(children, *_MODIFIED),
        guid=_text(children, "guid", "id", "identifier"),
        authors=_authors(children) or _authors_of_source(children),
        topics=tuple(islice(_topics(children), MAX_VALUES)),
        language=element.get(_LANG) or _text(children, "language"),
        summary=_text(children, *_SUMMARIES),
    )


# Elements and texts


def _children(element: etree._Element | None) -> Children:
    children: dict[str, list[etree._Element]] = {}
    if element is None:
        return children
    own = _namespace_and_name(element)[0]
    for child in element.iterchildren("*"):
        namespace, name = _namespace_and_name(child)
        if namespace == own or namespace in _EXTENSIONS:
            children.setdefault(name.lower(), []).append(child)
    return children


def _namespace_and_name(element: etree._Element) -> tuple[str, str]:
    """Return namespace and local name; an undeclared prefix is used as the namespace."""
    namespace, _, name = element.tag.removeprefix("{").rpartition("}")
    prefix, _, local_name = name.rpartition(":")
    return namespace or prefix, local_name


def _text(children: Children, *names: str) -> str | None:
    """Return the first text that is not empty, trying the names in order."""
    for name in names:
        for element in children.get(name, ()):
            if text := _text_of(element):
                return text
    return None


def _text_of(element: etree._Element) -> str:
    """Return the beginning of the text of an element and of those inside it."""
    if not len(element):
        return (element.text or "").strip()[:MAX_RAW_CHARS]
    return "".join(map(str, islice(element.itertext(), MAX_RAW_CHARS))).strip()[:MAX_RAW_CHARS]


# What the elements mean


def _base(element: etree._Element, outer: str | None, url: str) -> str | None:
    """Return the xml:base of an element, else that of the elements around it; a relative one is resolved."""
    return web_url(element.get(_BASE), outer or url) or outer


def _hrefs(entry: Children, base: str | None, url: str) -> Iterator[str]:
    """Yield the URLs of an entry's page, the best first, resolved against xml:base where there is one."""
    links = [link for link in entry.get("link", ()) if _leads_to_page(link)]
    for element in [*entry.get("origlink", ()), *links]:
        if text := _text_of(element):
            yield _resolved(text, _base(element, base, url))
    for link in links:  # Atom's form, which other formats use too
        if href := link.get("href"):
            yield _resolved(href, _base(link, base, url))
    if permalink := _permalink(entry):
        yield permalink


def _leads_to_page(link: etree._Element) -> bool:
    return (link.get("rel") or "alternate").lower() == "alternate" and "html" in link.get("type", "html")


def _resolved(href: str, base: str | None) -> str:
    """Return a URL resolved against xml:base; unchanged without one, because it is then relative to the feed."""
    return (base and web_url(href, base)) or href


def _permalink(entry: Children) -> str | None:
    """Return the guid (RSS) or id (Atom) if it is a URL; `isPermaLink="false"` in RSS means that it only looks like one."""
    for name in ("guid", "id"):
        for element in entry.get(name, ()):
            if element.get("isPermaLink", "true").lower() != "false":
                text = (element.text or "").strip()
                return text if text.startswith(("http://", "https://")) else None
    return None


def _authors(children: Children) -> tuple[str, ...]:
    """Return the names in dc:creator; without one, in the elements `author`, which have a name inside in Atom."""
    people = children.get("creator") or children.get("author") or ()
    names = (_text(_children(person), "name") if len(person) else _text_of(person) for person in people)
    return tuple(filter(None, islice(names, MAX_VALUES)))


def _authors_of_source(entry: Children) -> tuple[str, ...]:
    """Return the authors of the feed from which an entry was taken over (RFC 4287, section 4.2.11)."""
    source = next(iter(entry.get("source", ())), None)
    return _authors(_children(source)) if source is not None else ()


def _topics(entry: Children) -> Iterator[str]:
    for element in [*entry.get("category", ()), *entry.get("subject", ())]:
        if topic := element.get("label") or element.get("term") or _text_of(element):
            yield topic[:MAX_RAW_CHARS]


def _site(channel: Children) -> str | None:
    """Return the URL of the site of an RSS feed, which its relative links belong to, not to the host of the feed."""
    texts = (_text_of(link) for link in channel.get("link", ()) if _leads_to_page(link))
    return web_url(next(filter(None, texts), None), "")


def _ttl_s(channel: Children) -> int | None:
    """Return the polling interval that a feed asks for: RSS's `ttl`, else `sy:updatePeriod` / `sy:updateFrequency`."""
    ttl_minutes = _number(_text(channel, "ttl"), max_digits=6)
    if ttl_minutes is not None:
        return ttl_minutes * 60 or None
    period_s = _PERIODS_S.get(_text(channel, "updateperiod") or "")
    if period_s is None:
        return None
    times_per_period = _number(_text(channel, "updatefrequency"), max_digits=4) or 1
    return period_s // times_per_period


def _number(text: str | None, *, max_digits: int) -> int | None:
    return int(text) if text and re.fullmatch(rf"\d{{1,{max_digits}}}", text) else None
