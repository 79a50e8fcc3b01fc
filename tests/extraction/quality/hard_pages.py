"""Invented pages that are difficult by design: each layout has one trap that real pages have, in all languages of the
stories.

They are made like those of `made_pages`, and nothing was tuned on them."""

from __future__ import annotations

import json
from html import escape

from tests.extraction.quality.made_pages import (
    MadePage,
    Story,
    document,
    footer,
    h2,
    header,
    linked_data,
    links,
    meta,
    news_article,
    og,
    p,
    stories,
    tag,
    teasers,
    text,
    with_headings,
)

OLD = "2019-08-07T06:05:04+00:00"
"""A time on the page that is not that of the article."""

CONSENT = (
    "We and our partners store information on your device, and use cookies to measure which pages are read most.",
    "You can accept all of them, or choose in the settings which ones you allow. Your choice is kept for a year.",
)


def hard_pages() -> list[MadePage]:
    """Return every story in every layout with a trap."""
    return [
        MadePage(layout.__name__, story, layout(story), "\n\n".join(_expected(layout.__name__, story)))
        for layout in HARD_LAYOUTS
        for story in stories()
    ]


def _expected(layout: str, story: Story) -> list[str]:
    """Return the blocks that a careful reader would copy."""
    if layout == "interview":
        return [text for pair in zip(story.related, story.paragraphs, strict=False) for text in pair]
    if layout == "results_table":
        rows = [f"{name} {number}" for name, number in _rows(story)]
        return [*story.paragraphs[:2], *rows, *story.paragraphs[2:]]
    if layout == "key_points":
        return [*_points(story), *story.paragraphs]
    if layout == "short_and_paid":
        return story.paragraphs[:3]
    return story.blocks if layout in WITH_HEADING else story.paragraphs


def _rows(story: Story) -> list[tuple[str, str]]:
    return [(f"{name} {story.site}", f"{17 * at + 3},5") for at, name in enumerate(story.menu)]


def _points(story: Story) -> list[str]:
    return [f"{story.heading}.", f"{story.pull_quote}.", f"{story.description}"]


def _article(story: Story, *before: str) -> str:
    """Return a plain article with its headline, byline and date, and further HTML before the text."""
    when = text("time", story.printed_date, datetime=story.published)
    top = text("h1", story.title) + tag("p", text("span", story.printed_byline, "byline") + when)
    return tag("article", top + "".join(before) + "".join(with_headings(story, p, h2)))


def open_in_button(story: Story) -> str:
    """A `div` that is never closed in a button of the header; browsers close it with the button."""
    menu = tag("header", "<button aria-label=menu><div><svg></svg><div></button>" + links(story.menu))
    return document(story, og(story), menu + tag("main", _article(story)) + footer(story))


def open_in_noscript(story: Story) -> str:
    """The same in a fallback for browsers without scripts."""
    top = "<noscript><div><img src=/pixel.gif></noscript>"
    return document(story, og(story), top + header(story) + tag("main", _article(story)) + footer(story))


def shadow_root(story: Story) -> str:
    """The article is in a declarative shadow root."""
    inside = '<template shadowrootmode="open"><style>p{margin:0}</style>' + _article(story) + "</template>"
    page = header(story) + tag("article-view", inside) + footer(story)
    return document(story, linked_data(news_article(story)), page)


def state_of_framework(story: Story) -> str:
    """The text is only in the state from which a framework renders the page."""
    content = [{"type": "paragraph", "children": [{"text": block}]} for block in story.paragraphs]
    article = {
        "headline": story.title,
        "publishedAt": story.published,
        "authors": [{"name": name} for name in story.authors],
        "content": content,
    }
    more = [{"headline": title, "summary": story.description} for title in story.related]
    state = {"props": {"pageProps": {"article": article, "related": more, "menu": story.menu}}}
    script = (
        f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state, ensure_ascii=False)}</script>'
    )
    return document(
        story,
        og(story),
        header(story) + text("h1", story.title) + '<div id="__next"></div>' + footer(story) + script,
    )


