"""One address for one article: URLs compared as RFC 3986, trackers and the habits of news sites suggest.

The result of `canonicalize` is an identity to compare and store. It need not be fetchable: the scheme is always
https, and `www.`, `m.` and AMP forms are folded into one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, unquote, unquote_to_bytes

import idna

MAX_LENGTH = 2048
"""Longer URLs are compared as they are. Source: sitemaps.org, which allows no longer ones."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# ------------------------------------------------------------------ tables: hosts

_DEVICE_LABELS = _words("www m mobile mobil amp wap touch mobi pda 3g lite www-m m-www www-mobile www-amp")
_MIRROR_LABEL = re.compile(r"www?\d{1,2}")
_SECOND_LEVEL = _words("ac co com edu go gob gov gouv ne net or org")
"""Second-level names under which countries register sites: amp.com.au is a site, not the AMP form of com.au."""

# ------------------------------------------------------------------ tables: parameters

_TRACKING_PREFIXES = tuple(
    _words(
        """utm pk_ mtm_ matomo_ piwik_ hsa_ _hs __hs at_ wt. wt_ ns_ guce_ fb_ amp_ bsft_ elqtrack elqcampaign elqa sfmc_ oly_ trk_
        vero_ cx_ itm_ ga_ gaa_ gad_ stm_ iterable _bta_ ml_subscriber share_ __cf_ __xts __cft _branch_ hss_ hscta action_object_ action_type_ action_ref_ adjust_
        asc_ ig_ li_ rdt_ soc_ nsl_ email_ wx_ hmb_ aspsession"""
    )
)
"""Families of parameters that one analytics, mailing or sharing product adds, by the start of their names."""

_TRACKING = _words(
    """fbclid gclid gclsrc dclid gbraid wbraid msclkid ttclid twclid yclid ysclid ymclid igshid igsh epik sccid
    srsltid lipi trk trkinfo trackingid trackid s_kwcid s_cid ef_id _ga _gl _gac _ke _kx _openstat mc_cid mc_eid
    mc_tc mkt_tok mkcid mkrid mkevt xtor xtref xts xtcr xtnp xtmc tt_medium tt_content tw_source sr_share
    sc_src sc_cid sc_lid sc_llid sc_uid sc_eh sc_camp sc_campaign sc_channel ref_src ref_url ref_source ref_medium
    ref_campaign int_source int_medium int_campaign int_content int_term int_cmp
    cmp cmpid campid campaign campaignid campaign_id camp_id intcmp intcid icid icmp ncid ncmp ocid mbid smid
    smtyp smprod emc ito ftag fsrc taid tpcc sref spm scm wprov guccounter usqp aoh referrer referer referral
    reflink leadsource mibextid __twitter_impression __source __tn__ __s dm_i wickedid rb_clickid ck_subscriber_id
    vgo_ee gdfms gdftrk gdffi dicbo oborigurl tblci link_source xg_source traffic_source trafficsource recirc
    via partner partnerid et_rid etcid nlid nl_id isappinstalled fromapp nsukey snsid sns ftcamp echobox
    phpsessid jsessionid sessionid session_id sessid cfid cftoken zenid oscsid
    unlocked_article_code gift giftcopy pwapi_token sharetoken sharetype accesstoken
    clickid click_id irclickid irgwc cjevent ranmid raneaid ransiteid awc zanpid obclid tbclid ttaid aff_id affid
    affiliate affiliate_id partner_id tracking_id elq hslang fref hc_ref nr_email_referer cndid bxid esrc hasha ved cvid
    tsrc .tsrc vd_source spm_id_from clicktime srnd wpmm wpsrc regi_id referringsource clicksource
    pgtype replytocom commentid comment_id commentpage comment_page like_comment nocache cachebuster cachebust rnd rand timestamp _"""
)
"""Parameters that never choose the article: click ids, campaigns, sessions, gift links, replies to a comment."""

_CHANNEL_KEYS = _words(
    """ref source src from share shared cid medium channel origin mod feature promo fromref feed rss linkid
    tracking track rel refer referred_by cm nl context entry sh app social itid hpid tid nid xid wpisrc fr"""
)
"""Parameters that name the way here on one site and the article on another: their value decides."""

