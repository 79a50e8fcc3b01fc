"""Canonical URLs, so that all URLs of one article are equal: by RFC 3986, lists of trackers and habits of news sites.

The result of `canonicalize` is a key to compare and store. It may not be fetchable: the scheme is always https, and
`www.`, `m.` and AMP forms become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, unquote, unquote_to_bytes

import idna

from newsbot.text import normalized
from newsbot.urls.url_parameters import is_irrelevant
from newsbot.urls.wrapped_urls import shown_inside, unwrap

MAX_LENGTH = 2048
"""Maximum length of a URL that is canonicalized; longer URLs are kept. Source: sitemaps.org, which forbids them."""
MAX_WRAPPINGS = 4
"""Maximum number of caches and archives around a URL: an archive's copy of an AMP cache's has two."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# ------------------------------------------------------------------ tables: hosts

_DEVICE_LABELS = _words("www m mobile mobil amp wap touch mobi pda 3g lite www-m m-www www-mobile www-amp")
"""Labels of host names that select a form for a device."""
_MIRROR_LABEL = re.compile(r"www?\d{1,2}")
_SECOND_LEVEL = _words("ac co com edu go gob gov gouv ne net or org")
"""Second-level domains under which countries register sites: amp.com.au is a site, not the AMP form of com.au."""

# ------------------------------------------------------------------ tables: paths

_INDEX = re.compile(r"(?:index|default)\.(?:s?html?|xhtml|php\d?|aspx?|jspx?|jsf|cfm|cgi|pl|do|phtml)", re.I)
_VIEW_SEGMENT = re.compile(
    r"(?:amp|amphtml|print|printable|print-?view|print-?version|printer-?friendly|single-?page|druckversion"
    r"|imprimir|imprimer)(?:\.s?html?|\.php|\.aspx?)?",
    re.I,
)
_AMP_SUFFIX = re.compile(r"(?<=[^.)])(?:\.amp|(?<=\d)[-_]amp)(?=\.s?html?$|$)", re.I)
_ARTICLE_SEGMENT = re.compile(r"[\d_%-]")
"""Sign of a path segment that names an article: a slug of several words, a number, or another script.

Names of sections are single words.
"""
_SESSION_SEGMENT = re.compile(r"\((?:[A-Z]\([^()]*\))+\)")
"""Session of ASP.NET in the path: /(S(lit3py55t21z5v55vlm25s55))/story.aspx."""
_SESSION_PARAMETER = re.compile(r";(?:jsessionid|phpsessid|sessionid|sid)=[^;/]*", re.I)
_COMMENT_PAGE = re.compile(r"comment-page-\d+")
_PREPENDED = _words("index.php m")
"""First segments that content management systems put in front of every path."""
_APPENDED = _words("comments embed trackback")
"""Last segments that content management systems append to the paths of articles."""

# ------------------------------------------------------------------ public


def canonicalize(url: str) -> str:
    """Return the canonical form of `url`, which all URLs of one article share; idempotent, never raises for a text.

    Removes differences of scheme, host case, IDN, default port, `www.`/`m.`/`amp.` hosts, dot segments, doubled and
    trailing slashes, index files, percent-encoding, parameter order, tracking, sessions, AMP, print and mobile views,
    fragments (except `#!` and `#/` routes), and the wrappings of AMP caches, web archives and redirectors.
    Keeps what may select another text: other parameters, page numbers, language, case of paths, other hosts.
    A string that is not an http(s) URL with a host is returned unchanged, without surrounding white space.
    Sources: RFC 3986 section 6, WHATWG URL, UTS #46, the AMP cache URL format. Raises TypeError for what is no text."""
    if not isinstance(url, str):
        raise TypeError(f"the URL is of type {type(url).__name__}; accepted: str")
    return _known_canonical(str(url)) if len(url) <= MAX_LENGTH else _canonical(url)


def _canonical(url: str) -> str:
    url = _clean(url)
    while len(url) <= MAX_LENGTH and (folded := repaired(_fold(url))) != url:
        url = folded  # one rule may uncover work for another; this ends, because folding only removes
    return url


# The same few URLs of an article are asked for again and again until it is stored.
_known_canonical = lru_cache(maxsize=1024)(_canonical)


def host_of(url: str) -> str:
    """Return the host in lower case and ASCII (punycode), without port; "" if there is none."""
    return _origin(url)[1]


def authority_of(url: str) -> str:
    """Return the host with its port, without a default port (`host:8080`); "" if there is none."""
    scheme, host, port = _origin(url)
    return host if port in {"", _DEFAULT_PORTS.get(scheme)} else f"{host}:{port}"


