"""URLs of one article become equal, and URLs of two articles stay different."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.urls import MAX_LENGTH, canonicalize, host_of, is_fetchable, source_of

ARTICLE = "https://www.town-crier.example/2026/03/14/bridge-reopens-4711"

SAME = {
    "scheme": ARTICLE.replace("https", "http"),
    "scheme and host in capitals": ARTICLE.replace("https://www.town-crier", "HTTPS://WWW.Town-Crier"),
    "no www": ARTICLE.replace("www.", ""),
    "numbered www": ARTICLE.replace("www.", "www2."),
    "default port": ARTICLE.replace(".example", ".example:443"),
    "empty port": ARTICLE.replace(".example", ".example:"),
    "dot after the host": ARTICLE.replace(".example", ".example."),
    "user in the authority": ARTICLE.replace("www.", "reader@www."),
    "no scheme": ARTICLE.removeprefix("https:"),
    "neither scheme nor slashes": ARTICLE.removeprefix("https://"),
    "white space around": f"  {ARTICLE}\n",
    "line break inside": ARTICLE.replace("/03/", "/03\n/"),
    "zero-width space at the end": ARTICLE + "\u200b",
    "backslashes": ARTICLE.replace("/", "\\"),
    "trailing slash": ARTICLE + "/",
    "empty query": ARTICLE + "?",
    "empty parameters": ARTICLE + "?&&",
    "fragment": ARTICLE + "#comments",
    "text fragment": ARTICLE + "#:~:text=bridge",
    "doubled slashes": ARTICLE.replace("/03", "//03"),
    "dot segments": ARTICLE.replace("/03", "/x/../03/."),
    "escaped dot segments": ARTICLE.replace("/03", "/x/%2e%2E/03"),
    "escaped letters": ARTICLE.replace("bridge", "%62ridge"),
    "escaped hyphen": ARTICLE.replace("bridge-", "bridge%2d"),
    "index file": ARTICLE + "/index.html",
    "index file of AMP": ARTICLE + "/index.amp.html",
    "default.aspx": ARTICLE + "/Default.aspx",
    "first page": ARTICLE + "?page=1",
    "all pages": ARTICLE + "?pagewanted=all",
    "m host": ARTICLE.replace("www", "m"),
    "mobile host": ARTICLE.replace("www", "mobile"),
    "amp host": ARTICLE.replace("www", "amp"),
    "www and amp host": ARTICLE.replace("www", "www.amp"),
    "AMP folder": ARTICLE + "/amp/",
    "AMP folder in front": ARTICLE.replace("/2026", "/amp/2026"),
    "AMP folder in the middle": ARTICLE.replace("/03", "/amp/03"),
    "AMP suffix": ARTICLE + ".amp",
    "AMP suffix after the number": ARTICLE + "-amp",
    "AMP parameter": ARTICLE + "?amp=1",
    "AMP parameter without value": ARTICLE + "?amp",
    "AMP output": ARTICLE + "?outputType=amp",
    "AMP in a view parameter": ARTICLE + "?view=AMP",
    "AMP viewer": ARTICLE.replace("https://", "https://www.google.co.uk/amp/s/"),
    "AMP cache": ARTICLE.replace("https://", "https://www-town--crier-example.cdn.ampproject.org/v/s/")
    + "?amp_js_v=0.1&usqp=mq331AQ",
    "AMP cache of Bing": ARTICLE.replace("https://", "https://www-town--crier-example.bing-amp.com/c/s/"),
    "print folder": ARTICLE + "/print",
    "print parameter": ARTICLE + "?print=true",
    "print view": ARTICLE + "?view=print",
    "comment page": ARTICLE + "/comment-page-3/#comment-77",
    "reply to a comment": ARTICLE + "?replytocom=77",
    "session in the path": ARTICLE + ";jsessionid=0A1B2C",
    "session in a segment": ARTICLE.replace("/2026", "/(S(lit3py55t21z5v55vlm25s55))/2026"),
    "session parameter": ARTICLE + "?sid=9fa8c1e2b7",
    "utm": ARTICLE + "?utm_source=x&utm_medium=y",
    "utm, escaped for HTML": ARTICLE + "?utm_source=x&amp;utm_medium=y",
    "utm, escaped as number": ARTICLE + "?utm_source=x&#038;utm_medium=y",
    "utm in capitals": ARTICLE + "?UTM_SOURCE=x",
    "utm separated by semicolons": ARTICLE + "?utm_source=x;utm_medium=y",
    "click id": ARTICLE + "?fbclid=IwAR0abc",
    "Matomo": ARTICLE + "?pk_campaign=a&mtm_source=b",
    "AT Internet": ARTICLE + "?xtor=RSS-1&at_medium=custom7",
    "Webtrekk": ARTICLE + "?wt_mc=rss.red.ho&wt.zmc=1",
    "Comscore": ARTICLE + "?ns_mchannel=email&ns_campaign=a",
    "mailing": ARTICLE + "?mc_cid=1&mc_eid=2&_hsenc=3&elqTrackId=4",
    "share button": ARTICLE + "?share=telegram&nb=1",
    "channel as ref": ARTICLE + "?ref=hp_lead_pos2",
    "channel as source": ARTICLE + "?source=rss",
    "channel as cid": ARTICLE + "?cid=social_tw",
    "gift link": ARTICLE + "?unlocked_article_code=1.a.b",
    "redirector": "https://www.google.com/url?sa=t&url=https%3A%2F%2Fwww.town-crier.example%2F2026%2F03%2F14%2Fbridge-reopens-4711&usg=A",
    "numbered ww": ARTICLE.replace("www.", "ww2."),
    "port of the other scheme": ARTICLE.replace(".example", ".example:80"),
    "folder of a mobile site": ARTICLE.replace("/2026", "/m/2026"),
    "index.php in front": ARTICLE.replace("/2026", "/index.php/2026"),
    "comments of a weblog": ARTICLE + "/comments/",
    "affiliate click ids": ARTICLE + "?irclickid=a&cjevent=b&awc=1_2",
    "HubSpot": ARTICLE + "?hss_channel=tw-1&hsCtaTracking=a",
    "Washington": ARTICLE + "?itid=hp_top&tid=ss_tw",
    "numbered parameter of a tool": ARTICLE + "?sf148293=1",
    "embedded": ARTICLE + "?embed=true&autoplay=0",
    "AMP cache without the host's name": ARTICLE.replace("https://", "https://cdn.ampproject.org/c/s/"),
    "mail filter": "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.town-crier.example%2F2026%2F03%2F14%2Fbridge-reopens-4711&data=05",
    "web archive without scheme": "https://web.archive.org/web/2026/" + ARTICLE.removeprefix("https://"),
    "web archive without time": "https://archive.is/newest/" + ARTICLE,
    "redirector of a network": "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.town-crier.example%2F2026%2F03%2F14%2Fbridge-reopens-4711&h=A",
    "web archive": "https://web.archive.org/web/20260314101500id_/" + ARTICLE,
    "web archive, slash lost": "https://web.archive.org/web/2026/" + ARTICLE.replace("//", "/"),
    "web archive of an AMP cache": "http://archive.ph/20260314/https://www.google.com/amp/s/" + ARTICLE[8:],
    "everything": "HTTP://M.Town-Crier.example:80//2026/03/./14/bridge%2Dreopens-4711/amp/?b=&utm_id=1&gclid=2#c".replace(
        "b=&", ""
    ),
}


@pytest.mark.parametrize("url", SAME.values(), ids=SAME)
def test_urls_of_one_article_become_equal(url: str) -> None:
    assert canonicalize(url) == canonicalize(ARTICLE)


SAME_PAIRS = {
    "order of parameters": ("https://a.example/s?id=7&sec=x", "https://a.example/s?sec=x&id=7"),
    "repeated parameter": ("https://a.example/s?id=7&id=7", "https://a.example/s?id=7"),
    "parameter without value": ("https://a.example/s?id=", "https://a.example/s?id"),
    "semicolon between parameters": ("https://a.example/s?id=7;sec=x", "https://a.example/s?id=7&sec=x"),
    "plus for a space": ("https://a.example/s?t=a+b", "https://a.example/s?t=a%20b"),
    "escaped comma": ("https://a.example/a%2C1.html", "https://a.example/a,1.html"),
    "escaped colon in a value": ("https://a.example/s?t=12%3A30", "https://a.example/s?t=12:30"),
    "case of escapes": ("https://a.example/caf%c3%a9", "https://a.example/caf%C3%A9"),
    "raw and escaped letters": (
        "https://a.example/новости/мост-1",
        "https://a.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/%D0%BC%D0%BE%D1%81%D1%82-1",
    ),
    "composed and decomposed": ("https://a.example/caf\u00e9", "https://a.example/cafe\u0301"),
    "punycode": ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    "ideographic full stop": ("https://a。example/x", "https://a.example/x"),
    "mobile label inside": ("https://en.m.pedia.example/wiki/Bridge", "https://en.pedia.example/wiki/Bridge"),
    "index file with a parameter": ("https://a.example/index.php?id=7", "https://a.example/?id=7"),
    "amp.html": ("https://a.example/n/wall-1.amp.html", "https://a.example/n/wall-1.html"),
    "-amp.html": ("https://a.example/n/wall-a-123-amp.html", "https://a.example/n/wall-a-123.html"),
    "root without slash": ("https://a.example", "https://a.example/"),
    "tracking on a route": ("https://a.example/#!/story/5?utm_source=x", "https://a.example/#!/story/5"),
}


@pytest.mark.parametrize(("left", "right"), SAME_PAIRS.values(), ids=SAME_PAIRS)
def test_spellings_of_one_url_become_equal(left: str, right: str) -> None:
    assert canonicalize(left) == canonicalize(right)


DIFFERENT = {
    "id": ("https://a.example/s?id=1", "https://a.example/s?id=2"),
    "id in p": ("https://a.example/?p=1", "https://a.example/?p=2"),
    "bare query": ("https://a.example/?2026031401", "https://a.example/?2026031402"),
    "short sid": ("https://a.example/s?sid=4471", "https://a.example/s?sid=4472"),
    "ref of a document": ("https://a.example/d?ref=LEX-2026-11", "https://a.example/d?ref=LEX-2026-12"),
    "source of a notice": ("https://a.example/n?source=council", "https://a.example/n?source=police"),
    "cid as number": ("https://a.example/n?cid=811", "https://a.example/n?cid=812"),
    "amp as number": ("https://a.example/n?amp=811", "https://a.example/n?amp=812"),
    "view of another kind": ("https://a.example/n?view=minutes", "https://a.example/n?view=agenda"),
    "page": ("https://a.example/n?page=2", "https://a.example/n"),
    "page in the path": ("https://a.example/n/wall-4471/2", "https://a.example/n/wall-4471"),
    "language": ("https://a.example/n?lang=en", "https://a.example/n?lang=fr"),
    "language host": ("https://en.a.example/n", "https://fr.a.example/n"),
    "section host": ("https://sport.a.example/1", "https://money.a.example/1"),
    "port": ("https://a.example:8443/n", "https://a.example/n"),
    "case of the path": ("https://a.example/AbC", "https://a.example/abc"),
    "case of a value": ("https://a.example/s?id=aB", "https://a.example/s?id=Ab"),
    "escaped slash": ("https://a.example/a%2Fb", "https://a.example/a/b"),
    "escaped question mark": ("https://a.example/a%3Fb", "https://a.example/a?b"),
    "escaped ampersand": ("https://a.example/s?t=a%26b=c", "https://a.example/s?t=a&b=c"),
    "escaped plus": ("https://a.example/s?t=a%2Bb", "https://a.example/s?t=a+b"),
    "escaped hash": ("https://a.example/a%23b", "https://a.example/a#b"),
    "plus in the path": ("https://a.example/c++", "https://a.example/c%20%20"),
    "order of repeats": ("https://a.example/s?t=a&t=b", "https://a.example/s?t=b&t=a"),
    "key only": ("https://a.example/s?a", "https://a.example/s?b"),
    "hash-bang route": ("https://a.example/#!/story/55", "https://a.example/#!/story/56"),
    "slash route": ("https://a.example/#/story/55", "https://a.example/#/story/56"),
    "m as a folder": ("https://a.example/m/culture", "https://a.example/culture"),
    "tag named amp": ("https://a.example/tag/amp", "https://a.example/tag"),
    "section named print": ("https://a.example/print/culture", "https://a.example/culture"),
    "slug that ends in amp": ("https://a.example/n/new-guitar-amp", "https://a.example/n/new-guitar"),
    "slug that begins with amp": ("https://a.example/n/amplify", "https://a.example/n/lify"),
    "m as the site's own name": ("https://m.example/1", "https://example/1"),
    "amp as a registered name": ("https://amp.com.au/1", "https://www.com.au/1"),
    "numbered m": ("https://m3.a.example/1", "https://www.a.example/1"),
    "thread": ("https://a.example/t?tid=4471", "https://a.example/t?tid=4472"),
    "parameter that begins like a tracker": (
        "https://a.example/s?elquote=1",
        "https://a.example/s?elquote=2",
    ),
    "semicolon in a value": ("https://a.example/s?t=a;b", "https://a.example/s?t=a&b"),
    "section named comments": ("https://a.example/comments/wall-1", "https://a.example/wall-1"),
    "section below m": ("https://a.example/m/film", "https://a.example/film"),
    "video": ("https://a.example/video/wall-1", "https://a.example/news/wall-1"),
    "two redirects": (
        "https://www.google.com/url?q=https://a.example/1",
        "https://www.google.com/url?q=https://a.example/2",
    ),
    "search at a redirector": ("https://www.google.com/search?q=a", "https://www.google.com/search?q=b"),
    "old charset": ("https://a.example/caf%E9", "https://a.example/caf%E8"),
}


@pytest.mark.parametrize(("left", "right"), DIFFERENT.values(), ids=DIFFERENT)
def test_urls_of_two_articles_stay_different(left: str, right: str) -> None:
    assert canonicalize(left) != canonicalize(right)


def test_canonical_form_is_as_documented() -> None:
    assert (
        canonicalize("http://m.a.example:80//n/./wall 1/?b=2&utm_id=x&a=1#top")
        == "https://a.example/n/wall%201?a=1&b=2"
    )


@pytest.mark.parametrize(
    "written",
    [
        "http:/a.example/n",
        "https:a.example/n",
        "https:///a.example/n",
        "http:\\\\a.example\\n",
        "https//a.example/n",
        "http://http://a.example/n",
        "http://https//a.example/n",
        "https:http:/a.example/n",
        "<![CDATA[https://a.example/n]]>",
        "&lt;![CDATA[ https://a.example/n ]]&gt;",
        "<https://a.example/n>",
        "'\"https://a.example/n\"'",
    ],
)
def test_addresses_that_browsers_and_readers_repair_are_repaired(written: str) -> None:
    assert canonicalize(written) == canonicalize("https://a.example/n")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://http:81/n", "https://http:81/n"),
        ("https://http.example/n", "https://http.example/n"),
        ("https://a.example/n?linkid=1234567", "https://a.example/n?linkid=1234567"),
        ("https://a.example/n?linkId=12", "https://a.example/n?linkId=12"),
        ("https://a.example/n?nl=4471", "https://a.example/n?nl=4471"),
        ("https://a.example/n?nl=morning-briefing", "https://a.example/n"),
    ],
)
def test_what_may_be_the_article_is_kept(url: str, kept: str) -> None:
    assert canonicalize(url) == kept


def test_long_texts_are_not_repaired_again_and_again() -> None:
    for text in ("http:/" * 200_000, "<![CDATA[" * 200_000, "'" * 1_000_000):
        assert canonicalize(text) == text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/news/wall",
        "#top",
        "mailto:desk@a.example",
        "javascript:void(0)",
        "file:///tmp/Wall.html",
        "https:///",
        "http:?n",
        "http://",
    ],
)
def test_a_string_that_is_not_a_web_url_is_returned_unchanged(url: str) -> None:
    assert canonicalize(f" {url} ") == url


def test_a_url_over_the_maximum_length_is_returned_unchanged() -> None:
    url = "https://web.archive.org/web/1/" * 100_000
    assert len(url) > MAX_LENGTH
    assert canonicalize(url) == url


_PIECES = """http: https: // / /../ /./ ; ? & = # #! + % %2 %25 %2F %3f %26amp; &amp; amp; . .. amp /amp .amp -amp 1 a-1 4711
    .html index.html default.aspx print page=1 utm_source=x ref=share sid= jsessionid= ;jsessionid=1 (S(1)) www. m. amp.
    a.example :80 :8080 @ [::1] web.archive.org/web/1/ google.com/amp/s/ google.com/url?q=https:// %E9 %C3%A9 é e\u0301
    ß ü \ud800 \x00 \\ &#038; &#38; comment-page-1 xn-- 。 view=amp"""