_CHANNELS = _words(
    """share sharing shared rss feed feeds atom soc social twitter tw x facebook fb instagram ig linkedin
    whatsapp wa telegram tg reddit pinterest tiktok youtube youtu threads bluesky mastodon wechat weibo
    viber messenger email mail newsletter nl push notification app ios android web website mobile desktop amp
    google gnews googlenews bing yahoo msn apple applenews flipboard smartnews upday pocket feedly newsbreak
    home homepage hp front frontpage nav navigation navbar menu header footer sidebar related recommended recirc
    mostread popular trending topstories ticker teaser widget button link copy copylink permalink internal
    inline mainpage topbar hootsuite buffer addthis sharethis ifttt taboola outbrain syndication partner search seo sem cpc banner timeline singlemessage groupmessage qrcode sms"""
)
"""What such a value is made of when it names the way here (tw-share, rss, hp_lead)."""

_SHARED = re.compile(r"sf\d{6,}")  # a social media tool numbers its parameters: sf148293=1
_NUMBERED = re.compile(r"\d\d")
"""What a channel's name does not hold but a document's key does (ref=app-2026-11)."""

_SESSION_KEYS = _words("sid session sess ssid token auth")
_SESSION_VALUE = re.compile(r"(?=.*\d)(?=.*[a-z])(?:[0-9a-f]{10,}|[0-9a-z]{20,})")
"""Long, of letters and digits, without a hyphen: a session. sid=4471 may be the number of a story."""

_FLAG_KEYS = _words(
    """amp isamp is_amp _amp ampmode noamp nonamp m mobile ismobile nomobile desktop webview print printable printer
    printview print_view printpage printerfriendly printer_friendly pf nb singlepage single_page showall show_all
    full fullview fullpage comments showcomments show_comments share noredirect no_redirect redirect redirected rdr
    single embed embedded fullscreen autoplay preview noscript loggedin rss hp"""
)
_FLAG_VALUES = _words("0 1 true false yes no y n on off t f amp print mobile") | {""}
_VIEW_KEYS = _words(
    """output outputtype output_type mode view format type layout display render variant version service
    template tmpl tpl platform device action do skin style theme pagewanted page"""
)
_VIEW_VALUES = _words(
    """amp amphtml print printable printer printerfriendly printer-friendly mobile m desktop full fullpage
    singlepage single all component"""
)
"""A way of showing the article (view=print, outputType=amp, pagewanted=all), not another one."""

# ------------------------------------------------------------------ tables: paths

_INDEX = re.compile(r"(?:index|default)\.(?:s?html?|xhtml|php\d?|aspx?|jspx?|jsf|cfm|cgi|pl|do|phtml)", re.I)
_VIEW_SEGMENT = re.compile(
    r"(?:amp|amphtml|print|printable|print-?view|print-?version|printer-?friendly|single-?page|druckversion"
    r"|imprimir|imprimer)(?:\.s?html?|\.php|\.aspx?)?",
    re.I,
)
_AMP_SUFFIX = re.compile(r"(?<=[^.)])(?:\.amp|(?<=\d)[-_]amp)(?=\.s?html?$|$)", re.I)
_ARTICLE_SEGMENT = re.compile(r"[\d_%-]")
"""A slug of several words, a number, or another script; the names of sections are single words."""
_SESSION_SEGMENT = re.compile(r"\((?:[A-Z]\([^()]*\))+\)")
"""ASP.NET's session in the path: /(S(lit3py55t21z5v55vlm25s55))/story.aspx."""
_SESSION_PARAMETER = re.compile(r";(?:jsessionid|phpsessid|sessionid|sid)=[^;/]*", re.I)
_COMMENT_PAGE = re.compile(r"comment-page-\d+")
_FRONT, _APPENDED = _words("index.php m"), _words("comments embed trackback")
"""What content management systems put in front of every path, and append to those of articles."""

# ------------------------------------------------------------------ tables: wrappings

