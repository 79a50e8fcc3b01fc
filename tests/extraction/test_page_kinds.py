"""Kinds of pages, and why pages of some kinds are not stored."""

from __future__ import annotations

import pytest

from newsbot.extraction import extract
from newsbot.extraction.body.choice import Body
from newsbot.extraction.kinds.wall_words import ERROR_TITLES, WALL_TEXTS
from newsbot.extraction.page.page import Page
from newsbot.extraction.page_kinds import classify, reject_reason
from newsbot.items import Article
from tests.word_list_examples import by_language

PARAGRAPH = "<p>The orchestra played on through the power cut, by the light of two hundred telephones and one candle.</p>"
PROSE = PARAGRAPH + "".join(
    f"<p>Evening {n}: the second violin said it was the best concert in {n + 3} years of playing here.</p>"
    for n in range(20)
)
LINKS = "".join(
    f"<li><a href='/story-{n}'>A headline of one of the many stories, number {n}</a></li>" for n in range(40)
)
TEASERS = "".join(
    f"<li><h3><a href='/story-{n}'>The council votes on bridge number {n} after all</a></h3>"
    f"<p>The vote came late on Tuesday, after {n + 2} hours of talk about what the bridge would cost the town. “We have waited for"
    f" {n + 20} years,” said the mayor, who had asked for the vote; the opposition wants to see the plans again in {n + 3} months.</p></li>"
    for n in range(12)
)
NOT_FREE = ', "isAccessibleForFree": false'
LOST = "<p>We looked everywhere for that page, and it is not here any more, sorry.</p>"


def json_ld(kind: str, more: str = "") -> str:
    return (
        f'<script type="application/ld+json">{{"@type": "{kind}", "headline": "The concert"{more}}}</script>'
    )


def extracted(head: str, body: str) -> Article:
    return extract(f"<html><head>{head}</head><body>{body}</body></html>", "https://news.example/a")


@pytest.mark.parametrize(
    ("head", "body", "kind"),
    [
        pytest.param("<title>The concert</title>", PROSE, "article", id="article"),
        pytest.param(json_ld("NewsArticle", NOT_FREE), PROSE, "article", id="paywalled in full"),
        pytest.param(json_ld("NewsArticle", NOT_FREE), PARAGRAPH * 2, "paywall", id="teaser"),
        pytest.param(json_ld("LiveBlogPosting"), PROSE, "live_blog", id="live blog"),
        pytest.param(json_ld("ImageGallery"), PARAGRAPH, "gallery", id="gallery"),
        pytest.param(json_ld("VideoObject"), PARAGRAPH, "video", id="video"),
        pytest.param(json_ld("MusicEvent"), PROSE, "event", id="event"),
        pytest.param(
            json_ld("NewsArticle") + json_ld("MusicEvent"), PROSE, "article", id="report of an event"
        ),
        pytest.param(
            json_ld("NewsArticle") + json_ld("VideoObject"), PARAGRAPH, "article", id="article with video"
        ),
        pytest.param(
            "<meta property='og:type' content='website'><title>News</title>",
            f"<ul>{LINKS}</ul>",
            "list",
            id="front page",
        ),
        pytest.param(json_ld("CollectionPage"), f"<ul>{LINKS}</ul>", "list", id="collection"),
        pytest.param("<title>404 - Page not found</title>", LOST, "error", id="404"),
        pytest.param("<title>Seite nicht gefunden</title>", PARAGRAPH, "error", id="german 404"),
        pytest.param(
            "<title>Just a moment...</title>",
            "<p>Checking your browser before you go on.</p>",
            "error",
            id="bot wall",
        ),
        pytest.param("<title>The concert</title>", "", "empty", id="empty"),
    ],
)
def test_kind_follows_what_the_page_declares_and_shows(head: str, body: str, kind: str) -> None:
    article = extracted(head, f"<h1>The concert</h1>{body}")
    assert article.kind == kind
    assert article.rules["kind"]


def kind_of(html: str) -> str:
    """Return the kind of a page with a short text."""
    article = Article(url="https://news.example/a", body="Short.", word_count=1)
    return classify(Page.from_text(html), article, Body(text="Short.", rule="blocks"))[0]


@by_language(title=ERROR_TITLES)
def test_titles_of_error_pages_are_recognised(kind: str, texts: list[str]) -> None:
    titles = [f"{text.capitalize()} - The Gazette" for text in texts]
    assert [title for title in titles if kind_of(f"<title>{title}</title>") != "error"] == []


