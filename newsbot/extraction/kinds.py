"""What a page is: an article, or something that looks like one to a crawler."""

from __future__ import annotations

from newsbot.extraction.body import Body
from newsbot.extraction.page import Page
from newsbot.items import STORED_KINDS, Article, PageKind


def classify(page: Page, article: Article, body: Body) -> tuple[PageKind, str]:
    """Return the kind of the page and the sign that told it."""
    return ("article", "body") if article.body else ("empty", "no body")


def reject_reason(article: Article) -> str | None:
    """Return why an article is not stored: its kind, or the part that it lacks; None if it is stored."""
    if article.kind not in STORED_KINDS:
        return article.kind
    if not article.body:
        return "empty"
    return None if article.title else "no-title"
