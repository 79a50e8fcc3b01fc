"""Feeds of every format, as they are and as they should not be. All publishers are made up."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.discovery.feeds import MAX_ENTRIES, MAX_ENTRIES_READ, ParsedFeed, parse_feed

URL = "https://courier.example/feeds/news.xml"
MOMENT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

RSS_091 = """<?xml version="1.0"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>The Courier</title><link>https://courier.example/</link>
<image><title>Logo</title><url>https://courier.example/logo.gif</url><link>https://courier.example/</link></image>
<item><title>Bridge reopens</title><link>https://courier.example/bridge</link></item></channel></rss>"""

RSS_2 = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>The Courier</title><ttl>15</ttl>
<atom:link rel="self" type="application/rss+xml" href="https://courier.example/feeds/news.xml"/>
<item><media:title>Picture of a bridge</media:title><title>Bridge reopens</title><link>https://courier.example/bridge</link>
<media:content url="https://courier.example/bridge.jpg"/><guid isPermaLink="false">courier-1</guid>
<pubDate>Mon, 23 Nov 2026 10:30:00 +0100</pubDate><atom:updated>2026-11-23T09:30:00Z</atom:updated></item></channel></rss>"""

RSS_090 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>The Courier</title><link>https://courier.example/</link></channel>
<item><title>Bridge reopens</title><link>https://courier.example/bridge</link></item></rdf:RDF>"""

PREFIXED_ATOM = """<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>The Courier</a:title><a:entry>
<a:title>Bridge reopens</a:title><a:link href="/bridge"/><a:published>2026-11-23T09:30:00Z</a:published>
<a:updated>2026-11-23T09:30:00Z</a:updated></a:entry></a:feed>"""

RSS_1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel rdf:about="https://courier.example/"><title>The Courier</title>
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel>
<item rdf:about="https://courier.example/bridge"><title>Bridge reopens</title><link>https://courier.example/bridge</link>
<dc:date>2026-11-23T10:30:00+01:00</dc:date></item></rdf:RDF>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">The &lt;b&gt;Courier&lt;/b&gt;</title>
<link rel="self" href="/feeds/news.xml"/>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Bridge <i>reopens</i></div></title>
<link rel="edit" href="/edit/1"/><link rel="enclosure" href="/bridge.mp3"/>
<link rel="alternate" type="application/json" href="/bridge.json"/><link href="/bridge"/>
<id>tag:courier.example,2026:1</id><published>2026-11-23T09:30:00Z</published><updated>2026-11-23T09:30:00Z</updated>
</entry></feed>"""

ATOM_03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>The Courier</title><entry><title>Bridge reopens</title>
<link rel="alternate" type="text/html" href="https://courier.example/bridge"/><id>1</id>
<issued>2026-11-23T09:30:00Z</issued><modified>2026-11-23T09:30:00Z</modified></entry></feed>"""

JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "The Courier",
"items": [{"id": "1", "url": "https://courier.example/bridge",
"title": "Bridge reopens", "date_published": "2026-11-23T10:30:00+01:00", "date_modified": "2026-11-23T09:30:00Z"}]}"""

FORMATS = {
    "rss 0.90": (RSS_090, "rdf"),
    "rss 0.91": (RSS_091, "rss"),
    "rss 2.0 with a namespace": (
        RSS_2.replace("<rss ", '<rss xmlns="http://blogs.law.harvard.edu/tech/rss" '),
        "rss",
    ),
    "atom with a prefix": (PREFIXED_ATOM, "atom"),
    "rss 2.0": (RSS_2, "rss"),
    "rss 1.0": (RSS_1, "rdf"),
    "atom 1.0": (ATOM, "atom"),
    "atom 0.3": (ATOM_03, "atom"),
    "json feed": (JSON_FEED, "json"),
}
each_format = pytest.mark.parametrize(("document", "kind"), FORMATS.values(), ids=FORMATS)


def rss(items: str, *, before: str = "") -> bytes:
    return f'{before}<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


def urls(feed: ParsedFeed) -> list[str]:
    return [link.url for link in feed.links]


@each_format
def test_every_format_gives_kind_titles_and_link(document: str, kind: str) -> None:
    feed = parse_feed(document.encode(), URL)
    assert (feed.kind, feed.title, feed.whole) == (kind, "The Courier", True)
    assert [(link.url, link.title) for link in feed.links] == [
        ("https://courier.example/bridge", "Bridge reopens")
    ]


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("rss 0.90", "rss 0.91")])
def test_dates_are_read_in_utc(name: str) -> None:
    (link,) = parse_feed(FORMATS[name][0].encode(), URL).links
    assert link.published_at == MOMENT
    assert link.modified_at == (None if name == "rss 1.0" else MOMENT)


@each_format
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"], ids=["utf-8", "utf-8 bom", "utf-16", "no bom"]
)
def test_every_format_is_read_in_every_unicode_encoding(document: str, kind: str, encoding: str) -> None:
    feed = parse_feed(document.encode(encoding), URL)
    assert (feed.kind, urls(feed)) == (kind, ["https://courier.example/bridge"])


@each_format
def test_truncated_feed_gives_its_complete_entries(document: str, kind: str) -> None:
    feed = parse_feed(document[: document.rindex("]" if kind == "json" else "</")].encode(), URL)
    assert (feed.kind, feed.whole, urls(feed)) == (kind, False, ["https://courier.example/bridge"])


@each_format
def test_feed_truncated_anywhere_never_gives_half_a_link(document: str, kind: str) -> None:
    for length in range(len(document)):
        assert urls(parse_feed(document[:length].encode(), URL)) in ([], ["https://courier.example/bridge"])


def test_feed_truncated_within_a_character_is_still_utf_8() -> None:
    body = rss("<item><title>Überschwemmung</title><link>/a</link></item><item><title>Ü")
    feed = parse_feed(body[: body.rindex("Ü".encode()) + 1], URL)
    assert [link.title for link in feed.links] == ["Überschwemmung"]


def test_ttl_comes_from_ttl_or_from_the_update_period() -> None:
    assert parse_feed(RSS_2.encode(), URL).ttl_s == 900
    assert parse_feed(RSS_1.encode(), URL).ttl_s == 900
    assert parse_feed(RSS_2.replace(">15<", ">soon<").encode(), URL).ttl_s is None


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("<guid>https://courier.example/a</guid>", ["https://courier.example/a"]),
        ("<guid>4711</guid>", []),
        ('<guid isPermaLink="false">https://courier.example/a</guid>', []),
        ("<link>\n /a?x=1&amp;y=2#top \n</link>", ["https://courier.example/a?x=1&y=2"]),
        ("<link>/a?x=1&y=2&copy=3</link>", ["https://courier.example/a?x=1&y=2&copy=3"]),
        ("<link><![CDATA[/a?x=1&y=2]]></link>", ["https://courier.example/a?x=1&y=2"]),
        ('<link/><atom:link href="/a"/>', ["https://courier.example/a"]),
        (
            "<link>https://proxy.example/x</link><feedburner:origLink>https://courier.example/a</feedburner:origLink>",
            ["https://courier.example/a"],
        ),
        ("<link>//other.example/a</link>", ["https://other.example/a"]),
        ("<title>no link</title>", []),
    ],
    ids=[
        "permalink guid",
        "plain guid",
        "guid that is no permalink",
        "relative with fragment",
        "bare ampersands",
        "cdata",
        "borrowed atom link, prefix not declared",
        "original link of a feed proxy",
        "without scheme",
        "none",
    ],
)
def test_link_of_an_item(item: str, expected: list[str]) -> None:
    assert urls(parse_feed(rss(f"<item>{item}</item>"), URL)) == expected


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "mailto:a@b.example",
        "ftp://x.example/a",
        "JAVASCRIPT:x",
        "https://",
        "http://[::1",
        "https://u:p@x.example/",
        "https://x.example:0/",
        "https://x.example:99999/",
        "https://x.example/" + "a" * 3000,
    ],
)
def test_only_web_links_are_returned(href: str) -> None:
    xml = rss(f"<item><link>{href}</link></item><item><guid>{href}</guid></item>")
    atom = f'<feed><entry><link href="{href}"/><id>{href}</id></entry></feed>'.encode()
    json_feed = JSON_FEED.replace("https://courier.example/bridge", href.replace("\n", "\\n")).encode()
    assert urls(parse_feed(xml, URL)) + urls(parse_feed(atom, URL)) + urls(parse_feed(json_feed, URL)) == []


def test_atom_links_are_resolved_against_xml_base() -> None:
    document = ATOM.replace("<entry>", '<entry xml:base="https://elsewhere.example/2026/">').replace(
        'href="/bridge"', 'href="bridge"'
    )
    assert urls(parse_feed(document.encode(), URL)) == ["https://elsewhere.example/2026/bridge"]
    hostile = document.replace("https://elsewhere.example/2026/", "file:///etc/")
    assert urls(parse_feed(hostile.encode(), URL)) == ["https://courier.example/feeds/bridge"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Caf&eacute; &amp; more&nbsp;&hellip;", "Café & more …"),
        ("AT&amp;amp;T", "AT&T"),
        ("<![CDATA[<b>Storm</b> &amp; flood]]>", "Storm & flood"),
        ("Q&A with R&D; &nosuch; end", "Q&A with R&D; &nosuch; end"),
        ("5 &lt; 6 and 7 &gt; 3", "5 < 6 and 7 > 3"),
        ("bell\x07 and \x00 null", "bell and null"),
        ("", None),
    ],
    ids=[
        "named characters",
        "escaped twice",
        "html in cdata",
        "no entities",
        "less than",
        "control characters",
        "empty",
    ],
)
def test_title_is_unescaped_and_stripped_of_tags(title: str, expected: str | None) -> None:
    (link,) = parse_feed(rss(f"<item><title>{title}</title><link>/a</link></item>"), URL).links
    assert link.title == expected


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (
            b'<?xml version="1.0" encoding="iso-8859-1"?>'
            + rss("<item><title>Zürich €</title><link>/a</link></item>"),
            None,
        ),
        (rss("<item><title>Zürich €</title><link>/a</link></item>"), "text/xml; charset=us-ascii"),
        (rss("<item><title>Zürich €</title><link>/a</link></item>").decode().encode("cp1252"), None),
        (
            b'<?xml version="1.0" encoding="windows-1252"?>'
            + rss("<item><title>Zürich €</title><link>/a</link></item>").decode().encode("cp1252"),
            None,
        ),
        (
            rss("<item><title>Zürich €</title><link>/a</link></item>").decode().encode("iso-8859-15"),
            "application/rss+xml; charset=ISO-8859-15",
        ),
    ],
    ids=[
        "utf-8 declared latin-1",
        "utf-8 served as ascii",
        "undeclared cp1252",
        "declared cp1252",
        "charset of header",
    ],
)
def test_wrong_and_missing_encodings_are_detected(body: bytes, content_type: str | None) -> None:
    (link,) = parse_feed(body, URL, content_type).links
    assert link.title == "Zürich €"


def test_results_can_be_stored() -> None:
    hostile = r"\u0000a\ud800b\ufeff"
    document = JSON_FEED.replace("bridge", "bridge" + hostile).replace('"id": "1"', f'"id": "{hostile}"')
    (link,) = parse_feed(document.encode(), URL).links
    assert (link.url, link.guid) == ("https://courier.example/bridgea\ufffdb", "a\ufffdb")
    body = rss(f"<item><guid>{'x' * 10_000}&#0;&#xD800;</guid><link>/&#0;a&#xFFFE;</link></item>")
    (link,) = parse_feed(body, URL).links
    assert (link.url, link.guid) == ("https://courier.example/\ufffda\ufffd", "x" * 500)


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#0000000055296;", "&#xD&#0;800;", "&#XDFFF;", "&#x110000;", "&nosuch;"]
)
@pytest.mark.parametrize(
    "text",
    ["{}", "<![CDATA[{}]]>", "<!--<![CDATA[-->{}]]>", "<b x='{}'/>{}", "</title><!--<![CDATA[-->{}<title>"],
    ids=["plain", "cdata", "false cdata", "tag", "beside the title"],
)
def test_forbidden_characters_never_raise(text: str, reference: str) -> None:
    title = text.replace("{}", reference)
    (link,) = parse_feed(rss(f"<item><link>/a</link><title>{title}</title></item>"), URL).links
    assert "\ud800" not in (link.title or "")


def test_dates_without_offset_are_read_in_the_zone_of_the_source() -> None:
    body = rss("<item><link>/a</link><pubDate>2026-11-23 10:30:00</pubDate></item>")
    (link,) = parse_feed(body, URL, timezone=ZoneInfo("Europe/Berlin")).links
    assert link.published_at == MOMENT


RSS_ENTRY = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><language>en-us</language>
<item><link>/a</link><dc:creator><![CDATA[By Ann Lee and Bo Ek]]></dc:creator><category>Storms</category>
<category domain="x">Bridges, Roads</category><dc:subject>storms</dc:subject><category>4711</category>
<content:encoded><![CDATA[<p>All of it.</p>]]></content:encoded>
<description>&lt;p&gt;Cars may &lt;b&gt;cross&lt;/b&gt; again&amp;hellip;&lt;/p&gt;</description></item></channel></rss>"""

