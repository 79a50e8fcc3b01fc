"""Invented pages for the quality floor: every story of stories.toml in the layout of every kind of publisher.

Stories and layouts were written for this test and nothing was tuned on them, so the floors say how extraction does on
pages it has not seen. A page is made the same way each time."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path


@dataclass(frozen=True)
class Story:
    """One story of stories.toml; the file documents the fields."""

    language: str
    host: str
    path: str
    title: str
    description: str
    authors: list[str]
    printed_byline: str
    printed_date: str
    published: str
    heading: str
    paragraphs: list[str]
    caption: str
    pull_quote: str
    menu: list[str]
    related_label: str
    related: list[str]
    newsletter: str
    comments: list[str]
    subscribe: str
    copyright: str

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"

    @property
    def site(self) -> str:
        return self.host.split(".")[1].title()

    @property
    def blocks(self) -> list[str]:
        """The text in reading order: three paragraphs, a sub-headline, the other paragraphs."""
        return [*self.paragraphs[:3], self.heading, *self.paragraphs[3:]]


@dataclass(frozen=True)
class MadePage:
    """A page and what a careful reader finds on it."""

    layout: str
    story: Story
    html: str
    body: str

    @property
    def name(self) -> str:
        return f"{self.layout}-{self.story.language}"


def made_pages() -> list[MadePage]:
    """Return every story in every layout."""
    return [
        MadePage(
            layout.__name__.strip("_"), story, layout(story), "\n\n".join(expected_blocks(layout, story))
        )
        for layout in LAYOUTS
        for story in stories()
    ]


def expected_blocks(layout: Callable[[Story], str], story: Story) -> list[str]:
    """Return the body of a page: a page behind a paywall shows only two paragraphs."""
    if layout is paywall:
        return story.paragraphs[:2]
    return story.paragraphs if layout in NO_HEADING else story.blocks


@cache
def stories() -> list[Story]:
    files = sorted(Path(__file__).parent.glob("stories*.toml"))
    texts = (file.read_text("utf-8") for file in files)
    return [Story(**values) for text in texts for values in tomllib.loads(text)["story"]]


# ------------------------------------------------------------------ parts of pages


def tag(name: str, content: str, css: str = "", **attributes: str) -> str:
    """Return an element; `content` is HTML."""
    named = {"class": css, **{key.replace("_", "-"): value for key, value in attributes.items()}}
    written = "".join(f' {key}="{escape(value)}"' for key, value in named.items() if value)
    return f"<{name}{written}>{content}</{name}>"


def text(name: str, content: str, css: str = "", **attributes: str) -> str:
    """Return an element; `content` is plain text."""
    return tag(name, escape(content, quote=False), css, **attributes)


def links(titles: list[str], css: str = "") -> str:
    return tag(
        "ul", "".join(tag("li", text("a", title, href=f"/x/{at}")) for at, title in enumerate(titles)), css
    )


def document(story: Story, head: str, body: str, *, attributes: str = "") -> str:
    top = f'<meta charset="utf-8"><title>{escape(story.title)} | {story.site}</title>'
    return f'<!doctype html><html lang="{story.language}"{attributes}><head>{top}{head}</head><body>{body}</body></html>'


def meta(**named: str) -> str:
    return "".join(
        f'<meta property="{name.replace("_", ":", 1)}" content="{escape(value)}">'
        for name, value in named.items()
    )


def og(story: Story) -> str:
    return meta(
        og_title=story.title,
        og_type="article",
        og_url=story.url,
        og_site_name=story.site,
        og_description=story.description,
    )


def linked_data(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'


def news_article(story: Story, **more: object) -> dict[str, object]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.description,
        "datePublished": story.published,
        "author": [{"@type": "Person", "name": name} for name in story.authors],
        "publisher": {"@type": "Organization", "name": story.site},
        **more,
    }


def header(story: Story) -> str:
    return tag(
        "header",
        text("a", story.site, "logo", href="/") + tag("nav", links(story.menu, "menu")),
        "site-header",
    )


def footer(story: Story) -> str:
    return tag("footer", links(story.menu[3:]) + text("p", story.copyright), "site-footer")


def teasers(story: Story, css: str = "teaser") -> str:
    return "".join(
        tag("div", tag("h3", text("a", title, href=f"/t/{at}")) + text("p", story.description), css)
        for at, title in enumerate(story.related)
    )


def with_headings(story: Story, paragraph: Callable[[str], str], heading: Callable[[str], str]) -> list[str]:
    return [heading(block) if block == story.heading else paragraph(block) for block in story.blocks]


def p(content: str) -> str:
    return text("p", content)


def h2(content: str) -> str:
    return text("h2", content)


# ------------------------------------------------------------------ layouts


def semantic(story: Story) -> str:
    """HTML5 elements, JSON-LD, and related stories in an aside."""
    figure = tag("figure", '<img src="/a.jpg" alt="">' + text("figcaption", story.caption))
    top = text("h1", story.title) + text("p", story.printed_byline, "byline") + figure
    article = tag("article", top + "".join(with_headings(story, p, h2)))
    aside = tag("aside", text("h2", story.related_label) + links(story.related))
    return document(
        story, linked_data(news_article(story)), header(story) + tag("main", article + aside) + footer(story)
    )


def graph(story: Story) -> str:
    """A JSON-LD graph whose article refers to its authors; a newsletter box in the middle of the text."""
    people = [{"@type": "Person", "@id": f"#a{at}", "name": name} for at, name in enumerate(story.authors)]
    article = news_article(story, author=[{"@id": person["@id"]} for person in people])
    site = {"@type": "WebSite", "@id": "#site", "name": story.site}
    data = {"@context": "https://schema.org", "@graph": [site, article, *people]}
    blocks = with_headings(story, p, h2)
    box = tag(
        "div",
        text("p", story.newsletter) + '<form><input type="email"><button>OK</button></form>',
        "newsletter-box",
    )
    content = tag("div", "".join([*blocks[:2], box, *blocks[2:]]), "c-article__content")
    return document(
        story,
        linked_data(data),
        header(story) + text("h1", story.title, "c-article__title") + content + footer(story),
    )


def microdata(story: Story) -> str:
    """schema.org as attributes of the elements that readers see."""
    names = " / ".join(
        tag(
            "span",
            text("span", name, itemprop="name"),
            itemprop="author",
            itemscope="itemscope",
            itemtype="https://schema.org/Person",
        )
        for name in story.authors
    )
    when = text("time", story.printed_date, itemprop="datePublished", datetime=story.published)
    top = text("h1", story.title, itemprop="headline") + tag("div", names + " " + when, "meta")
    body = tag("div", "".join(with_headings(story, p, h2)), itemprop="articleBody")
    article = tag("div", top + body, itemscope="itemscope", itemtype="https://schema.org/NewsArticle")
    return document(story, "", header(story) + article + teasers(story) + footer(story))


def open_graph(story: Story) -> str:
    """Open Graph alone, a share bar, and readers' comments below."""
    head = og(story) + meta(article_published_time=story.published)
    head += "".join(f'<meta name="author" content="{escape(name)}">' for name in story.authors)
    share = tag(
        "div",
        text("a", "Facebook", href="#") + text("a", "WhatsApp", href="#") + text("a", "E-Mail", href="#"),
        "share-bar",
    )
    comments = tag(
        "section",
        "".join(
            tag("div", text("b", f"user{at}") + p(said), "comment")
            for at, said in enumerate(story.comments * 4)
        ),
        "comments",
    )
    body = (
        text("h1", story.title)
        + share
        + tag("div", "".join(with_headings(story, p, h2)), "story-text")
        + share
    )
    return document(story, head, header(story) + body + comments + footer(story))


