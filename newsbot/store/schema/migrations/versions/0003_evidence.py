"""What the database can say of its own evidence: addresses and their times, originals, admissions, removed blocks, days."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from newsbot.store.schema.types import RowId

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    _addresses()
    _edits()
    _boilerplate()
    _times()
    _site()


# ------------------------------------------------------------------ addresses


def _addresses() -> None:
    """Nothing yet."""


# ------------------------------------------------------------------ edits


def _edits() -> None:
    """Nothing yet."""


# ------------------------------------------------------------------ boilerplate


def _boilerplate() -> None:
    """Nothing yet."""


# ------------------------------------------------------------------ times


def _times() -> None:
    """Nothing yet."""


# ------------------------------------------------------------------ site


def _site() -> None:
    """Give the database an id of its own, from which the permanent ids of feeds and their entries are made."""
    site = op.create_table(
        "site",
        sa.Column("id", RowId, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.bulk_insert(site, [{"id": 1, "uuid": uuid4()}])
