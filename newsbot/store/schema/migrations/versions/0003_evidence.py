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
    op.add_column("article_urls", sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "article_ways",
        sa.Column("url_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_redirect", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_ways_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("url_hash", "article_id", name="pk_article_ways"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_ways_article_id", "article_ways", ["article_id"])


# ------------------------------------------------------------------ edits


def _edits() -> None:
    """Nothing yet."""


# ------------------------------------------------------------------ boilerplate


def _boilerplate() -> None:
    """Nothing yet."""


# ------------------------------------------------------------------ times


def _times() -> None:
    """Nothing yet."""
