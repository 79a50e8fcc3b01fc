"""Add its structure to an article: the Markdown of its text, its pictures, its links."""

from __future__ import annotations

from collections.abc import Sequence

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.page.page import Page
from newsbot.extraction.structure import markdown
from newsbot.extraction.structure.inline import LineWriter
from newsbot.extraction.structure.link_targets import resolver
from newsbot.extraction.structure.outline import write_body
from newsbot.extraction.structure.pictures import Gallery
from newsbot.items import Article
from newsbot.text import paragraphs


def add_structure(
    article: Article, page: Page, blocks: Sequence[Block], body: Sequence[Block], *, is_clean: bool
) -> None:
    """Fill `body_markdown`, `images` and `links` from the blocks of the page that the body consists of.

    `is_clean`: cleaning has left the text of these blocks as it was. A text from the data of the page has no blocks: its
    Markdown is paragraphs."""
    resolve = resolver(page, article.canonical_url)
    gallery = Gallery(resolve, blocks, body, article.image_url)
    if body:
        lines = LineWriter(resolve)
        article.body_markdown = write_body(body, lines, gallery, is_clean=is_clean)
        article.links = lines.links
    else:
        article.body_markdown = markdown.from_paragraphs(paragraphs(article.body))
    article.images = gallery.images()
