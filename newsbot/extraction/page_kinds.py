"""What kind of page this is: an article, or something that a crawler may mistake for one.

Signs that are sure decide first: error pages, live blogs, what a page declares to be. A model decides about the rest; if
in doubt, a page stays an article: a wrong reject loses more than an odd page that is stored.

The figures beside the thresholds of the rules were measured on 632 article pages and 342 pages of other kinds (shops, services,
forums, lists, documentation) that people have labelled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.choice import Body
from newsbot.extraction.kinds.kind_model import judged_kind
from newsbot.extraction.kinds.paywall import is_paywall
from newsbot.extraction.kinds.signs import ARTICLE_TYPE, Signs
from newsbot.extraction.kinds.wall_words import ERROR_TITLES, WALL_TEXTS
from newsbot.extraction.page.page import Page
from newsbot.items import STORED_KINDS, Article, PageKind
from newsbot.languages.word_patterns import any_of, entries_of
from newsbot.text import word_count

_SHORT_WORDS: Final = 120
"""Number of words below which other signs on a page count. 3 % of articles are shorter, 16 % have under 400 words."""
_TEASER_WORDS: Final = 250
"""Number of words below which a text may be the introduction of a gallery: 7 % of articles are shorter."""
_MIN_LISTED_SHARE: Final = 0.7
"""Share (0..1) of the text in teasers of one layout above which an undated page is a list. 1 article has more."""
_MIN_FRONT_PAGE_LINKS: Final = 20
"""Number of links above which a short front page is a list: a page without a date that is declared a website or has no
text. No article is one; 51 of 56 such pages of other kinds have more links."""
_MIN_HEADLINE_WORDS: Final = 4
"""Number of words from which a title is a headline, and not the name of a section."""
_WALL_CHARS: Final = 50_000
"""Number of characters of HTML that are searched for signs of a bot wall; such pages are small."""
_LIVE = re.compile(r"^LiveBlogPosting$")
_GALLERY = re.compile(r"^(?:ImageGallery|MediaGallery|Photograph)$")
_VIDEO = re.compile(r"^(?:VideoObject|Movie|TVEpisode|PodcastEpisode|AudioObject)$")
_LIST = re.compile(r"^(?:CollectionPage|ItemList|SearchResultsPage|ProfilePage)$")
_EVENT = re.compile(r"^(?!Publication|Broadcast|Delivery|OnDemand)\w*Event$|^Festival$")
_ERROR_TITLE = re.compile(
    r"\b(?:404|403|410|5\d\d) ?(?:-|–|:|error|not|page|forbidden|gone)|^(?:404|403|error)\b|"
    + any_of(ERROR_TITLES),
    re.IGNORECASE,
)
_WALL_TEXTS: Final = tuple(entries_of(WALL_TEXTS))


def _is_error(signs: Signs) -> bool:
    if signs.article.word_count > _SHORT_WORDS:
        return False
    if _ERROR_TITLE.search(signs.page_title):
        return True
    return not signs.is_declared_article and _is_wall(signs.page.html[:_WALL_CHARS])


def _is_wall(html: str) -> bool:
    """Return whether the HTML of a page has words of a check for bots."""
    html = html.replace(
        "İ", "i"
    ).lower()  # single searches for texts take a tenth of the time of one for a pattern
    return any(text in html for text in _WALL_TEXTS)


def _is_live_blog(signs: Signs) -> bool:
    return signs.declares(_LIVE)


def _is_gallery(signs: Signs) -> bool:
    is_short = signs.article.word_count < _TEASER_WORDS
    return is_short and (signs.declares(_GALLERY) or "gallery" in signs.og_type)


def _is_video(signs: Signs) -> bool:
    is_only_video = signs.declares(_VIDEO) and not signs.declares(ARTICLE_TYPE)
    return signs.article.word_count < _SHORT_WORDS and (is_only_video or signs.og_type.startswith("video"))


def _is_event(signs: Signs) -> bool:
    is_article = signs.og_type == "article" or signs.is_dated_article
    return not is_article and signs.declares(_EVENT)


def _is_list(signs: Signs) -> bool:
    if signs.body.teaser_share > _MIN_LISTED_SHARE and not _is_dated_news(signs):
        return True
    if signs.is_declared_article:
        return False
    if signs.declares(_LIST):
        return True
    is_short = signs.article.word_count < _SHORT_WORDS
    is_front_page = signs.og_type == "website" or not signs.body.text
    return is_short and is_front_page and signs.body.links > _MIN_FRONT_PAGE_LINKS


def _is_dated_news(signs: Signs) -> bool:
    """Return whether a page is an article with a date; a list may show one for each of its teasers."""
    if signs.is_dated_article:
        return True
    has_headline = word_count(signs.article.title or "") >= _MIN_HEADLINE_WORDS
    return signs.og_type == "article" and signs.article.published_at is not None and has_headline


def _is_empty(signs: Signs) -> bool:
    return not signs.body.text


_RULES: Final[tuple[tuple[PageKind, str, Callable[[Signs], bool]], ...]] = (
    ("error", "error title or bot wall", _is_error),
    ("live_blog", "json-ld LiveBlogPosting", _is_live_blog),
    ("paywall", "not free and cut", is_paywall),
    ("gallery", "gallery type and short", _is_gallery),
    ("video", "video type and short", _is_video),
    ("event", "event type and no article", _is_event),
    ("list", "links and no article", _is_list),
    ("empty", "no body", _is_empty),
)
"""Kind, name of the rule, and its test. The first rule that holds decides; if none holds, the model does."""


def classify(page: Page, article: Article, body: Body, blocks: Sequence[Block] = ()) -> tuple[PageKind, str]:
    """Return the kind of the page and the name of the rule that decided it.

    `blocks` are all blocks of the page."""
    signs = Signs(page, article, body, blocks)
    return ruled_kind(signs) or judged_kind(signs)


def ruled_kind(signs: Signs) -> tuple[PageKind, str] | None:
    """Return the kind of the page by the rules, and the name of the rule; None if the model has to decide."""
    return next(((kind, rule) for kind, rule, holds in _RULES if holds(signs)), None)


def reject_reason(article: Article) -> str | None:
    """Return why an article is not stored: its kind, "empty" or "no-title"; None if it is stored."""
    if article.kind not in STORED_KINDS:
        return article.kind
    if not article.body:
        return "empty"
    return None if article.title else "no-title"
