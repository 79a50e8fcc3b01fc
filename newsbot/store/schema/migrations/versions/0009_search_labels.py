"""The full-text index holds source, language, section and date of articles, so that filters narrow a search inside it.

Every article is indexed anew: about a minute for 30,000 of them.
"""

from alembic import op

from newsbot.store.articles.children import index_all

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("DROP TABLE article_search")
        # Contentless: the words are made by newsbot.store.index.terms, and the text stands in `articles` once.
        op.execute(
            "CREATE VIRTUAL TABLE article_search USING fts5(title, body, labels, content='', tokenize='ascii')"
        )
    else:
        op.execute("TRUNCATE article_search")
    index_all(connection)
    # Newest first within a section, too.
    op.drop_index("ix_articles_section", "articles")
    op.create_index("ix_articles_section_dated_at", "articles", ["section", "dated_at"])