def _origin(url: str) -> tuple[str, str, str]:
    """Return the scheme, the host and the port of a URL."""
    return _known_origin(str(url)) if len(url) <= MAX_LENGTH else _read_origin(url)


def _read_origin(url: str) -> tuple[str, str, str]:
    scheme, authority, *_ = _split(_clean(url))
    return scheme, *_host_and_port(authority)


_known_origin = lru_cache(maxsize=1024)(_read_origin)


def shown_by(url: str) -> str:
    """Return the URL of the page that an AMP cache or a web archive shows at `url`; `url` itself if that is neither.

    It is in the path, written by the cache: what the page itself declares has no part in it."""
    for _ in range(MAX_WRAPPINGS):
        _, authority, path, query, _ = _split(_clean(url))
        shown = shown_inside(_fold_host(_host_and_port(authority)[0]), path, query)
        if shown is None:
            break
        url = shown.rstrip("?")
    return url


def source_of(url: str) -> str:
    """Return the host without `www.`, which is the key of sources that are not in the catalog."""
    return host_of(url).removeprefix("www.")


def is_fetchable(url: str) -> bool:
    """Return whether `url` is an http(s) URL with a host and an explicit scheme; page.html, for example, is a file."""
    scheme, host, _ = _origin(url)
    return url.strip().lower().startswith(("http://", "https://")) and scheme in _DEFAULT_PORTS and bool(host)


# ------------------------------------------------------------------ parts

_DEFAULT_PORTS = {"http": "80", "https": "443"}

_PARTS = re.compile(
    r"(?:([a-z][a-z0-9+.-]*):)?(?:[/\\]{2}([^/\\?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.I | re.S
)
"""Scheme, authority, path, query, fragment (RFC 3986, appendix B; backslashes as WHATWG): matches any string."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]")
"""Control and zero-width characters, which copying and feeds leave in URLs and browsers drop."""

_SCHEMELESS = re.compile(r"//|(?:[a-z0-9-]+\.)+[a-z]{2,}(?=[/?#]|$)", re.I)
"""Start of a URL without a scheme: //news.example/a, news.example/a."""

_PLAIN_HOST = re.compile(r"[a-z0-9._-]*")


_WRAPPER = re.compile(
    r"(?:<|&lt;)!\[CDATA\[(.*?)(?:\]\](?:>|&gt;))?|<([^<>]*)>|\"([^\"]*)\"|'([^']*)'", re.S | re.I
)
"""CDATA, angle brackets or quotes around a URL, which templates of feeds and pages leave there."""
_SCHEME_AGAIN = re.compile(r"https?(?::[/\\]*|[/\\]{2,})(?=https?(?::(?=[/\\a-z])|[/\\]{2}))", re.I)
"""A scheme before another one: http://https://news.example/a, https:http//news.example/a."""
_MISSING_SLASHES = re.compile(r"(https?)(?::[/\\]*|[/\\]{2,})(?=[^/\\\s?#:])", re.I)
"""A scheme with any number of slashes, as the URL standard of WHATWG reads it, or without its colon."""


def repaired(url: str) -> str:
    """Return a URL without wrapping, with one scheme and two slashes after it: http:/news.example/a; others as they are."""
    url = _UNSEEN.sub("", url).strip()
    if len(url) > MAX_LENGTH:
        return url
    for _ in range(MAX_WRAPPINGS):
        if found := _WRAPPER.fullmatch(url):
            url = next(part for part in found.groups() if part is not None).strip()
    if url[:4].lower() != "http":
        return url
    while found := _SCHEME_AGAIN.match(url):
        url = url[found.end() :]
    if found := _MISSING_SLASHES.match(url):
        return f"{found[1]}://{url[found.end() :]}"
    return url


def _clean(url: str) -> str:
    url = repaired(url)
    if found := _SCHEMELESS.match(url):
        return ("https:" if found.group() == "//" else "https://") + url
    return url


def _split(url: str) -> tuple[str, str, str, str, str]:
    if "&#" in url:  # & escaped as in HTML; the rest would be read as a fragment
        url = url.replace("&#038;", "&").replace("&#38;", "&")
    match = _PARTS.match(url)
    assert match is not None  # every part is optional
    scheme, authority, path, query, fragment = match.groups(default="")
    return scheme.lower(), authority, path.replace("\\", "/"), query, fragment


def _fold(url: str) -> str:
    scheme, authority, path, query, fragment = _split(url)
    host, port = _host_and_port(authority)
    if scheme not in _DEFAULT_PORTS or not host:
        return url
    host = _fold_host(host)
    if wrapped := unwrap(host, path, query):
        return _clean(wrapped)
    port = (
        "" if port in {"", *_DEFAULT_PORTS.values()} else ":" + port
    )  # of any scheme, as http and https become one
    query = _fold_query(query)
    return f"https://{host}{port}/{_fold_path(path)}{query and '?' + query}{_fold_route(fragment)}"


