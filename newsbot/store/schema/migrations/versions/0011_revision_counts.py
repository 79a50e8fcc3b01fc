"""Revisions by who made them, so that edits are counted without reading them."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add an index."""
    op.create_index("ix_revisions_by_rules", "revisions", ["by_rules"])