def posts_in_linked_data(story: Story) -> str:
    """A live blog whose posts are only declared."""
    posts = [
        {
            "@type": "BlogPosting",
            "headline": "",
            "articleBody": block,
            "datePublished": story.published,
        }
        for block in story.paragraphs
    ]
    data = news_article(story, **{"@type": "LiveBlogPosting", "liveBlogUpdate": posts})
    return document(
        story, og(story) + linked_data(data), header(story) + text("h1", story.title) + footer(story)
    )


def broken_linked_data(story: Story) -> str:
    """A quotation mark that is not escaped makes the declaration invalid; it alone has the author and the date."""
    data = linked_data(news_article(story, description="SAID")).replace("SAID", f'"{story.pull_quote}"')
    body = tag("main", text("h1", story.title) + "".join(with_headings(story, p, h2)))
    return document(story, data, header(story) + body + footer(story))


def many_comments(story: Story) -> str:
    """Readers write more than the author did."""
    said = "".join(
        tag("li", tag("div", text("b", f"reader{at}") + p(comment + " " + story.comments[at % 2])), "comment")
        for at, comment in enumerate(story.comments * 6)
    )
    comments = tag("section", tag("ol", said, "comment-list"), "", id="comments")
    body = tag("article", text("h1", story.title) + "".join(map(p, story.paragraphs)))
    return document(story, linked_data(news_article(story)), header(story) + body + comments + footer(story))


def consent(story: Story) -> str:
    """A consent banner in whole sentences, before and after the text."""
    banner = tag(
        "div",
        "".join(map(p, CONSENT)) + p(story.newsletter) + p(story.copyright),
        "cookie-consent-banner",
        id="cookie-layer",
    )
    body = tag("article", text("h1", story.title) + "".join(map(p, story.paragraphs)))
    return document(
        story, linked_data(news_article(story)), banner + header(story) + body + footer(story) + banner
    )


def next_article(story: Story) -> str:
    """Another article follows, with its headline and text."""
    more = "".join(
        map(p, (f"{one} {other}" for one, other in zip(story.comments, story.related, strict=False)))
    )
    below = tag("article", text("h1", story.related[0]) + tag("p", text("time", "", datetime=OLD)) + more)
    body = tag("article", text("h1", story.title) + "".join(map(p, story.paragraphs)))
    return document(
        story, linked_data(news_article(story)), header(story) + tag("main", body + below) + footer(story)
    )


def results_table(story: Story) -> str:
    """A table of figures between the paragraphs."""
    rows = "".join(tag("tr", text("td", name) + text("td", number)) for name, number in _rows(story))
    blocks = [*map(p, story.paragraphs[:2]), tag("table", rows), *map(p, story.paragraphs[2:])]
    body = tag("article", text("h1", story.title) + "".join(blocks))
    return document(story, linked_data(news_article(story)), header(story) + body + footer(story))


def interview(story: Story) -> str:
    """Questions and answers in a list of terms."""
    pairs = zip(story.related, story.paragraphs, strict=False)
    talk = "".join(text("dt", question) + text("dd", answer) for question, answer in pairs)
    body = tag("article", text("h1", story.title) + tag("dl", talk))
    return document(story, linked_data(news_article(story)), header(story) + body + footer(story))


def key_points(story: Story) -> str:
    """The main points in a list before the text."""
    points = tag("ul", "".join(text("li", point) for point in _points(story)))
    body = tag("article", text("h1", story.title) + points + "".join(map(p, story.paragraphs)))
    return document(story, linked_data(news_article(story)), header(story) + body + footer(story))


def hidden_copy(story: Story) -> str:
    """A copy of the beginning that is never shown."""
    copy = tag("div", "".join(map(p, story.paragraphs[:2])), "print", style="display:none")
    return document(story, og(story), header(story) + _article(story, copy) + footer(story))


def date_above(story: Story) -> str:
    """The only date is printed above the headline."""
    head = og(story) + "".join(meta(author=name) for name in story.authors).replace("property", "name")
    body = tag(
        "article",
        text("div", story.printed_date) + text("h1", story.title) + "".join(map(p, story.paragraphs)),
    )
    return document(story, head, header(story) + body + footer(story))


