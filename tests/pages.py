"""Article pages and feeds for tests of crawls."""

from __future__ import annotations

SUBJECTS = ("harbour", "library", "orchestra", "railway", "orchard", "lighthouse", "market", "observatory")
PLACES = ("Norwich", "Bergen", "Porto", "Lviv", "Leeds", "Tampere", "Ghent", "Trieste")


def paragraphs(number: int) -> list[str]:
    """Return the five paragraphs of the text with this number. Texts of different numbers differ."""
    subject, place = SUBJECTS[number % 8], PLACES[(number // 8) % 8]
    return [
        f"The {subject} of {place} will reopen in week {number} after a repair that took {number + 3} months, "
        f"the council said on Tuesday, and visitors may come back before the end of the season.",
        f"Engineers replaced {number * 7 + 11} beams and found letters from workers who had built the {subject} "
        f"in {1700 + number}, among them a list of wages and a drawing of the old gate.",
        f'"We had planned for {number + 2} months, and then the river rose," said the site manager, who has '
        f"worked on {number + 4} buildings of this kind and wants to write a book about them.",
        f"The work cost {number * 3 + 5} million, about {number % 9 + 1} percent more than the council of "
        f"{place} had set aside, because the price of timber went up twice during the winter.",
        f"A public day with music is to be held for the {subject} on the {number % 28 + 1}th, with free entry "
        f"for everybody who took part in the collection, the mayor's office announced in a statement.",
    ]


def article_page(number: int, *, url: str = "", extra: str = "", title: str | None = None) -> str:
    """Return the HTML of the article with this number; `extra` is a further paragraph."""
    title = title or f"The {SUBJECTS[number % 8]} of {PLACES[(number // 8) % 8]} reopens, number {number}"
    texts = paragraphs(number) + ([extra] if extra else [])
    canonical = f'<link rel="canonical" href="{url}">' if url else ""
    body = "".join(f"<p>{text}</p>" for text in texts)
    return (
        f'<!doctype html><html lang="en"><head><title>{title} - Example</title>{canonical}'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        f'<meta property="article:published_time" content="2026-05-{number % 28 + 1:02d}T08:00:00Z"></head>'
        f'<body><nav><a href="/">Home</a></nav><main><article><h1>{title}</h1>{body}</article></main></body></html>'
    )


def rss(*links: str, dates: dict[str, str] | None = None) -> str:
    """Return an RSS feed of links; `dates` holds the pubDate of a link."""
    items = "".join(
        f"<item><title>News</title><link>{link}</link>"
        + (f"<pubDate>{dates[link]}</pubDate>" if dates and link in dates else "")
        + "</item>"
        for link in links
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title>{items}</channel></rss>'
