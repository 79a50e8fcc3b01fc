"""Choose between the text that a page shows and the texts that it carries otherwise: declared, or kept for scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.choice import Body, read_body
from newsbot.extraction.body.features.block_features import DeclaredMetadata
from newsbot.extraction.body.scoring.block_reading import read_blocks
from newsbot.extraction.page.page import Page
from newsbot.extraction.page.state.embedded_state import has_prose
from newsbot.extraction.page.state.rich_text import text_paragraphs
from newsbot.text import letters, size_of

MIN_DECLARED_CHARS: Final = 400
"""A declared body with fewer characters is a teaser."""
MAX_DECLARED_CHARS: Final = 500_000
MAX_POSTS: Final = 500
"""Maximum number of posts that are read of a live blog."""
MAX_TEASER_CHARS: Final = 4000
"""Number of characters from which a page is not suspected to show only the start of its text."""
LITTLE_CHARS: Final = 600
"""Number of characters below which the state of a page is read even if it does not contain what the page shows."""
NOTHING_CHARS: Final = 400
"""Number of characters below which the hidden texts of a page are read."""
MIN_WORDS: Final = 60
"""Minimum number of words of a text that no rule finds."""
MIN_GAIN: Final = 1.3
"""A text that contains what the page shows must be longer by this factor; any other one by a factor of 2."""
_PARAGRAPH_CHARS: Final = 400
"""Number of characters after the start of the last shown paragraph in the state that are not searched for more prose."""
_NEXT_CHARS: Final = 3000
_PLAIN_RUN = re.compile(r"[^\W_][\w ,;-]{23,58}[^\W_]")


def read_whole_body(page: Page, blocks: Sequence[Block], declared: DeclaredMetadata) -> Body:
    """Return the body: the blocks that the page shows, or a longer text that it carries where these are a teaser.

    The other texts are, in this order: articleBody and liveBlogUpdate in JSON-LD, the article in the state of the page,
    and, if the page may be an article, texts that are hidden in `noscript`, templates or comments. A declared body is
    not used if the page shows at least half as much: it is often a teaser, or without its paragraphs.
    """
    body = read_body(blocks, declared)
    for rule, text in _declared_texts(page, size_of(body.sure_text) < LITTLE_CHARS):
        if size_of(text) > MIN_DECLARED_CHARS and len(text) > 2 * len(body.sure_text):
            body.text, body.rule, body.blocks = text, rule, ()
    if len(body.sure_text) < MAX_TEASER_CHARS and (text := _embedded_text(page, body.sure_text)):
        body.text, body.rule, body.blocks = text, "embedded state", ()
    if size_of(body.sure_text) < NOTHING_CHARS and page.may_be_article:
        for rule, hidden_blocks in _hidden_blocks(page):
            hidden = read_body(hidden_blocks, declared)
            if size_of(hidden.sure_text) > max(NOTHING_CHARS, 2 * size_of(body.sure_text)):
                hidden.rule, hidden.blocks = rule, ()
                return hidden
    return body


def declared_body(page: Page) -> str:
    """Return the longest JSON-LD articleBody as written, or ""."""
    return max((str(item.get("articleBody") or "") for item in page.json_ld), key=len, default="")


def _declared_texts(page: Page, with_posts: bool) -> Iterator[tuple[str, str]]:
    """Yield the texts that JSON-LD declares, each with the name of its rule; those of live blogs only if asked for."""
    yield "json-ld articleBody", _in_paragraphs(declared_body(page))
    for item in page.json_ld if with_posts else ():
        if posts := item.get("liveBlogUpdate"):
            yield "json-ld liveBlogUpdate", _live_text(posts)


def _live_text(posts: Any) -> str:
    """Return the posts of a live blog in their order, each with its headline, unless that is a time or in the text."""
    lines: list[str] = []
    if isinstance(posts, dict):
        posts = posts.get("@list") or [posts]
    for post in posts[:MAX_POSTS] if isinstance(posts, list) else ():
        if not isinstance(post, dict):
            continue
        text = _in_paragraphs(str(post.get("articleBody") or post.get("text") or ""))
        headline = " ".join(text_paragraphs(str(post.get("headline") or "")))
        if any(map(str.isalpha, headline)) and not letters(text).startswith(letters(headline)):
            lines.append(headline)
        lines.append(text)
    return "\n\n".join(filter(None, lines))


def _in_paragraphs(text: str) -> str:
    """Return a declared text as paragraphs. Some contain markup, which may be escaped."""
    return "\n\n".join(text_paragraphs(text[:MAX_DECLARED_CHARS]))


def _embedded_text(page: Page, shown: str) -> str:
    """Return the text in the state of the page if it is more than what the page shows; else ""."""
    if size_of(shown) >= LITTLE_CHARS and not _goes_on_in_state(page, shown):
        return ""
    article = page.article_in_state(shown)
    if article is None:
        return ""
    text = article.text
    gain = MIN_GAIN if shown and article.contains_shown else 2.0
    return text if size_of(text) > max(MIN_DECLARED_CHARS, gain * size_of(shown)) else ""


def _goes_on_in_state(page: Page, shown: str) -> bool:
    """Return whether the state has the first and the last paragraph that the page shows, and more prose after it."""
    phrases = [phrase[0] for line in shown.split("\n\n") if (phrase := _PLAIN_RUN.search(line))]
    if not phrases or not _is_repeated(phrases[-1], page.html):
        return False
    for _, text in page.state_scripts:
        first, last = (_place_of(phrase, text) for phrase in (phrases[0], phrases[-1]))
        if first >= 0 and last >= 0 and has_prose(text[last + _PARAGRAPH_CHARS : last + _NEXT_CHARS]):
            return True
    return False


def _is_repeated(phrase: str, html: str) -> bool:
    """Return whether a page has a phrase twice, or once escaped: a quick test of whether a script may have it, too."""
    return html.count(phrase) > 1 or (not phrase.isascii() and json.dumps(phrase)[1:-1] in html)


def _place_of(phrase: str, text: str) -> int:
    """Return the last place of a phrase in a script, where it may be escaped; -1 if it is not there."""
    place = text.rfind(phrase)
    return place if place >= 0 or phrase.isascii() else text.rfind(json.dumps(phrase)[1:-1])


def _hidden_blocks(page: Page) -> Iterator[tuple[str, list[Block]]]:
    """Yield the blocks of the page with texts shown that are hidden, and the name of the place where they are hidden."""
    for rule, revealed in page.revealed():
        yield rule, read_blocks(revealed.tree)