def changed_before_published(story: Story) -> str:
    """The time of the last change is printed before that of publication."""
    changed = text("time", "", itemprop="dateModified", datetime="2026-11-02T10:00:00+00:00")
    when = text("time", story.printed_date, itemprop="datePublished", datetime=story.published)
    top = text("h1", story.title) + tag("p", text("span", story.printed_byline, "byline") + changed + when)
    return document(
        story,
        og(story),
        header(story) + tag("article", top + "".join(map(p, story.paragraphs))) + footer(story),
    )


def times_of_others(story: Story) -> str:
    """An embedded post and related stories have times; the article has a printed date below its headline."""
    post = tag("blockquote", text("p", story.pull_quote) + text("time", "", datetime=OLD), "social-embed")
    cards = "".join(
        tag("div", tag("h3", text("a", title, href=f"/r/{at}")) + text("time", "", datetime=OLD), "card")
        for at, title in enumerate(story.related)
    )
    top = text("h1", story.title) + text("p", story.printed_byline, "byline") + text("p", story.printed_date)
    body = tag(
        "article", top + "".join(map(p, story.paragraphs[:3])) + post + "".join(map(p, story.paragraphs[3:]))
    )
    return document(story, og(story), header(story) + cards + body + cards + footer(story))


def linked_authors(story: Story) -> str:
    """Names are links to profiles, between the headline and the date."""
    names = " ".join(text("a", name, href=f"/team/{at}/") for at, name in enumerate(story.authors))
    when = text("time", story.printed_date, datetime=story.published)
    top = text("h1", story.title) + tag("div", names) + tag("div", when)
    return document(
        story,
        og(story),
        header(story) + tag("article", top + "".join(map(p, story.paragraphs))) + footer(story),
    )


def site_in_h1(story: Story) -> str:
    """The only h1 is the name of the site; the headline is an h2."""
    top = tag("header", tag("h1", text("a", story.site, href="/")) + links(story.menu))
    when = text("time", story.printed_date, datetime=story.published)
    body = tag("article", text("h2", story.title) + when + "".join(map(p, story.paragraphs)))
    return document(story, linked_data(news_article(story, headline=None)), top + body + footer(story))


def text_in_noscript(story: Story) -> str:
    """Readers with scripts get the text from elsewhere."""
    shown = text("h1", story.title) + '<div id="app"></div>'
    hidden = tag("noscript", "".join(map(p, story.paragraphs)))
    return document(story, linked_data(news_article(story)), header(story) + shown + hidden + footer(story))


def only_breaks(story: Story) -> str:
    """One element with line breaks, in a page without any other structure."""
    lines = "<br/>\n<br/>\n".join(escape(block, quote=False) for block in story.paragraphs)
    top = text("div", story.title, "t1") + text("div", story.printed_date, "t2")
    return document(
        story,
        og(story) + meta(article_published_time=story.published),
        top + tag("div", lines, "t3") + teasers(story),
    )


def short_and_paid(story: Story) -> str:
    """A short item, complete, on a site that sells subscriptions."""
    data = news_article(story, isAccessibleForFree=False)
    body = tag("article", text("h1", story.title) + "".join(map(p, story.paragraphs[:3])))
    return document(story, linked_data(data), header(story) + body + footer(story))


HARD_LAYOUTS = (
    open_in_button,
    open_in_noscript,
    shadow_root,
    state_of_framework,
    posts_in_linked_data,
    broken_linked_data,
    many_comments,
    consent,
    next_article,
    results_table,
    interview,
    key_points,
    hidden_copy,
    date_above,
    changed_before_published,
    times_of_others,
    linked_authors,
    site_in_h1,
    text_in_noscript,
    only_breaks,
    short_and_paid,
)
WITH_HEADING = {"open_in_button", "open_in_noscript", "shadow_root", "broken_linked_data", "hidden_copy"}
"""Layouts that show the sub-headline."""
NO_AUTHORS = {"only_breaks"}
"""Layouts that do not name the authors."""
