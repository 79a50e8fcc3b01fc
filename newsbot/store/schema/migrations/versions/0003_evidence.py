"""What the database can say of its own evidence: addresses and their times, originals, admissions, removed blocks, days."""

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

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
    """Nothing yet."""


# ------------------------------------------------------------------ times


def _times() -> None:
    """Nothing yet."""
