"""An index of the hosts that nobody may ask yet."""

from alembic import op

revision = "0008.1"
down_revision = "0008"


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_host_claims_next_request_at", "host_claims", ["next_request_at"])
