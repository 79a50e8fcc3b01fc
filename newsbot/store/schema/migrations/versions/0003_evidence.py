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
    """Add the notes of articles, and what decided whether an edit is silent."""
    op.add_column("articles", sa.Column("notes", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("revisions", sa.Column("evidence", sa.JSON(), nullable=True))


# ------------------------------------------------------------------ boilerplate


def _boilerplate() -> None:
    """Nothing yet."""


# ------------------------------------------------------------------ times


def _times() -> None:
    """Nothing yet."""