_PIECE = st.sampled_from([*_PIECES.split(), " ", "\n", "\u200b"])
_URLS = st.one_of(
    st.text(max_size=60),
    st.lists(_PIECE, max_size=14).map("".join),
    st.lists(_PIECE, max_size=14).map(lambda pieces: "https://a.example/" + "".join(pieces)),
    st.text(string.printable, max_size=60).map("https://a.example/".__add__),
)


@settings(max_examples=500, deadline=None)
@given(_URLS)
def test_canonicalization_is_idempotent_and_never_raises(url: str) -> None:
    once = canonicalize(url)
    assert canonicalize(once) == once


@given(_URLS)
def test_the_other_functions_never_raise(url: str) -> None:
    assert is_fetchable(url) <= bool(host_of(url))
    assert not source_of(url).startswith("www.www.") or "www.www.www" in url.lower()


def test_host_and_source_of_a_url() -> None:
    assert host_of("HTTPS://user@WWW.Bücher.example:8443/a") == "www.xn--bcher-kva.example"
    assert source_of("https://www.a.example/n") == "a.example"
    assert host_of("mailto:desk@a.example") == ""


@pytest.mark.parametrize(
    ("url", "fetchable"),
    [
        ("http://a.example", True),
        ("https://a.example/n", True),
        ("ftp://a.example/n", False),
        ("/n", False),
        ("https://", False),
    ],
)
def test_only_web_addresses_with_a_host_are_fetched(url: str, fetchable: bool) -> None:
    assert is_fetchable(url) is fetchable