_ARCHIVED = re.compile(r".*?/\d{4,14}(?:[a-z]{2}_|\*)?/(https?):/+(.+)", re.I | re.S)
"""/web/20260314101500id_/https://...: every web archive of the Wayback kind writes it so."""
_VIEWERS = (
    (re.compile(r"google\.[a-z.]{2,6}|bing\.com"), re.compile(r"/amp/(?:s/)?(.+)", re.S)),
    (
        re.compile(r"(?:.*\.)?(?:cdn\.ampproject\.org|bing-amp\.com)"),
        re.compile(r"/(?:amp|[a-z]{1,2})/(?:s/)?(.+)", re.S),
    ),
    (re.compile(r"web\.archive\.org"), re.compile(r"/web/(?:\d{4,14}[a-z_*]*/)?(?:https?:/+)?(.+)", re.S)),
    (re.compile(r"archive\.(?:today|ph|is|li)|12ft\.io"), re.compile(r"/(?:newest/)?https?:/+(.+)", re.S)),
)
"""Hosts that show others' pages, and where their paths hold the address (AMP cache URL format; web archives)."""
_REDIRECTORS = (
    (re.compile(r"(?:news\.)?google\.[a-z.]{2,6}"), _words("url q")),
    (re.compile(r"(?:lm?\.)?facebook\.com|l\.instagram\.com"), _words("u")),
    (re.compile(r"(?:out\.reddit|linkedin|twitter|x|getpocket|flipboard)\.com"), _words("url")),
    (re.compile(r"slack-redir\.net|t\.me|.*\.safelinks\.protection\.outlook\.com"), _words("url")),
    (re.compile(r"(?:away\.)?vk\.com"), _words("to")),
    (re.compile(r"duckduckgo\.com"), _words("uddg")),
    (re.compile(r"t\.umblr\.com"), _words("z")),
    (re.compile(r"youtube\.com"), _words("q")),
)
"""Hosts that pass readers on, and the parameters that say where to."""
_WRAPPERS = re.compile("|".join(hosts.pattern for hosts, _ in (*_VIEWERS, *_REDIRECTORS)))

# ------------------------------------------------------------------ public


def canonicalize(url: str) -> str:
    """Return the form of `url` that all addresses of one article share; idempotent, never raises.

    Undone are differences of scheme, host case, IDN, default port, `www.`/`m.`/`amp.` hosts, dot segments, doubled
    and trailing slashes, index files, percent-encoding, parameter order, tracking, sessions, AMP, print and mobile
    views, fragments (except `#!` and `#/` routes), and the wrappings of AMP caches, web archives and redirectors.
    Kept is what may choose another text: other parameters, page numbers, language, case of paths, other hosts.
    What is not an http(s) URL with a host comes back as it was, without surrounding white space.
    Sources: RFC 3986 section 6, WHATWG URL, UTS #46, the AMP cache URL format."""
    url = _clean(url)
    while len(url) <= MAX_LENGTH and (folded := _fold(url)) != url:
        url = folded  # what one rule uncovers another may fold; it ends, since folding again only removes
    return url


def host_of(url: str) -> str:
    """Return the host in lower case and ASCII (punycode), without port; empty if there is none."""
    return _host_and_port(_split(_clean(url))[1])[0]


def source_of(url: str) -> str:
    """Return the host without `www.`: what stands for a source that no catalog names."""
    return host_of(url).removeprefix("www.")


def is_fetchable(url: str) -> bool:
    """Tell whether `url` is an http or https URL with a host, its scheme written out: page.html is a file."""
    scheme, authority, *_ = _split(_clean(url))
    is_web = url.strip().lower().startswith(("http://", "https://")) and scheme in _DEFAULT_PORTS
    return is_web and bool(_host_and_port(authority)[0])


# ------------------------------------------------------------------ parts

_DEFAULT_PORTS = {"http": "80", "https": "443"}

_PARTS = re.compile(
    r"(?:([a-z][a-z0-9+.-]*):)?(?:[/\\]{2}([^/\\?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.I | re.S
)
"""Scheme, authority, path, query, fragment (RFC 3986, appendix B; backslashes as WHATWG): matches any string."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]")
"""Control and zero-width characters, which copying and feeds leave in URLs; browsers drop them."""

_SCHEMELESS = re.compile(r"//|(?:[a-z0-9-]+\.)+[a-z]{2,}(?=[/?#]|$)", re.I)
"""How a URL begins that was given without its scheme: //news.example/a, news.example/a."""

_PLAIN_HOST = re.compile(r"[a-z0-9._-]*")


def _clean(url: str) -> str:
    url = _UNSEEN.sub("", url).strip()
    if found := _SCHEMELESS.match(url):
        return ("https:" if found.group() == "//" else "https://") + url
    return url


