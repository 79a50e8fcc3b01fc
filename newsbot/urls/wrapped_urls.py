"""URLs inside other URLs: those of pages that web archives, AMP viewers and redirectors lead to."""

from __future__ import annotations

import re
from urllib.parse import unquote

_ARCHIVES = re.compile(
    r"web\.archive\.org|archive\.(?:today|ph|is|li|md|vn|fo)|wayback\.archive-it\.org|arquivo\.pt|webarchive\.org\.uk"
    r"|webarchive\.nationalarchives\.gov\.uk|webarchive\.loc\.gov|swap\.stanford\.edu|vefsafn\.is|wayback\.webarchiv\.cz"
    r"|haw\.nsk\.hr|web\.archive\.bibalex\.org|perma-archives\.org|webarchive\.nla\.gov\.au|wayback\.vefsafn\.is"
)
_ARCHIVED = re.compile(r".*?/\d{4,14}(?:[a-z]{2}_|\*)?/(https?):/+(.+)", re.I | re.S)
"""Path of a page in web archives that use the Wayback software: /web/20260314101500id_/https://...

Only archives that are known are believed: any site can have such a path, and show at it what it likes."""
_GOOGLE = r"google\.(?:com|cat|[a-z]{2}|com?\.[a-z]{2})"
_VIEWERS = (
    (re.compile(rf"{_GOOGLE}|bing\.com"), re.compile(r"/amp/(?:s/)?(.+)", re.S)),
    (
        re.compile(r"(?:.*\.)?(?:cdn\.ampproject\.org|bing-amp\.com)"),
        re.compile(r"/(?:amp|[a-z]{1,2})/(?:s/)?(.+)", re.S),
    ),
    (re.compile(r"web\.archive\.org"), re.compile(r"/web/(?:\d{4,14}[a-z_*]*/)?(?:https?:/+)?(.+)", re.S)),
    (re.compile(r"archive\.(?:today|ph|is|li)|12ft\.io"), re.compile(r"/(?:newest/)?https?:/+(.+)", re.S)),
)
"""Hosts that show pages of other sites, and where the URL is in their paths (AMP cache URL format; web archives)."""
_REDIRECTORS = (
    (re.compile(rf"(?:news\.)?{_GOOGLE}"), ("url", "q")),
    (re.compile(r"(?:lm?\.)?facebook\.com|l\.instagram\.com"), ("u",)),
    (re.compile(r"(?:out\.reddit|linkedin|twitter|x|getpocket|flipboard)\.com"), ("url",)),
    (re.compile(r"slack-redir\.net|t\.me|.*\.safelinks\.protection\.outlook\.com"), ("url",)),
    (re.compile(r"(?:away\.)?vk\.com"), ("to",)),
    (re.compile(r"duckduckgo\.com"), ("uddg",)),
    (re.compile(r"t\.umblr\.com"), ("z",)),
    (re.compile(r"youtube\.com"), ("q",)),
)
"""Hosts that redirect to other sites, and the parameters that contain the target."""
_WRAPPERS = re.compile("|".join(hosts.pattern for hosts, _ in ((_ARCHIVES, None), *_VIEWERS, *_REDIRECTORS)))


def unwrap(host: str, path: str, query: str) -> str | None:
    """Return the URL inside the URL of a web archive, an AMP viewer or a redirector; None if there is none."""
    if not _WRAPPERS.fullmatch(host):
        return None
    if shown := shown_inside(host, path, query):
        return shown
    for hosts, keys in _REDIRECTORS:
        if hosts.fullmatch(host):
            return _target(query, keys)
    return None


def shown_inside(host: str, path: str, query: str) -> str | None:
    """Return the URL of the page that a web archive or an AMP viewer shows; None if it shows none."""
    if _ARCHIVES.fullmatch(host) and (match := _ARCHIVED.match(path)):
        return f"{match[1]}://{match[2]}?{query}"
    for hosts, paths in _VIEWERS:
        if hosts.fullmatch(host) and (match := paths.match(path)) and "." in match[1].partition("/")[0]:
            return f"https://{match[1]}?{query}"
    return None


def _target(query: str, keys: tuple[str, ...]) -> str | None:
    for item in query.split("&"):
        key, _, value = item.partition("=")
        if key in keys and (target := unquote(value)).startswith(("http://", "https://")):
            return target
    return None
