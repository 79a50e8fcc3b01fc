"""Entities: how much an article is about each, and what people correct."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "article_entities", sa.Column("salience", sa.Double(), server_default=sa.text("0"), nullable=False)
    )
    # Answered from the indexes alone: who is named most, articles about somebody, their days.
    for old, columns in (
        (["dated_at"], ["dated_at", "entity_id", "mention_count"]),
        (["entity_id", "dated_at"], ["entity_id", "dated_at", "mention_count", "salience"]),
    ):
        op.drop_index(f"ix_article_entities_{'_'.join(old)}", "article_entities")
        op.create_index(f"ix_article_entities_{'_'.join(columns)}", "article_entities", columns)
    op.create_table(
        "entity_corrections",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("target_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "form", name="pk_entity_corrections"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entity_corrections_target_key", "entity_corrections", ["target_key"])
