"""One address for one article: URLs compared as RFC 3986, trackers and the habits of news sites suggest.

The result of `canonicalize` is an identity to compare and store. It need not be fetchable: the scheme is always
https, and `www.`, `m.` and AMP forms are folded into one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote, unquote_to_bytes

import idna

MAX_LENGTH = 8192
"""Longer URLs are compared as they are: no article has one, and nesting must not cost quadratic time."""

_PARTS = re.compile(r"(?:([a-z][a-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.I | re.S)
"""Scheme, authority, path, query, fragment (RFC 3986, appendix B): matches any string."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]")
"""Control and zero-width characters, which copying and feeds leave in URLs; browsers drop them."""

_BARE_HOST = re.compile(r"//|(?:[a-z0-9-]+\.)+[a-z]{2,}(?=[/?#]|$)", re.I)
"""How a URL begins that was given without its scheme: //news.example/a, news.example/a."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# ------------------------------------------------------------------ tables: hosts

_DEVICE_LABELS = _words("www m mobile mobil amp wap touch mobi www-m m-www www-mobile www-amp")
_MIRROR_LABEL = re.compile(r"www\d{1,2}")
_SECOND_LEVEL = _words("ac co com edu go gob gov gouv ne net or org")
"""Second-level names under which countries register sites: amp.com.au is a site, not the AMP form of com.au."""

# ------------------------------------------------------------------ tables: parameters

_TRACKING_PREFIXES = tuple(
    """utm pk_ mtm_ matomo_ piwik_ hsa_ _hs __hs at_ wt. wt_ ns_ guce_ fb_ amp_ bsft_ elq sfmc_ sc_ oly_ trk_ vero_
    cx_ itm_ gaa_ ga_ gad_ stm_ iterable _bta_ ml_subscriber mkt_ mc_ mkc mkevt share_ shared_ xt __cf_ __xts
    __cft _branch_ adjust_ asc_ tw_ ig_ tt_ li_ rdt_ soc_ sr_ nsl_ newsletter_ email_ wx_ hmb_ int_c int_s ref_ aspsession
    """.split()  # noqa: SIM905
)
"""Families of parameters that one analytics, mailing or sharing product adds, by the start of their names."""

_TRACKING = _words(
    """fbclid gclid gclsrc dclid gbraid wbraid msclkid ttclid twclid yclid ysclid ymclid igshid igsh epik sccid
    srsltid li_fat_id lipi trk trkinfo trackingid trackid s_kwcid s_cid ef_id _ga _gl _gac _ke _kx _openstat
    cmp cmpid campid campaign campaignid camp_id intcmp intcid icid icmp ncid ncmp ocid mbid smid smtyp smprod emc
    ito ftag fsrc taid tpcc sref spm scm wprov guccounter usqp aoh referrer referer referral reflink leadsource
    mibextid __twitter_impression __source __tn__ __s dm_i wickedid rb_clickid ck_subscriber_id hsctatracking
    vgo_ee gdfms gdftrk gdffi dicbo oborigurl tblci link_source xg_source traffic_source trafficsource
    et_rid etcid nlid nl_id isappinstalled fromapp nsukey snsid sns ftcamp partnerid
    phpsessid jsessionid sessionid session_id sessid cfid cftoken zenid osCsid viewstate
    unlocked_article_code gift giftcopy pwapi_token sharetoken sharetype accesstoken
    replytocom commentid comment_id nocache cachebuster _""".lower()
)
"""Parameters that never choose the article: click ids, campaigns, sessions, gift links, replies to a comment."""

_CHANNEL_KEYS = _words(
    """ref source src from via share shared cid medium channel origin mod feature partner promo recirc fromref
    feed rss linkid tracking track rel refer referred_by cm utm nl xs context entry ns sh spref app social"""
)
"""Parameters that name the way here on one site and the article on another: their value decides."""

_CHANNELS = _words(
    """share sharing shared rss feed feeds atom social twitter tw x facebook fb instagram ig linkedin li whatsapp
    wa telegram tg reddit pinterest tiktok youtube youtu threads bluesky mastodon wechat weibo line viber messenger
    email mail newsletter nl push notification alert app ios android web website mobile desktop amp
    google gnews googlenews bing yahoo msn apple applenews flipboard smartnews upday pocket feedly newsbreak
    home homepage hp front frontpage nav navigation menu header footer sidebar related recommended recirc
    mostread popular trending topstories ticker teaser widget button link copy copylink permalink internal
    taboola outbrain push syndication partner search seo sem cpc ad ads banner timeline singlemessage
    groupmessage qrcode sms print"""
)
"""What such a value is made of when it names the way here (tw-share, rss, hp_lead)."""

_SESSION_KEYS = _words("sid s session sess ssid token")
_SESSION_VALUE = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9-]{10,}", re.I)
"""Long and of letters and digits: a session. sid=4471 may be the number of a story."""

_FLAG_KEYS = _words(
    """amp isamp is_amp _amp ampmode noamp nonamp m mobile ismobile nomobile desktop webview print printable printer
    printview print_view printpage printerfriendly printer_friendly pf nb singlepage single_page showall show_all
    fullview fullpage comments showcomments show_comments share noredirect no_redirect"""
)
_FLAG_VALUES = _words("0 1 true false yes no y n on off t f") | {""}
_VIEW_KEYS = _words(
    """output outputtype output_type mode view format type layout display render variant version service
    template tmpl tpl platform device action skin style theme pagewanted page"""
)
_VIEW_VALUES = _words(
    """amp amphtml print printable printer printerfriendly printer-friendly mobile m desktop full fullpage
    singlepage single all article"""
)
"""A way of showing the article (view=print, outputType=amp, pagewanted=all), not another one."""

# ------------------------------------------------------------------ tables: paths

_PATH_SAFE = "-._~!$'()*,:@=+;"
_QUERY_SAFE = "-._~!$'()*,:@/?;"
_PLAIN_PATH = re.compile(r"[A-Za-z0-9._~!$'()*,:@=+;/-]*")
_PLAIN_QUERY = re.compile(r"[A-Za-z0-9._~!$'()*,:@/?-]*")
_INDEX = re.compile(r"(?:index|default)\.(?:s?html?|x?html|php\d?|aspx?|jsp|jsf|cfm|cgi|pl|do|phtml)", re.I)
_VIEW_SEGMENTS = _words("amp amphtml print printable printview print-view")
_AMP_SUFFIX = re.compile(r"(?:\.amp|(?<=\d)[-_]amp)(?=\.s?html?$|$)", re.I)
_ARTICLE_SEGMENT = re.compile(r"[\d_%-]")
"""A slug of several words, a number, or another script; the names of sections are single words."""
_SESSION_SEGMENT = re.compile(r"\((?:[A-Z]\([^()]*\))+\)")
"""ASP.NET's session in the path: /(S(lit3py55t21z5v55vlm25s55))/story.aspx."""
_SESSION_PARAMETER = re.compile(r";(?:jsessionid|phpsessid|sessionid|sid)=[^;/]*", re.I)
_COMMENT_PAGE = re.compile(r"comment-page-\d+")


