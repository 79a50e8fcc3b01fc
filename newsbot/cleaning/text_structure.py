"""Keep the structure of an article in step with its text when paragraphs are removed or put back."""

from __future__ import annotations

from newsbot.extraction.structure.markdown import following, image_urls, links_of
from newsbot.items import Article
from newsbot.text import paragraphs


def follow_body(article: Article) -> None:
    """Make `body_markdown` of the paragraphs of `body`, and drop the pictures and links of those that are gone."""
    before = image_urls(article.body_markdown)
    article.body_markdown = following(article.body_markdown, paragraphs(article.body))
    gone = before - image_urls(article.body_markdown) - {article.image_url}
    article.images = [image for image in article.images if image.url not in gone]
    article.links = links_of(article.body_markdown)