def no_metadata(story: Story) -> str:
    """Nothing is declared: title, byline and date are only printed."""
    top = text("h1", story.title) + text("p", story.printed_byline) + text("p", story.printed_date)
    body = tag("div", top + "".join(with_headings(story, p, h2)), id="content")
    page = document(story, "", tag("div", links(story.menu), id="menu") + body + text("p", story.copyright))
    return page.replace(
        f"<title>{escape(story.title)} | {story.site}</title>", f"<title>{escape(story.title)}</title>"
    )


def line_breaks(story: Story) -> str:
    """Tables for layout, and paragraphs parted by two line breaks."""
    content = "<br><br>".join(escape(paragraph, quote=False) for paragraph in story.paragraphs)
    heading = (
        tag("font", text("b", story.title), size="5")
        + "<br>"
        + text("i", f"{story.printed_byline}, {story.printed_date}")
    )
    left = tag("td", "<br>".join(text("a", name, href="#") for name in story.menu), width="150")
    right = tag(
        "td",
        text("b", story.related_label)
        + "<br>"
        + "<br>".join(text("a", name, href="#") for name in story.related),
    )
    middle = tag("td", f"{heading}<br><br>{content}<br><br>{text('small', story.copyright)}")
    return document(story, "", tag("table", tag("tr", left + middle + right), border="0"))


