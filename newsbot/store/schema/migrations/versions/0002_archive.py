"""The archive: digests of what was fetched, changes made by rules, how far backfills have come."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what the archive needs."""
    op.add_column("fetches", sa.Column("payload_digest", sa.Text(), nullable=True))
    op.add_column("revisions", sa.Column("by_rules", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "backfill_parts",
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("start_offset", ID, nullable=False),
        sa.Column("end_offset", ID, nullable=False),
        sa.Column("done_offset", ID, nullable=True),
        sa.Column("done_number", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_backfill_parts"),
    )