def canonicalize(url: str) -> str:
    """Return the form of `url` that all addresses of one article share; idempotent, never raises.

    Undone are differences of scheme, host case, IDN, default port, `www.`/`m.`/`amp.` hosts, dot segments, doubled and
    trailing slashes, index files, percent-encoding, parameter order, tracking, sessions, AMP, print and mobile
    views, fragments (except `#!` and `#/` routes), and the wrappings of AMP caches, web archives and redirectors.
    Kept is what may choose another text: other parameters, page numbers, language, case of paths, other hosts.
    What is not an http(s) URL with a host comes back as it was, without surrounding white space.
    Sources: RFC 3986 section 6, WHATWG URL, UTS #46, the AMP cache URL format."""
    url = _clean(url)
    while len(url) <= MAX_LENGTH:
        scheme, authority, path, query, fragment = _split(url)
        host, port = _host_and_port(authority)
        if scheme not in {"http", "https"} or not host:
            return url
        wrapped = _unwrap(host, path, query)
        if wrapped is None:
            return _join(host, port, path, query, fragment)
        url = _clean(wrapped)
    return url


def host_of(url: str) -> str:
    """Return the host in lower case and ASCII (punycode), without port; empty if there is none."""
    return _host_and_port(_split(_clean(url))[1])[0]