def div_soup(story: Story) -> str:
    """Generated class names, no paragraphs, no headings."""
    blocks = with_headings(
        story, lambda block: text("div", block, "css-1x2y3z"), lambda block: text("div", block, "css-9f8g7h")
    )
    when = text("time", story.printed_date, datetime=story.published)
    top = text("div", story.title, "css-0a1b2c") + tag(
        "div", text("span", story.printed_byline) + when, "css-77aa"
    )
    more = tag("div", "".join(text("div", title, "css-33bb") for title in story.related), "css-44cc")
    body = tag("div", tag("div", top + tag("div", "".join(blocks), "css-55dd") + more, "css-66ee"), id="root")
    return document(
        story, og(story), tag("div", "".join(text("div", name) for name in story.menu), "css-nav") + body
    )


def amp(story: Story) -> str:
    """An AMP page with advertisements between the paragraphs."""
    ad = '<amp-ad width="300" height="250" type="x"></amp-ad>'
    side = tag("amp-sidebar", links(story.menu), id="side")
    image = tag(
        "figure", '<amp-img src="/a.jpg" width="1" height="1"></amp-img>' + text("figcaption", story.caption)
    )
    article = tag("article", text("h1", story.title) + image + ad.join(with_headings(story, p, h2)))
    head = f'<link rel="canonical" href="{story.url}">' + linked_data(news_article(story))
    more = tag("amp-list", text("h4", story.related_label) + links(story.related))
    return document(story, head, side + article + more + footer(story), attributes=" amp")


def live_blog(story: Story) -> str:
    """Entries with times, the newest first; each paragraph is one entry."""
    updates = [
        {"@type": "BlogPosting", "articleBody": block, "datePublished": story.published}
        for block in story.paragraphs
    ]
    data = news_article(
        story, **{"@type": "LiveBlogPosting", "liveBlogUpdate": updates, "coverageStartTime": story.published}
    )
    entries = [
        tag("div", text("time", f"{18 - at}:05", datetime=story.published) + p(block), "live-entry")
        for at, block in enumerate(story.paragraphs)
    ]
    body = (
        text("h1", story.title)
        + text("p", story.printed_byline, "author")
        + tag("div", "".join(entries), "live-feed")
    )
    return document(story, og(story) + linked_data(data), header(story) + tag("main", body) + footer(story))


def paywall(story: Story) -> str:
    """Two paragraphs, then an offer."""
    offer = tag(
        "div",
        text("h3", story.subscribe) + text("p", story.newsletter) + links(story.menu[:3]),
        "paywall offer",
    )
    data = news_article(story, isAccessibleForFree=False)
    body = text("h1", story.title) + "".join(map(p, story.paragraphs[:2])) + offer
    return document(
        story, linked_data(data), header(story) + tag("article", body) + teasers(story) + footer(story)
    )


