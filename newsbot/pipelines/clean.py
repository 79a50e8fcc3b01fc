"""Stage 200: values as they should be stored, wherever the article came from."""

from __future__ import annotations

from newsbot.cleaning.article import clean_article
from newsbot.items import Article


class Clean:
    """Tidies every field."""

    def process_item(self, article: Article) -> Article:
        """Return the article with its values cleaned."""
        clean_article(article)
        return article