def source_of(url: str) -> str:
    """Return the host without `www.`: what stands for a source that no catalog names."""
    return host_of(url).removeprefix("www.")


def is_fetchable(url: str) -> bool:
    """Tell whether `url` is an http or https URL with a host."""
    scheme, authority, *_ = _split(_clean(url))
    return scheme in {"http", "https"} and bool(_host_and_port(authority)[0])


# ------------------------------------------------------------------ parts


def _clean(url: str) -> str:
    """Drop what copying and HTML leave in URLs, and add a missing scheme."""
    url = _UNSEEN.sub("", url).strip().replace("&#038;", "&").replace("&#38;", "&")
    if found := _BARE_HOST.match(url):
        return "https:" + url if found.group() == "//" else "https://" + url
    return url


def _split(url: str) -> tuple[str, str, str, str, str]:
    match = _PARTS.match(url)
    assert match is not None  # every part is optional
    scheme, authority, path, query, fragment = match.groups(default="")
    return scheme.lower(), authority, path, query, fragment


def _host_and_port(authority: str) -> tuple[str, str]:
    host, port = authority.rpartition("@")[2], ""
    if match := re.fullmatch(r"(.*?):(\d*)", host, re.S):
        host, port = match.groups()
    host = _ascii_host(unquote(host)).rstrip(".")
    return host, "" if port in {"", "80", "443"} else port.lstrip("0")


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return quote(host.lower().encode("utf-8", "surrogatepass"), safe="-._~[]:")


def _fold_host(host: str) -> str:
    """Take out the labels that choose a device: www.x.example, m.x.example and en.m.x.example."""
    labels = host.split(".")
    kept = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2
    front = [
        each for each in labels[:-kept] if each not in _DEVICE_LABELS and not _MIRROR_LABEL.fullmatch(each)
    ]
    return ".".join(front + labels[-kept:])


def _join(host: str, port: str, path: str, query: str, fragment: str) -> str:
    query = _fold_query(query)
    route = "#" + _escape(fragment, _QUERY_SAFE + "=&") if fragment.startswith(("!", "/")) else ""
    return f"https://{_fold_host(host)}{port and ':' + port}/{_fold_path(path)}{query and '?' + query}{route}"


def _escape(text: str, safe: str) -> str:
    """Return `text` with one spelling for every character: NFC, escaped only where it must be."""
    raw = unquote_to_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        return quote(unicodedata.normalize("NFC", raw.decode("utf-8")), safe=safe)
    except UnicodeDecodeError:
        return quote(raw, safe=safe)  # an old charset: byte by byte


# ------------------------------------------------------------------ path


def _fold_path(path: str) -> str:
    """Return the path without its first slash, every segment in one spelling."""
    if not _PLAIN_PATH.fullmatch(path):
        path = "/".join(_escape(segment, _PATH_SAFE) for segment in path.split("/"))
    if ";" in path:
        path = _SESSION_PARAMETER.sub("", path)
    return "/".join(_without_views(list(_resolved(path))))


def _resolved(path: str) -> list[str]:
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."} and not _SESSION_SEGMENT.fullmatch(segment):
            segments.append(segment)
    return segments


def _without_views(segments: list[str]) -> list[str]:
    """Leave out index files and the marks of AMP and print forms, where what remains still names an article."""
    while segments:
        last = _AMP_SUFFIX.sub("", segments[-1])
        if _INDEX.fullmatch(last) or _COMMENT_PAGE.fullmatch(last):
            segments = segments[:-1]
        elif last != segments[-1]:
            segments = [*segments[:-1], last]
        else:
            break
    kept = [each for each in segments if each.lower() not in _VIEW_SEGMENTS]
    if kept != segments and kept and _ARTICLE_SEGMENT.search(kept[-1]):
        return _without_views(kept)
    return segments


# ------------------------------------------------------------------ query