def interrupted(story: Story) -> str:
    """Pull quotes, links to other stories and a box of figures between the paragraphs."""
    blocks = with_headings(story, p, h2)
    quote = tag("blockquote", text("p", story.pull_quote), "pullquote")
    see = tag(
        "p",
        text("strong", f"{story.related_label}: ") + text("a", story.related[0], href="/r/0"),
        "inline-related",
    )
    rows = "".join(
        tag("tr", text("th", name) + text("td", str(at * 17))) for at, name in enumerate(story.menu)
    )
    box = tag("aside", tag("table", rows), "factbox")
    content = "".join([blocks[0], see, blocks[1], quote, blocks[2], box, *blocks[3:]])
    top = text("h1", story.title) + text("div", story.printed_byline, "article-author")
    when = text("time", story.printed_date, "article-date", datetime=story.published)
    return document(story, og(story), header(story) + tag("article", top + when + content) + footer(story))


def portal(story: Story) -> str:
    """The story among walls of teasers that have summaries."""
    wall = tag("section", text("h2", story.related_label) + teasers(story) * 3, "teaser-wall")
    top = text("h1", story.title, "headline") + text("span", story.printed_byline, "author-name")
    when = text("span", story.printed_date, "date")
    story_box = tag("div", top + when + tag("div", "".join(with_headings(story, p, h2)), "text"), "story")
    return document(story, og(story), header(story) + wall + story_box + wall + wall + footer(story))


def components(story: Story) -> str:
    """What a JavaScript framework renders: one component for each paragraph."""

    def block(content: str) -> str:
        return tag("section", tag("div", text("p", content)), data_component="text-block")

    author = "".join(text("a", name, rel="author", href="/a") for name in story.authors)
    when = text("time", story.printed_date, datetime=story.published)
    promo = tag("section", tag("div", text("p", story.newsletter)), data_component="promo")
    blocks = with_headings(story, block, lambda content: tag("section", text("h3", content)))
    state = f'<script id="__STATE__" type="application/json">{json.dumps({"menu": story.menu})}</script>'
    body = tag("main", text("h1", story.title) + tag("div", author + when) + "".join(blocks) + promo)
    return document(story, og(story), header(story) + body + state + footer(story))


def blog(story: Story) -> str:
    """The blog software that many small publishers use."""
    when = text("time", story.printed_date, "entry-date published", datetime=story.published)
    names = ", ".join(text("span", name, "author vcard") for name in story.authors)
    image = tag(
        "div", '<img src="/a.jpg">' + text("p", story.caption, "wp-caption-text"), "wp-caption alignnone"
    )
    tags = tag("div", text("a", story.menu[1], rel="tag", href="/tag/1"), "entry-tags")
    said = "".join(tag("li", tag("article", p(comment), "comment-body")) for comment in story.comments)
    content = tag(
        "div",
        image + "".join(with_headings(story, p, h2)) + tag("div", text("a", "Twitter"), "sharedaddy"),
        "entry-content",
    )
    entry = tag(
        "article",
        text("h1", story.title, "entry-title") + tag("div", when + names, "entry-meta") + content + tags,
        "post hentry",
    )
    comments = tag("div", tag("ol", said, "comment-list"), "comments-area", id="comments")
    widgets = tag("aside", text("h3", story.related_label) + links(story.related), "widget-area")
    return document(story, "", header(story) + entry + comments + widgets + footer(story))


def plain_cms(story: Story) -> str:
    """A headline outside the text, a printed date, a credit and a copyright line among the paragraphs."""
    top = tag("div", text("h1", story.title), "page-title")
    info = text("div", f"{story.printed_date} | {story.printed_byline}", "info")
    paragraphs = [
        text("strong", story.paragraphs[0]),
        *(escape(one, quote=False) for one in story.paragraphs[1:]),
    ]
    content = (
        "".join(tag("p", one) for one in paragraphs)
        + text("p", story.caption, "credit")
        + text("p", story.copyright)
    )
    right = tag(
        "div", text("h4", story.related_label) + links(story.related) + text("p", story.newsletter), "sidebar"
    )
    head = f'<meta name="description" content="{escape(story.description)}">'
    return document(story, head, header(story) + top + tag("div", info + content, "content") + right)


LAYOUTS = (
    semantic,
    graph,
    microdata,
    open_graph,
    no_metadata,
    line_breaks,
    div_soup,
    amp,
    live_blog,
    paywall,
    interrupted,
    portal,
    components,
    blog,
    plain_cms,
)
NO_HEADING = (line_breaks, live_blog, plain_cms)
