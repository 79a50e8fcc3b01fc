"""What the database can say of its own evidence: addresses and their times, originals, admissions, removed blocks, days."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    _addresses()
    _edits()
    _boilerplate()
    _times()


# ------------------------------------------------------------------ addresses


def _addresses() -> None:
    """Nothing yet."""


# ------------------------------------------------------------------ edits


def _edits() -> None:
    """Nothing yet."""


# ------------------------------------------------------------------ boilerplate


def _boilerplate() -> None:
    """Keep what is removed from articles, and the blocks that must not be."""
    op.create_table(
        "kept_blocks",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.key"], name="fk_kept_blocks_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "key", name="pk_kept_blocks"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "removed_texts",
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.key"], name="fk_removed_texts_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_removed_texts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_removed_texts_source_key", "removed_texts", ["source", "key"])
    op.create_table(
        "removed_blocks",
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("is_learnt", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_removed_blocks_article_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["digest"], ["removed_texts.digest"], name="fk_removed_blocks_digest", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "place", name="pk_removed_blocks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_removed_blocks_digest_article_id", "removed_blocks", ["digest", "article_id"])


# ------------------------------------------------------------------ times


def _times() -> None:
    """Nothing yet."""