def _split(url: str) -> tuple[str, str, str, str, str]:
    if "&#" in url:  # & as HTML wrote it; what follows would be taken for a fragment
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
    if wrapped := _unwrap(host, path, query):
        return _clean(wrapped)
    port = "" if port in {"", *_DEFAULT_PORTS.values()} else ":" + port  # whichever scheme: both become one
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
    except UnicodeError:  # not a name; escaped it is still comparable
        return escaped


def _fold_host(host: str) -> str:
    """Take out the labels that choose a device: www.x.example, m.x.example and en.m.x.example."""
    labels = host.split(".")
    kept = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2
    front = [
        each for each in labels[:-kept] if each not in _DEVICE_LABELS and not _MIRROR_LABEL.fullmatch(each)
    ]
    return ".".join(front + labels[-kept:])


def _fold_route(fragment: str) -> str:
    """Return what a fragment says of the article: nothing, unless it is the route of a page built in the browser."""
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
    """Return `text` with one spelling for every character: NFC, escaped only where it must be."""
    raw = unquote_to_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        return quote(unicodedata.normalize("NFC", raw.decode("utf-8")), safe=safe)
    except UnicodeDecodeError:
        return quote(raw, safe=safe)  # an old charset: byte by byte


# ------------------------------------------------------------------ path


def _fold_path(path: str) -> str:
    """Return the path without its first and last slash, every segment in one spelling."""
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
    """Leave out what names the article once more or a page of its comments: index.html, .amp, comment-page-2."""
    if segments[-2:] == ["page", "1"]:
        return segments[:-2]
    if not segments or _INDEX.fullmatch(segments[-1]) or _COMMENT_PAGE.fullmatch(segments[-1]):
        return segments[:-1]
    return [*segments[:-1], _AMP_SUFFIX.sub("", segments[-1])]


def _without_views(segments: list[str]) -> list[str]:
    """Leave out the marks of AMP, print, mobile and like forms, if what remains still names an article."""
    start = bool(segments) and segments[0].lower() in _FRONT
    end = len(segments) - (bool(segments) and segments[-1].lower() in _APPENDED)
    kept = [segment for segment in segments[start:end] if not _VIEW_SEGMENT.fullmatch(segment)]
    return kept if kept and _ARTICLE_SEGMENT.search(kept[-1]) else segments


# ------------------------------------------------------------------ query


_SEPARATOR = re.compile(r"&|;(?=[A-Za-z_]+=)")  # HTML 4 recommends semicolons (appendix B.2.2)


def _fold_query(query: str) -> str:
    if not query:
        return ""
    pairs = {pair: None for pair in _pairs(query) if not _is_noise(*pair)}
    return "&".join(
        f"{key}={value}" if value else key for key, value in sorted(pairs, key=lambda pair: pair[0])
    )


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    for item in _SEPARATOR.split(query):
        key, _, value = item.partition("=")
        key, value = _escape_query(key), _escape_query(value)
        while key.startswith("amp;"):  # &amp; as HTML wrote it
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
        or _SHARED.fullmatch(key) is not None
        or (key in _FLAG_KEYS and value in _FLAG_VALUES)
        or (key in _VIEW_KEYS and value in _VIEW_VALUES)
        or (key in _CHANNEL_KEYS and _is_channel(value))
        or (key in _SESSION_KEYS and _SESSION_VALUE.fullmatch(value) is not None)
        or (key == "page" and value == "1")
    )


def _is_channel(value: str) -> bool:
    return not _NUMBERED.search(value) and not _CHANNELS.isdisjoint(re.split(r"[^a-z]", value))


# ------------------------------------------------------------------ wrappings


def _unwrap(host: str, path: str, query: str) -> str | None:
    """Return the article's URL inside that of a web archive, an AMP viewer or a redirector; None if there is none."""
    if match := _ARCHIVED.match(path):
        return f"{match[1]}://{match[2]}?{query}"
    if not _WRAPPERS.fullmatch(host):
        return None
    for hosts, paths in _VIEWERS:
        if hosts.fullmatch(host) and (match := paths.match(path)) and "." in match[1].partition("/")[0]:
            return f"https://{match[1]}?{query}"
    for hosts, keys in _REDIRECTORS:
        if hosts.fullmatch(host):
            return _target(query, keys)
    return None


def _target(query: str, keys: frozenset[str]) -> str | None:
    for item in query.split("&"):
        key, _, value = item.partition("=")
        if key in keys and (target := unquote(value)).startswith(("http://", "https://")):
            return target
    return None
