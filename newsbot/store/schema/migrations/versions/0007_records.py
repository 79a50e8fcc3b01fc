"""Fetches by the record that they refer to."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add an index."""
    op.create_index("ix_fetches_warc_file_warc_offset", "fetches", ["warc_file", "warc_offset"])
