"""Measure how well articles are told from other pages: the corpora's pages, and list pages made of their teasers.

    python -m benchmarks.kinds

Needs the corpora (`NEWSBOT_CORPORA` names their folder). The model of the kinds was trained on their pages, so the figures
for these are too good; `python -m training.kinds_model CORPORA --evaluate` prints those for publishers that were left out
(kinds.md has both). The list pages are made while it runs: titles and descriptions of articles in seven layouts, 6 or 25 on
a page, in each language that has eight of them, declared as a website, as an article (many sites do), or not at all.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from html import escape

from benchmarks.corpora import corpora_folder
from newsbot.extraction import extract
from newsbot.extraction.page_kinds import reject_reason
from newsbot.items import Article

NEWS = ("aeb", "fundus_eval", "fundus_tests")
CORPORA = (*NEWS, "trafilatura", "wcxb", "wcxb_other")
LAYOUTS = {
    "ul": ("ul", "<li><h3><a href='{url}'>{title}</a></h3><p>{text}</p></li>"),
    "cards": (
        "div",
        "<article class='card'><h2><a href='{url}'>{title}</a></h2><p class='summary'>{text}</p><time>3 May 2026</time></article>",
    ),
    "all linked": ("div", "<div class='teaser'><a href='{url}'><h3>{title}</h3><p>{text}</p></a></div>"),
    "blog": (
        "div",
        "<div class='entry'><h2 class='entry-title'><a href='{url}'>{title}</a></h2><div class='entry-content'><p>{text} "
        "<a href='{url}'>Read more</a></p></div></div>",
    ),
    "table": ("table", "<tr><td><a href='{url}'>{title}</a></td><td>{text}</td></tr>"),
    "headlines": ("div", "<div><a href='{url}'>{title}</a></div>"),
    "sections": (
        "div",
        "<section><h3><a href='{url}'>{title}</a></h3><p>{text}</p><p>{text:.120}</p></section>",
    ),
}
DECLARED = ("website", "article", "")
SIZES = (6, 25)
Teaser = tuple[str, str, str]
"""Title, description, address."""


def read_articles() -> Iterator[tuple[str, str, Article]]:
    """Yield the corpus, the type and the article of every page."""
    for corpus in CORPORA:
        for truth in json.loads((corpora_folder() / f"{corpus}.json").read_text(encoding="utf-8")).values():
            html = gzip.decompress((corpora_folder() / truth["file"]).read_bytes()).decode("utf-8", "replace")
            yield corpus, truth.get("page_type", "article"), extract(html, truth["url"])


def list_page(layout: str, declared: str, teasers: list[Teaser]) -> str:
    """Return the HTML of a section page."""
    tag, item = LAYOUTS[layout]
    items = "".join(
        item.format(title=escape(title), text=escape(text), url=escape(url)) for title, text, url in teasers
    )
    kind = f"<meta property='og:type' content='{declared}'>" if declared else ""
    return (
        f"<html><head><title>Politics - The Example</title>{kind}<meta property='og:title' content='Politics'></head><body>"
        f"<main><h1>Politics</h1><{tag}>{items}</{tag}></main><footer>© The Example</footer></body></html>"
    )


def rejected_lists(teasers: dict[str | None, list[Teaser]]) -> Iterator[tuple[str, list[bool]]]:
    """Yield each layout, and whether its list pages are rejected."""
    chance = random.Random(5)
    languages = [each for each in teasers.values() if len(each) >= 8]
    for layout in LAYOUTS:
        pages = (
            list_page(layout, declared, chance.choices(each, k=size))
            for each in languages
            for declared in DECLARED
            for size in SIZES
        )
        yield (
            layout,
            [reject_reason(extract(page, "https://news.example/politics/")) is not None for page in pages],
        )


def main() -> None:
    """Print the shares of articles kept, the reasons for which other pages are rejected, and the list pages rejected."""
    reasons: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    teasers: dict[str | None, list[Teaser]] = defaultdict(list)
    for corpus, page_type, article in read_articles():
        reasons[corpus, page_type][reject_reason(article) or "stored"] += 1
        if corpus in NEWS and article.title and article.body:
            teasers[article.language].append(
                (article.title, article.description or article.body[:180], article.url)
            )
    for (corpus, page_type), counts in reasons.items():
        others = ", ".join(f"{reason} {n}" for reason, n in counts.most_common() if reason != "stored")
        print(
            f"{corpus}, {page_type}: stored {counts['stored']} of {counts.total()}; {others or 'none rejected'}"
        )
    for layout, results in rejected_lists(teasers):
        print(f"list pages rejected, {layout}: {sum(results)} of {len(results)}")


if __name__ == "__main__":
    main()
