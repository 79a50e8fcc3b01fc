"""Entities: where the places of an article lie, and how often each is named in all.

Articles that are stored already tell no country until their entities are read again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply; what is stored already is counted."""
    op.add_column("article_entities", sa.Column("country", sa.Text()))
    op.drop_index("ix_article_entities_dated_at_entity_id_mention_count", "article_entities")
    columns = ["dated_at", "entity_id", "mention_count", "country"]
    op.create_index(f"ix_article_entities_{'_'.join(columns)}", "article_entities", columns)
    op.create_table(
        "entity_totals",
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name="fk_entity_totals_entity_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entity_id", "country", name="pk_entity_totals"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entity_totals_country_mention_count", "entity_totals", ["country", "mention_count"])
    op.execute(
        "INSERT INTO entity_totals (entity_id, country, article_count, mention_count)"
        " SELECT entity_id, '', count(*), sum(mention_count) FROM article_entities GROUP BY entity_id"
    )