def _fold_query(query: str) -> str:
    if not query:
        return ""
    pairs = {pair: None for pair in _pairs(query) if not _is_noise(*pair)}
    return "&".join(
        f"{key}={value}" if value else key for key, value in sorted(pairs, key=lambda pair: pair[0])
    )


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    for item in query.split("&"):
        key, _, value = item.partition("=")
        key, value = _escape_query(key), _escape_query(value)
        while key.startswith("amp;"):  # written as &amp; in HTML, and not read as HTML
            key = key[4:]
        if key or value:
            yield key, value


def _escape_query(text: str) -> str:
    if _PLAIN_QUERY.fullmatch(text):
        return text
    return _escape(text.replace("+", "%20"), _QUERY_SAFE)


def _is_noise(key: str, value: str) -> bool:
    """Tell whether a parameter says nothing about which article it is."""
    key, value = key.lower(), value.lower()
    return (
        key in _TRACKING
        or key.startswith(_TRACKING_PREFIXES)
        or (key in _FLAG_KEYS and value in _FLAG_VALUES)
        or (key in _VIEW_KEYS and value in _VIEW_VALUES)
        or (key in _CHANNEL_KEYS and not _CHANNELS.isdisjoint(re.split(r"[-_.,:/ ]", value)))
        or (key in _SESSION_KEYS and _SESSION_VALUE.fullmatch(value) is not None)
        or (key == "page" and value == "1")
    )


# ------------------------------------------------------------------ wrappings

_GOOGLE = re.compile(r"(?:www\.|amp\.|m\.)*google\.[a-z.]{2,6}")
_AMP_CACHE = re.compile(r"(?:.*\.)?(?:cdn\.ampproject\.org|bing-amp\.com|amp\.cloudflare\.com)")
_AMP_CACHE_PATH = re.compile(r"/(?:amp|[a-z]{1,2})/(?:s/)?(.+)", re.S)
_ARCHIVE = re.compile(r"web\.archive\.org|archive\.(?:today|ph|is|li|vn|md|fo)")
_ARCHIVED = re.compile(r".*?/(https?:/.+)", re.I | re.S)
_REDIRECTORS: dict[str, tuple[str, ...]] = {
    "l.facebook.com": ("u",),
    "lm.facebook.com": ("u",),
    "out.reddit.com": ("url",),
    "slack-redir.net": ("url",),
    "duckduckgo.com": ("uddg",),
    "vk.com": ("to",),
    "away.vk.com": ("to",),
    "t.umblr.com": ("z",),
    "youtube.com": ("q",),
    "linkedin.com": ("url",),
}


def _unwrap(host: str, path: str, query: str) -> str | None:
    """Return the article's URL inside that of an AMP cache, a web archive or a redirector; None if there is none."""
    for pattern, inner in _WRAPPINGS:
        if pattern.fullmatch(host) and (found := inner(path, query)):
            return found
    keys = _REDIRECTORS.get(host.removeprefix("www."))
    return _parameter(query, keys) if keys else None


def _cached(path: str, _query: str) -> str | None:
    match = _AMP_CACHE_PATH.match(path)
    return f"https://{match.group(1)}?{_query}" if match and "." in match.group(1).split("/")[0] else None


def _archived(path: str, query: str) -> str | None:
    match = _ARCHIVED.match(path)
    return re.sub(r":/+", "://", match.group(1), count=1) + "?" + query if match else None


def _redirected(path: str, query: str) -> str | None:
    return _parameter(query, ("url", "q")) if path == "/url" else None


def _parameter(query: str, keys: tuple[str, ...]) -> str | None:
    for item in query.split("&"):
        key, _, value = item.partition("=")
        if key in keys and (target := unquote(value)).startswith(("http://", "https://")):
            return target
    return None


_WRAPPINGS: tuple[tuple[re.Pattern[str], Callable[[str, str], str | None]], ...] = (
    (
        _GOOGLE,
        lambda path, query: (
            _redirected(path, query) or (path.startswith("/amp/") and _cached(path, query)) or None
        ),
    ),
    (_AMP_CACHE, _cached),
    (_ARCHIVE, _archived),
)
