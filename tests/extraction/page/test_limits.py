from __future__ import annotations

import time
from itertools import cycle, islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from newsbot.extraction import extract
from newsbot.extraction.page.limits import MAX_ATTRIBUTES, MAX_TAG_ATTRIBUTES, MAX_TAGS, bounded, crowded_tag
from newsbot.extraction.page.page import Page
from tests.compiled import core_tables, python_only

MANY = 20_000
"""Number that fits in a page below the limit on its size."""
FRAGMENTS = (
    *(
        "<a",
        "<p ",
        "<b>",
        "</b>",
        "</p x y>",
        "<!x",
        "<?",
        "?>",
        "<![CDATA[",
        "]]>",
        "<",
        ">",
        "/",
        "/>",
        "</",
    ),
    *(
        "<script>",
        "</script>",
        "<script",
        "<style>",
        "</style>",
        "<textarea>",
        "</textarea>",
        "<title>",
        "</title>",
    ),
    *(
        "<plaintext>",
        "<xmp>",
        "</xmp>",
        "<iframe>",
        "</iframe>",
        "<svg>",
        "<noscript>",
        "<!--",
        "-->",
        "--!>",
    ),
    *(
        '"',
        "'",
        "=",
        '="',
        "='",
        "=>",
        " ",
        "\n",
        "\r",
        "\x0b",
        "\x0c",
        "\xa0",
        "\u2028",
        "a",
        "b=c",
        "&amp;",
        "&",
    ),
)
VALUES = (
    "",
    "=x",
    '=">"',
    "='>'",
    '="<b>"',
    "='<b>'",
    '=x"',
    "=x'",
    ' = ">"',
    "\n=\n'>'",
    '=x="y',
    "/",
    '"',
    "=",
    '="',
    "='",
)


def attributes(values: str = "", count: int = MANY) -> str:
    return " ".join(f"a{number}{values}" for number in range(count))


def most_attributes(html: str) -> int:
    return max(len(element.attrib) for element in Page.from_text(html).tree.iter(etree.Element))


@pytest.mark.parametrize(
    "tag",
    [
        f"<p {attributes()}>",
        f"<p {attributes('=x')}>",
        "<p " + attributes('=">"') + ">",
        "<p " + attributes("='<p></p>'") + ">",
        '<script>x<b y="</script><p ' + attributes() + '>"',
        f"<script><!--<script></script><textarea>--></script><p {attributes()}>",
        f"<!-- <p '--><p {attributes()}>'",
    ],
    ids=[
        "bare",
        "unquoted",
        "ends in values",
        "tags in values",
        "quote in a script",
        "escaped script",
        "comment",
    ],
)
def test_the_page_is_cut_before_a_tag_with_too_many_attributes(tag: str) -> None:
    html = f"<p class=a>Kept{tag}Gone</p>"
    assert most_attributes(html) <= MAX_TAG_ATTRIBUTES
    text = "".join(map(str, Page.from_text(html).tree.itertext()))
    assert "Kept" in text
    assert "Gone" not in text


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=8),
    st.lists(st.sampled_from(VALUES), min_size=1, max_size=6),
    st.lists(st.sampled_from(FRAGMENTS), max_size=8),
)
def test_no_syntax_hides_the_number_of_attributes_of_a_tag(
    before: list[str], values: list[str], after: list[str]
) -> None:
    pairs = (
        f"a{number}{value}" for number, value in enumerate(islice(cycle(values), 4 * MAX_TAG_ATTRIBUTES))
    )
    assert most_attributes("".join(["<p>", *before, "<p ", " ".join(pairs), *after])) <= MAX_TAG_ATTRIBUTES


@pytest.mark.parametrize(
    "script",
    ["x<y " + "a b c; " * 500, 'var a = "<p ' + attributes(count=500) + '>";'],
    ids=["comparison", "markup"],
)
def test_scripts_are_not_read_as_tags(script: str) -> None:
    tree = Page.from_text(f"<script>{script}</script><p>Read</p>").tree
    assert tree.findtext(".//p") == "Read"


def test_a_huge_page_has_a_bounded_number_of_attributes() -> None:
    tree = Page.from_text("<p a b c d e f g h>x" * MAX_TAGS).tree
    assert 0 < sum(len(element.attrib) for element in tree.iter(etree.Element)) <= MAX_ATTRIBUTES


@pytest.mark.parametrize(
    "html",
    [
        "<a<a<a" * 300_000,
        "<a " + " " * 3_000_000 + "b",
        "<a b=\"<a b='" * 300_000,
        "<a =" * 500_000,
        "<a " + "/" * 3_000_000,
        "<" * 3_000_000,
        ("<a " + attributes(count=MAX_TAG_ATTRIBUTES // 2)) * 5000,
        "<a b=" + "<a b=x" * 500_000,
        "<b></p>" * 300_000,
    ],
    ids=["names", "spaces", "quotes", "equals", "slashes", "starts", "nested tags", "value", "depth"],
)
def test_unclosed_tags_are_read(html: str) -> None:
    assert extract(html).body == ""


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join), st.integers(0, 4))
def test_the_compiled_core_finds_the_same_crowded_tag(markup: str, missing: int) -> None:
    core_tables()
    page = f"{markup}<div{' a' * (MAX_TAG_ATTRIBUTES - missing)}{markup}<b>".encode()
    found = crowded_tag(page)
    with python_only():
        assert found == crowded_tag(page)


def test_the_page_is_cut_before_the_crowded_tag() -> None:
    before = "<p>é</p>" * 9
    attributes = "".join(f" a{number}" for number in range(MAX_TAG_ATTRIBUTES + 1))
    assert bounded(f"{before}<div{attributes}>text") == before.encode()
    with python_only():
        assert bounded(f"{before}<div{attributes}>text") == before.encode()


def cpu_of(html: str) -> float:
    """Return the seconds of CPU time that a page takes, the lesser of two readings."""
    times = []
    for _ in range(2):
        began = time.process_time()
        extract(html, "https://news.example/a")
        times.append(time.process_time() - began)
    return min(times)


@pytest.mark.parametrize(
    ("start", "repeated"),
    [
        ("<h1>The fish market moves</h1>", "<a href=x>b</a>"),
        ("<h1>The fish market moves</h1><div class=tags>", "<a href=x class=tag>b</a>"),
        ("<article itemscope itemtype='https://schema.org/NewsArticle'>", "<b itemprop=x>b</b>"),
        (
            "<article itemscope itemtype='https://schema.org/NewsArticle'>",
            "<b itemscope itemprop=author><i itemprop=name>b</i></b>",
        ),
        ("<h1>The fish market moves</h1>", "<time>1 May 2026</time> x "),
    ],
    ids=["links", "tags", "properties", "items", "dates"],
)
def test_the_time_grows_no_faster_than_the_number_of_elements(start: str, repeated: str) -> None:
    prose = (
        "<p>The council of the harbour town voted on Monday to move the fish market after years of talks.</p>"
    )
    few, many = (cpu_of(start + repeated * number + prose) for number in (3_000, 30_000))
    assert many < 25 * few  # ten times as many; a hundred times as long if each looks at all others