def _host_and_port(authority: str) -> tuple[str, str]:
    host, port = authority.rpartition("@")[2], ""
    if match := re.fullmatch(r"(.*):([0-9]*)", host, re.S):
        host, port = match.groups()
    return _ascii_host(unquote(host)).rstrip("."), port.lstrip("0")


def _ascii_host(host: str) -> str:
    host = host.lower()
    if _PLAIN_HOST.fullmatch(host):
        return host
    escaped = quote(host.encode("utf-8", "surrogatepass"), safe="-._~[]:")
    if host.isascii():
        return escaped
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:  # not a valid name, but comparable in escaped form
        return escaped


def _fold_host(host: str) -> str:
    """Return the host without labels that select a form for a device: www.x.example, m.x.example, en.m.x.example."""
    labels = host.split(".")
    kept = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2
    front = [
        label
        for label in labels[:-kept]
        if label not in _DEVICE_LABELS and not _MIRROR_LABEL.fullmatch(label)
    ]
    return ".".join(front + labels[-kept:])


def _fold_route(fragment: str) -> str:
    """Return the canonical fragment: "" unless it is the route of a page that is built in the browser."""
    if not fragment.startswith(("!", "/")):
        return ""
    path, _, query = fragment.partition("?")
    query = _fold_query(query)
    return "#" + _escape(path, _PATH_SAFE + "/&") + (query and "?" + query)


# ------------------------------------------------------------------ characters

_PATH_SAFE = "-._~!$'()*,:@=+;"
_QUERY_SAFE = "-._~!$'()*,:@/?;"
_PLAIN_PATH = re.compile(r"[A-Za-z0-9._~!$'()*,:@=+;/-]*")
_PLAIN_QUERY = re.compile(r"[A-Za-z0-9._~!$'()*,:@/?-]*")


def _escape(text: str, safe: str) -> str:
    """Return `text` in NFC, with only those characters percent-encoded that must be."""
    raw = unquote_to_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        return quote(normalized("NFC", raw.decode("utf-8")), safe=safe)
    except UnicodeDecodeError:
        return quote(raw, safe=safe)  # a legacy charset: encoded byte by byte


# ------------------------------------------------------------------ path


def _fold_path(path: str) -> str:
    """Return the canonical path, without its first and last slash."""
    if not _PLAIN_PATH.fullmatch(path):
        path = "/".join(_escape(segment, _PATH_SAFE) for segment in path.split("/"))
    if ";" in path:
        path = _SESSION_PARAMETER.sub("", path)
    return "/".join(_without_views(_without_ending(_resolved(path))))


def _resolved(path: str) -> list[str]:
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."} and not _SESSION_SEGMENT.fullmatch(segment):
            segments.append(segment)
    return segments


def _without_ending(segments: list[str]) -> list[str]:
    """Return the segments without an ending that does not select another article: index.html, .amp, comment-page-2."""
    if segments[-2:] == ["page", "1"]:
        return segments[:-2]
    if not segments or _INDEX.fullmatch(segments[-1]) or _COMMENT_PAGE.fullmatch(segments[-1]):
        return segments[:-1]
    return [*segments[:-1], _AMP_SUFFIX.sub("", segments[-1])]


def _without_views(segments: list[str]) -> list[str]:
    """Return the segments without those for AMP, print and mobile views, if the rest still names an article."""
    start = bool(segments) and segments[0].lower() in _PREPENDED
    end = len(segments) - (bool(segments) and segments[-1].lower() in _APPENDED)
    kept = [segment for segment in segments[start:end] if not _VIEW_SEGMENT.fullmatch(segment)]
    return kept if kept and _ARTICLE_SEGMENT.search(kept[-1]) else segments


# ------------------------------------------------------------------ query


_SEPARATOR = re.compile(r"&|;(?=[A-Za-z_]+=)")  # HTML 4 recommends semicolons (appendix B.2.2)


def _fold_query(query: str) -> str:
    if not query:
        return ""
    pairs = {pair: None for pair in _pairs(query) if not is_irrelevant(*pair)}
    return "&".join(
        f"{key}={value}" if value else key for key, value in sorted(pairs, key=lambda pair: pair[0])
    )


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    for item in _SEPARATOR.split(query):
        key, _, value = item.partition("=")
        key, value = _escape_query(key), _escape_query(value)
        while key.startswith("amp;"):  # &amp; as in HTML
            key = key[4:]
        if key or value:
            yield key, value


def _escape_query(text: str) -> str:
    if _PLAIN_QUERY.fullmatch(text):
        return text
    return _escape(text.replace("+", "%20"), _QUERY_SAFE)