ATOM_ENTRY = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><author><name>The Desk</name></author>
<entry><link href="/a"/><author><name>Ann Lee</name><email>ann@courier.example</email></author>
<author><name>Bo Ek</name></author><category term="storms" label="Storms"/><category term="Bridges"/>
<category term="http://schemas.example/kind#post"/><category term="Roads"/>
<summary type="html">&lt;p&gt;Cars may &lt;b&gt;cross&lt;/b&gt; again&amp;hellip;&lt;/p&gt;</summary></entry></feed>"""

JSON_ENTRY = """{"version": "https://jsonfeed.org/version/1.1", "language": "en-US", "items": [{"id": 1, "url": "/a",
"authors": [{"name": "Ann Lee", "url": "https://courier.example/ann"}, {"name": "Bo Ek"}],
"tags": ["Storms", "Bridges", "Roads"], "content_html": "<p>Cars may <b>cross</b> again&hellip;</p>"}]}"""


@pytest.mark.parametrize("document", [RSS_ENTRY, ATOM_ENTRY, JSON_ENTRY], ids=["rss", "atom", "json"])
def test_entry_gives_authors_topics_language_and_summary(document: str) -> None:
    (link,) = parse_feed(document.encode(), URL).links
    assert link.authors == ("Ann Lee", "Bo Ek")
    assert link.topics == ("Storms", "Bridges", "Roads")
    assert (link.language, link.summary) == ("en", "Cars may cross again…")


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("ann@courier.example (Ann Lee)", ("Ann Lee",)),
        ("Ann Lee &lt;ann@courier.example&gt;", ("Ann Lee",)),
        ("Ann Lee (ann@courier.example)", ("Ann Lee",)),
        ("ann@courier.example", ()),
        ("&lt;a href='/ann'&gt;Ann Lee&lt;/a&gt;", ("Ann Lee",)),
        ("https://courier.example/ann", ()),
        ("admin", ()),
        ("", ()),
    ],
)
def test_author_of_rss_is_the_name_and_never_the_address(author: str, expected: tuple[str, ...]) -> None:
    (link,) = parse_feed(rss(f"<item><link>/a</link><author>{author}</author></item>"), URL).links
    assert link.authors == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<feed><author><name>Ann Lee</name></author><entry><link href='/a'/></entry></feed>", ("Ann Lee",)),
        ("<feed><entry><link href='/a'/></entry><author><name>Ann Lee</name></author></feed>", ("Ann Lee",)),
        (
            "<feed><author><name>Ann Lee</name></author><entry><link href='/a'/>"
            "<source><author><name>Bo Ek</name></author></source></entry></feed>",
            ("Bo Ek",),
        ),
        ("<feed><author><name>Ann Lee</name></author><entry><link href='/a'/></entry><entry>", ("Ann Lee",)),
        (
            '{"version": "jsonfeed.org", "author": {"name": "Ann Lee"}, "items": [{"url": "/a"}]}',
            ("Ann Lee",),
        ),
        ("<rss><channel><author>The Desk</author><item><link>/a</link></item></channel></rss>", ()),
    ],
    ids=["before entries", "after entries", "source of the entry", "truncated", "json", "not in rss"],
)
def test_entry_without_authors_has_those_of_the_feed(document: str, expected: tuple[str, ...]) -> None:
    (link,) = parse_feed(document.encode(), URL).links
    assert link.authors == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<rss><channel><language>de-AT</language>{}</channel></rss>", "de"),
        ("<rss xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><dc:language>pt_BR</dc:language>{}</channel></rss>", "pt"),
        ("<rss xml:lang='fr'><channel>{}</channel></rss>", "fr"),
        ("<rss><channel>{}<language>deu</language></channel></rss>", "de"),
        ("<rss><channel><language>English</language>{}</channel></rss>", None),
        ("<rss><channel><language>xx</language>{}</channel></rss>", None),
        ("<rss><channel>{}</channel></rss>", None),
    ],
)  # fmt: skip
def test_language_is_an_iso_639_1_code_or_none(document: str, expected: str | None) -> None:
    item = "<item><link>/a</link></item>"
    (link,) = parse_feed(document.replace("{}", item).encode(), URL).links
    assert link.language == expected


def test_language_of_an_entry_comes_before_that_of_the_feed() -> None:
    feed = "<feed xml:lang='fr'><entry xml:lang='de'><link href='/a'/></entry><entry><link href='/b'/></entry></feed>"
    assert [link.language for link in parse_feed(feed.encode(), URL).links] == ["de", "fr"]


def test_texts_of_an_entry_are_bounded() -> None:
    many = "".join(
        f"<category>topic {n}</category><author>Ann {chr(65 + n % 26)}e{n}</author>" for n in range(500)
    )
    (link,) = parse_feed(
        rss(f"<item><link>/a</link>{many}<description>{'x' * 99_999}</description></item>"), URL
    ).links
    assert (len(link.topics), len(link.authors) <= 50, len(link.summary or "")) == (50, True, 500)


@pytest.mark.parametrize(
    ("channel", "item", "expected"),
    [
        ("<link>https://news.example/en/</link>{}", "<link>/a</link>", "https://news.example/a"),
        ("<link>https://news.example/en/</link>{}", "<link>a</link>", "https://news.example/en/a"),
        ("{}<link>https://news.example/</link>", "<link>/a</link>", "https://news.example/a"),
        ("<link>/home</link>{}", "<link>/a</link>", "https://courier.example/a"),
        ("<link rel='self'>https://news.example/</link>{}", "<link>/a</link>", "https://courier.example/a"),
        (
            "<link>https://news.example/</link>{}",
            "<link xml:base='https://other.example/'>/a</link>",
            "https://other.example/a",
        ),
        (
            "<link>https://news.example/</link>{}",
            "<link rel='enclosure'>https://news.example/a.mp3</link><link>/a</link>",
            "https://news.example/a",
        ),
    ],
    ids=["site", "folder", "site after items", "relative site", "no site", "xml:base", "enclosure"],
)
def test_relative_links_of_rss_belong_to_the_site(channel: str, item: str, expected: str) -> None:
    body = f"<rss><channel>{channel.replace('{}', f'<item>{item}</item>')}</channel></rss>"
    assert urls(parse_feed(body.encode(), URL)) == [expected]


@pytest.mark.parametrize("cut", [0, 2], ids=["whole", "truncated"])
def test_relative_links_of_json_feed_belong_to_its_home_page(cut: int) -> None:
    document = (
        '{"version": "https://jsonfeed.org/version/1.1", "home_page_url": "https://news.example/en/", "language": "de", '
        '"authors": [{"name": "Ann Lee"}], "items": [{"url": "a"}]}'
    )
    (link,) = parse_feed(document[: len(document) - cut].encode(), URL).links
    assert (link.url, link.authors, link.language) == ("https://news.example/en/a", ("Ann Lee",), "de")


HEADLINES = {
    "euc-kr": ["서울시 버스 노선 개편안 발표", "한국은행 기준금리 동결 결정"],
    "euc-jp": ["東京で初雪を観測", "日銀が金利の据え置きを決定"],
    "shift_jis": ["東京で初雪を観測", "日銀が金利の据え置きを決定"],
    "iso2022_jp": ["東京で初雪を観測", "日銀が金利の据え置きを決定"],
    "gb2312": ["北京今年首场降雪", "央行决定维持利率不变"],
    "big5": ["台北今年首場降雪", "央行決定維持利率不變"],
    "koi8-r": ["В Москве выпал первый снег", "Центробанк сохранил ставку"],
    "windows-1251": ["В Москве выпал первый снег", "Центробанк сохранил ставку"],
    "windows-1253": ["Πρώτο χιόνι στην Αθήνα", "Η τράπεζα διατήρησε τα επιτόκια"],
    "windows-1255": ["ראש הממשלה נאם", "מחירי הדלק עולים"],
    "windows-1256": ["الرئيس يلتقي الوزراء", "ارتفاع أسعار النفط"],
    "windows-874": ["กรุงเทพฝนตกหนัก", "นายกแถลงข่าว"],
    "windows-1252": ["À Paris, les élèves fêtent « la rentrée »", "Größe zählt für Händler nicht"],
    "utf-16-le": ["東京で初雪を観測", "В Москве выпал первый снег"],
}


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="utf-8"?>'], ids=["none", "wrong"])
@pytest.mark.parametrize("charset", HEADLINES)
def test_undeclared_charset_is_recognised_by_its_words(charset: str, declared: str, count: int) -> None:
    titles = HEADLINES[charset][:count]
    items = (
        f"<item><title><![CDATA[{title}]]></title><link>/{n}</link></item>" for n, title in enumerate(titles)
    )
    body = f"{declared}<rss><channel><title>News</title>{''.join(items)}</channel></rss>".encode(
        charset.replace("windows-", "cp")
    )
    assert [link.title for link in parse_feed(body, URL).links] == titles


def test_a_broken_character_in_utf_8_spoils_nothing_else() -> None:
    body = rss("<item><title>Zürich, Köln, Malmö</title><link>/a</link></item>").replace(b", K", b"\xff, K")
    assert [link.title for link in parse_feed(body, URL).links] == ["Zürich\ufffd, Köln, Malmö"]


def test_of_two_entries_with_the_same_link_the_later_counts() -> None:
    item = "<item><link>/a</link><title>{}</title><pubDate>2026-11-{}T10:00:00Z</pubDate></item>"
    for days in ((22, 23), (23, 22)):
        feed = parse_feed(rss("".join(item.format(f"Day {day}", day) for day in days)), URL)
        assert [link.title for link in feed.links] == ["Day 23"]


def test_duplicate_links_are_returned_once() -> None:
    assert urls(parse_feed(rss("<item><link>/a</link></item><item><link>/a#b</link></item>"), URL)) == [
        "https://courier.example/a"
    ]


@pytest.mark.parametrize(
    "before", ["\n\n ", "\ufeff<?xml version='1.0'?>\n", "<br />\n<b>Warning</b>: x.php on line 3\n"]
)
def test_text_before_the_root_is_ignored(before: str) -> None:
    assert len(parse_feed(rss("<item><link>/a</link></item>", before=before), URL).links) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"<!DOCTYPE html><html><body>Access denied</body></html>",
        b"Forbidden",
        b"{}",
        b"{",
        b'{"items": []}',
        b"[]",
        b'{"version": 1}',
        b"\x1f\x8b\x08 broken",
        bytes(range(256)),
        b"<rss",
        b"{" * 50000,
        b'{"a":' * 50000,
    ],
)
def test_document_that_is_no_feed_has_no_kind(body: bytes) -> None:
    feed = parse_feed(body, URL)
    assert (feed.kind, feed.links) == (None, ())


def test_empty_feed_is_a_feed() -> None:
    assert parse_feed(rss(""), URL) == ParsedFeed(kind="rss", title="T")


def test_gzip_file_is_unpacked() -> None:
    assert parse_feed(gzip.compress(RSS_2.encode()), URL) == parse_feed(RSS_2.encode(), URL)


def test_gzip_file_in_a_gzip_file_and_joined_ones_are_unpacked() -> None:
    body, expected = RSS_2.encode(), parse_feed(RSS_2.encode(), URL)
    assert parse_feed(gzip.compress(gzip.compress(body)), URL) == expected
    assert parse_feed(gzip.compress(body[:200]) + gzip.compress(body[200:]), URL) == expected
    assert parse_feed(gzip.compress(body) + b"junk", URL) == expected


def test_of_a_damaged_gzip_file_the_entries_before_the_damage_are_read() -> None:
    items = "".join(f"<item><link>/{n * 7919}</link></item>" for n in range(50_000))
    packed = bytearray(gzip.compress(rss(items)))
    packed[len(packed) // 2 :] = b"\xff" * (len(packed) // 2)
    feed = parse_feed(bytes(packed), URL)
    assert len(feed.links) > 100
    assert not feed.whole


def test_decompressed_size_is_bounded() -> None:
    bomb = gzip.compress(rss("<item><link>/a</link></item>" + " " * 5_000_000))
    feed = parse_feed(bomb, URL, max_bytes=100_000)
    assert (urls(feed), feed.whole) == (["https://courier.example/a"], False)


def test_number_of_entries_is_bounded() -> None:
    feed = parse_feed(rss("<item><link>/a</link></item>" * (MAX_ENTRIES_READ + 10)), URL)
    assert (feed.left_out, feed.whole) == (MAX_ENTRIES_READ - MAX_ENTRIES, False)


@pytest.mark.parametrize("oldest_first", [True, False], ids=["oldest first", "newest first"])
@pytest.mark.parametrize("name", ["rss 2.0", "atom 1.0", "json feed"])
def test_of_a_long_feed_the_newest_entries_are_kept_in_whatever_order_it_is(
    name: str, oldest_first: bool
) -> None:
    days = [
        f"{year}-{month:02}-{day:02}"
        for year in range(2012, 2027)
        for month in range(1, 13)
        for day in range(1, 29)
    ]
    documents = long_feeds(days if oldest_first else days[::-1])
    feed = parse_feed(documents[name].encode(), URL)
    newest = {f"https://courier.example/{day}" for day in days[-MAX_ENTRIES:]}
    assert (set(urls(feed)), feed.whole, feed.left_out) == (newest, True, len(days) - MAX_ENTRIES)
    assert (urls(feed) == sorted(newest)) == oldest_first


def long_feeds(days: list[str]) -> dict[str, str]:
    """Return a feed with an entry for each day, by format."""
    items = (f"<item><link>/{day}</link><pubDate>{day}T10:00:00Z</pubDate></item>" for day in days)
    entries = (f'<entry><link href="/{day}"/><updated>{day}T10:00:00Z</updated></entry>' for day in days)
    return {
        "rss 2.0": rss("".join(items)).decode(),
        "atom 1.0": f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>',
        "json feed": json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [{"url": f"/{day}", "date_published": f"{day}T10:00:00Z"} for day in days],
            }
        ),
    }


def test_of_a_long_feed_without_dates_both_ends_are_kept() -> None:
    count = MAX_ENTRIES + 10
    feed = parse_feed(rss("".join(f"<item><link>/{n}</link></item>" for n in range(count))), URL)
    half = MAX_ENTRIES // 2
    assert urls(feed) == [f"https://courier.example/{n}" for n in [*range(half), *range(count - half, count)]]


def test_unreadable_dates_before_the_readable_ones_hide_no_new_entry() -> None:
    items = [f"<item><link>/{n}</link><pubDate>soon</pubDate></item>" for n in range(MAX_ENTRIES)]
    new = "<item><link>/new</link><pubDate>Mon, 23 Nov 2026 10:30:00 +0100</pubDate></item>"
    feed = parse_feed(rss("".join(items[:1500]) + new + "".join(items[1500:])), URL)
    assert {link.url: link.published_at for link in feed.links}["https://courier.example/new"] == MOMENT


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE rss [<!ENTITY e0 "EXPANDED">{ENTITIES}]>',
        '<!DOCTYPE rss [<!ENTITY e11 SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
    ],
    ids=["billion laughs", "external", "parameter"],
)
def test_no_entity_is_expanded(doctype: str) -> None:
    body = rss('<item x="&e11;"><title>a &e11; b</title><link>/a</link></item>', before=doctype)
    (link,) = parse_feed(body, URL).links
    assert link.title == "a &e11; b"


@pytest.mark.parametrize(
    "before", [f'<!DOCTYPE rss [<!ENTITY e0 "<rss>">{ENTITIES}]>', f"<rss><!DOCTYPE rss [{ENTITIES}]>"]
)
def test_doctype_after_a_root_declares_nothing(before: str) -> None:
    body = rss("<item><title>a &e11; b</title><link>/a</link></item>", before=before)
    assert parse_feed(body, URL).links == ()


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel>" + b"<item>" * 400_000,
        b"<rss><channel>" + b"<item/>" * 400_000,
        rss("<a>" * 200_000 + "<item><link>/a</link></item>"),
        rss("<item>" + "<link>x</link>" * 100_000 + "</item>"),
        rss("<![CDATA[" * 100_000),
        rss("&" * 500_000 + "&a" * 500_000),
        rss("<item><title>" + "<" * 200_000 + "</title><link>/a</link></item>"),
        rss("".join(f"<item><link>/{n}</link><pubDate>{n} xyzzy 2020</pubDate></item>" for n in range(1000))),
        b"<!-- " + b"<" * 1_000_000,
        b'{"version": "https://jsonfeed.org/version/1", "items": [' + b"[" * 1_000_000,
        b'{"version": "https://jsonfeed.org/version/1", "items": [' + b"{}," * 300_000,
    ],
    ids=[
        "unclosed items",
        "empty items",
        "depth",
        "many links in one item",
        "unclosed cdata",
        "ampersands",
        "angle brackets",
        "dates that are none",
        "no root",
        "json depth",
        "json entries",
    ],
)
def test_hostile_feed_is_parsed_in_bounded_time(body: bytes) -> None:
    assert len(parse_feed(body, URL).links) <= 1_000


TOKENS = [
    "<rss>",
    "<channel>",
    "<item>",
    "</item>",
    "<link>",
    "</link>",
    "<title>",
    "</title>",
    "<feed>",
    "<entry>",
    "</entry>",
    "<rdf:RDF>",
    '<link href="',
    '"/>',
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&amp;",
    "&nbsp;",
    "&",
    "&#xD800;",
    "&#0;",
    "&#x110000;",
    "<",
    "https://x.example/",
    "xml:base='",
    "http://[",
    "pubDate>",
    "2026-11-23",
    "\x00",
    "é",
    "<!DOCTYPE",
    "<?xml",
    "?>",
    "dc:date",
    '{"version":"jsonfeed.org","items":[',
    "{",
    "}",
    "]",
    '"url":',
    '"/a"',
    ",",
    "\ud800",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TOKENS) | st.text(max_size=5), max_size=40).map("".join))
def test_broken_feeds_never_raise_and_give_web_links_only(text: str) -> None:
    feed = parse_feed(text.encode("utf-8", "surrogatepass"), URL)
    assert all(link.url.startswith(("http://", "https://")) for link in feed.links)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes_and_content_type_are_accepted(body: bytes, content_type: str) -> None:
    for document in (body, b"<rss>" + body + b"</rss>"):
        feed = parse_feed(document, URL, content_type)
        assert all(link.url.startswith(("http://", "https://")) for link in feed.links)


@pytest.mark.parametrize(
    "label", ["undefined", "idna", "utf-7", "hex", "unicode_escape", "utf-16", "x" * 5000]
)
def test_a_feed_is_read_whatever_is_declared_as_its_charset(label: str) -> None:
    body = rss("<item><title>Zürich</title><link>/a</link></item>").decode().encode("latin-1")
    for content_type in (f"text/xml; charset={label}", None):
        declared = b"" if content_type else f"<?xml version='1.0' encoding='{label}'?>".encode()
        (link,) = parse_feed(declared + body, URL, content_type).links
        assert link.title == "Zürich"
