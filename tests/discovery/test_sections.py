"""Links of section pages and homepages. All sites are made up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.discovery.sections import MIN_SCORE, article_links, next_page, section_links, url_score
from newsbot.extraction.page.page import Page
from newsbot.sources.model import Source

URL = "https://www.courier.example/politics/"
SITE = Source(key="courier", name="The Courier", homepage="https://courier.example/")


def page(body: str, head: str = "") -> Page:
    return Page.from_text(f"<html><head>{head}</head><body>{body}</body></html>", URL)


def urls(body: str, source: Source | None = SITE) -> list[str]:
    return [link.url for link in article_links(page(body), source)]


@pytest.mark.parametrize(
    "path",
    [
        "/2026/11/23/council-votes-to-reopen-the-bridge/",
        "/2026/nov/23/council-votes",
        "/politics/council-votes-to-reopen-the-bridge-48812",
        "/news/council-votes-to-reopen-bridge.html",
        "/story/300218734/bruecke-wieder-offen",
        "/politik/bruecke-nach-langem-streit-wieder-offen-a-19f31f1e-76c7-4a0e-9d59-0d8f1b6f8c6e",
        "/articles/ASX1F432VT1FUHBI01FM.html",
        "/20261123/k10014567.html",
        "/news/%D9%81%D8%AA%D8%AD-%D8%A7%D9%84%D8%AC%D8%B3%D8%B1-%D8%A7%D9%84%D9%83%D8%A8%D9%8A%D8%B1-%D8%A7%D9%84%D9%8A%D9%88%D9%85",
        "/article.php?id=481516",
    ],
)
def test_urls_of_articles_score_high_with_a_headline(path: str) -> None:
    assert url_score(f"https://courier.example{path}") + 2 >= MIN_SCORE


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/politics/",
        "/world/asia",
        "/tag/bridges",
        "/author/jo-smith",
        "/video/bridge-opens",
        "/privacy-policy",
        "/search?q=bridge",
        "/login",
        "/bridge.jpg",
        "/rss/news.xml",
        "/category/local-news-and-events/",
        "/page/2/",
        "/newsletter/sign-up-for-the-morning-mail/",
        "/jobs/editor-for-local-news-12345678",
    ],
)
def test_urls_of_other_pages_score_low(path: str) -> None:
    assert url_score(f"https://courier.example{path}") < MIN_SCORE


LISTING = """<nav><a href="/politics/">Politics</a><a href="/business/">Business</a><a href="/tag/bridges">Bridges</a></nav>
<main><article><a href="/politics/council-votes-to-reopen-the-bridge-48812"><img src="b.jpg"></a>
<h2><a href="/politics/council-votes-to-reopen-the-bridge-48812?utm_source=list">Council votes to reopen the bridge</a></h2>
<a href="/author/jo-smith">Jo Smith</a></article>
<article><a href="/politics/2026/11/mayor"><h3>Mayor says she will stand again</h3></a><a href="mailto:x@y.example">Mail</a></article>
</main><aside><a href="https://shop.example/2026/11/23/offers-of-the-week-for-you-12345">Offers of the week for you</a></aside>
<footer><a href="/about-us">About us and our history since 1890</a><a href="javascript:void(0)">Consent</a></footer>"""


def test_article_links_of_a_section_page_with_their_headlines() -> None:
    links = article_links(page(LISTING), SITE)
    assert [(link.url, link.title) for link in links] == [
        (
            "https://www.courier.example/politics/council-votes-to-reopen-the-bridge-48812",
            "Council votes to reopen the bridge",
        ),
        ("https://www.courier.example/politics/2026/11/mayor", "Mayor says she will stand again"),
    ]


def test_source_is_not_needed() -> None:
    assert urls(LISTING, None) == urls(LISTING)


def test_article_urls_of_the_source_decide() -> None:
    source = Source(
        key="courier",
        name="The Courier",
        homepage="https://courier.example/",
        article_urls=(re.compile(r"/tag/\w+$"), re.compile("/offers")),
    )
    assert urls(LISTING, source) == ["https://www.courier.example/tag/bridges"]


def test_subdomains_belong_to_the_site_and_look_alikes_do_not() -> None:
    path = "/2026/11/23/council-votes-to-reopen-the-bridge"
    hosts = ["local.courier.example", "courier.example.evil.example", "notcourier.example", "example"]
    body = "".join(f'<a href="https://{host}{path}">Council votes to reopen the bridge</a>' for host in hosts)
    assert urls(body) == [f"https://local.courier.example{path}"]


def test_the_page_itself_is_no_article() -> None:
    body = '<a href="/2026/11/23/all-news-of-the-day/">All the news of the day</a>'
    own = Page.from_text(body, "https://courier.example/2026/11/23/all-news-of-the-day/?page=1")
    assert article_links(own, SITE) == []


def test_base_element_is_respected() -> None:
    links = article_links(
        page(
            '<a href="2026/11/23/bridge-is-open">The bridge is open again</a>',
            '<base href="https://courier.example/de/">',
        )
    )
    assert [link.url for link in links] == ["https://courier.example/de/2026/11/23/bridge-is-open"]


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ('<link rel="next" href="?page=2">', "", "https://www.courier.example/politics/?page=2"),
        ("", '<a rel="nofollow NEXT" href="/politics/2">Older</a>', "https://www.courier.example/politics/2"),
        ("", '<a rel="next" href="">Older</a>', None),
        ("", '<a rel="next" href="javascript:more()">Older</a>', None),
        ("", f'<a rel="next" href="{URL}">Older</a>', None),
        ("", '<a href="/politics/2">Older</a>', None),
    ],
    ids=["link", "anchor", "empty", "script", "itself", "none"],
)
def test_next_page(head: str, body: str, expected: str | None) -> None:
    assert next_page(page(body, head)) == expected


def test_sections_are_short_paths_of_plain_words_main_ones_first() -> None:
    body = """<a href="/world/asia/">Asia</a><a href="/politics/">Politics</a><a href="/wirtschaft">Wirtschaft</a>
    <a href="/culture/">Everything there is to know of culture</a><a href="/tags/">Tags</a><a href="/2026/">2026</a>
    <a href="/sport/?sort=new">Sport</a><a href="https://other.example/sport/">Sport</a><a href="/login">Log in</a>"""
    homepage = Page.from_text(body, "https://www.courier.example/")
    assert section_links(homepage) == [
        "https://www.courier.example/politics/",
        "https://www.courier.example/wirtschaft",
        "https://www.courier.example/world/asia/",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 20_000 + '<a href="/x">x</a>',
        '<a href="/x">' * 20_000,
        '<a href="/x">' + "<b>x" * 20_000,
        '<a href="/x"><div>' * 20_000,
        "".join(f'<a href="/{"a" * 1_900}{n}">x</a>' for n in range(5_000)),
        "".join(f'<a href="/{n}-a-long-headline-here">x</a>' for n in range(20_000)),
        f'<a href="/{"-" * 100_000}">x</a><a href="/{"a1" * 1_000}">x</a><a href="/{"%61" * 600}">x</a>',
    ],
    ids=[
        "depth",
        "nested links",
        "long link",
        "links around blocks",
        "many long urls",
        "many links",
        "long urls",
    ],
)
def test_hostile_page_is_read_in_bounded_time(body: str) -> None:
    assert len(article_links(page(body), SITE)) <= 5_000


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["href", "rel", "class", "role"]))
def test_any_attribute_is_accepted(value: str, name: str) -> None:
    broken = page(
        f'<a href="/a" {name}="{value}">x</a><base href="{value}"><a href="{value}" rel="next">{value}</a>'
    )
    assert all(link.url.startswith(("http://", "https://")) for link in article_links(broken, SITE))
    assert section_links(broken) is not None
    next_page(broken)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_url_has_a_score(text: str) -> None:
    assert url_score(text) <= 10