@by_language(text=WALL_TEXTS)
def test_bot_walls_are_recognised_by_their_html(kind: str, texts: list[str]) -> None:
    assert [text for text in texts if kind_of(f"<title>News</title><p>{text}") != "error"] == []


def test_stored_kinds_have_no_reason_to_be_rejected() -> None:
    assert reject_reason(extract(f"<title>The concert</title><h1>The concert</h1>{PROSE}")) is None


def test_an_article_without_a_title_is_rejected_for_that() -> None:
    article = extract(PROSE)
    article.title = None
    assert reject_reason(article) == "no-title"


def test_page_of_teasers_is_a_list_even_if_it_declares_itself_an_article() -> None:
    head = "<meta property='og:type' content='article'><title>Politics</title>"
    page = extracted(head, f"<main><h1>Politics</h1><ul>{TEASERS}</ul></main>")
    assert page.kind == "list"


def test_article_that_declares_its_date_is_kept_whatever_its_layout() -> None:
    head = json_ld("NewsArticle", ', "datePublished": "2026-05-03T10:00:00Z"')
    page = extracted(head, f"<main><h1>Politics</h1><ul>{TEASERS}</ul></main>")
    assert page.kind == "article"


def test_sections_of_an_article_with_few_links_are_not_a_list() -> None:
    sections = "".join(f"<section><h2>Part {n}</h2>{PROSE}<a href='/{n}'>map</a></section>" for n in range(6))
    assert extracted("<title>A walk</title>", sections).kind == "article"


SHOP = """<form><p>$49.00</p><select><option>M</option></select><button>Add to cart</button></form>
<div class="product-tabs"><p>Free shipping over $50. In stock.</p><p>Soft brushed cotton, two pockets, made in small
batches. Machine wash cold.</p></div><ul class="product-grid">""" + "".join(
    f"<li class='product-card'><a href='/products/shirt-{n}'>Shirt {n}</a><span class='price'>${n + 20}.00</span></li>"
    for n in range(8)
)
POSTS = "".join(
    f"<div class='post'><div class='username'><a href='/members/{n}'>user{n}</a></div><div class='message'><p>I had the same"
    f" problem with number {n}, and my fix was to reset it twice. Did you try that?</p></div><button>Reply</button></div>"
    for n in range(9)
)


@pytest.mark.parametrize(
    ("url", "head", "body", "kinds"),
    [
        ("https://shirts.example/products/flannel-shirt", json_ld("Product"), SHOP, {"shop", "list"}),
        ("https://forum.example/threads/reset.1234/", json_ld("DiscussionForumPosting"), POSTS, {"forum"}),
    ],
    ids=["shop", "forum"],
)
def test_the_model_rejects_pages_that_are_no_articles_and_says_why(
    url: str, head: str, body: str, kinds: set[str]
) -> None:
    page = extract(
        f"<html><head>{head}</head><body><main><h1>Flannel shirt</h1>{body}</main></body></html>", url
    )
    assert page.kind in kinds
    assert reject_reason(page) == page.kind
    assert page.rules["kind"].startswith(f"model: {page.kind} .")


@pytest.mark.parametrize(
    ("url", "title", "text"),
    [
        (
            "https://paper.example/p/12",
            "Man rescued from slipway",
            "A man was rescued from the slipway at Marrow on Sunday evening after he slipped on wet weed, the coastguard said.",
        ),
        (
            "https://shimbun.example/articles/99",
            "離島の夜行フェリー、来月末で廃止へ",
            "離島と本土を結ぶ夜行フェリーが来月末で廃止されることが、港湾局の発表でわかった。機関士の不足が理由だという。",
        ),
    ],
    ids=["en", "ja"],
)
def test_brief_news_that_declares_nothing_is_an_article(url: str, title: str, text: str) -> None:
    page = extract(
        f"<html><head><title>{title}</title></head><body><nav><a href='/'>Home</a></nav><main><h1>{title}</h1><p>{text}</p></main>"
        f"<h2>More</h2><ul>{LINKS[:700]}</ul><footer>© The Gazette</footer></body></html>",
        url,
    )
    assert page.kind == "article"


def test_dated_short_news_in_repeated_elements_is_no_list() -> None:
    head = "<meta property='og:type' content='article'><title>The council votes on four bridges</title>"
    items = "".join(
        f"<div class='item'><p>The bridge at mile {n} stays closed until the end of the year, <a href='/b{n}'>the council of the"
        f" town</a> said, because {n + 2} of its pillars were found to be cracked.</p></div>"
        for n in range(5)
    )
    page = extracted(
        head, f"<main><h1>The council votes on four bridges</h1><time>3 May 2026</time>{items}</main>"
    )
    assert page.kind == "article"
