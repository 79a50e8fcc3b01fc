"""Boilerplate learnt per source."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what boilerplate is learnt in."""
    op.create_table(
        "boilerplate_sites",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.key"], name="fk_boilerplate_sites_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", name="pk_boilerplate_sites"),
    )
    op.create_table(
        "boilerplate_blocks",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("last_article", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("is_learnt", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.key"], name="fk_boilerplate_blocks_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "key", name="pk_boilerplate_blocks"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_boilerplate_blocks_source_last_article", "boilerplate_blocks", ["source", "last_article"]
    )
