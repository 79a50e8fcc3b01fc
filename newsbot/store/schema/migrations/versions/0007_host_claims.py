"""What several crawls at once need: claims of hosts, the sources of a catalog, and due work found by host."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_ZERO = sa.text("0")

_HOST_OF_URL = {
    "sqlite": """
        UPDATE {table} SET host = lower(substr(
            substr(url, instr(url, '://') + 3), 1, instr(substr(url, instr(url, '://') + 3) || '/', '/') - 1))
        WHERE host IS NULL
    """,
    "postgresql": "UPDATE {table} SET host = lower(substring(url from '://([^/?#]*)')) WHERE host IS NULL",
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "host_claims",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("run_id", _ROW_ID, nullable=True),
        sa.Column("fence", _ROW_ID, nullable=False, server_default=_ZERO),
        sa.Column("leased_until", _TIME, nullable=True),
        sa.Column("next_request_at", _TIME, nullable=True),
        sa.Column("delay_s", sa.Double(), nullable=False, server_default=_ZERO),
        sa.PrimaryKeyConstraint("host", name="pk_host_claims"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_host_claims_run_id", "host_claims", ["run_id"])
    op.create_table(
        "catalogs",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("used_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogs"),
        sa.UniqueConstraint("digest", name="uq_catalogs_digest"),
    )
    op.create_table(
        "catalog_sources",
        sa.Column("catalog_id", _ROW_ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalog_id"], ["catalogs.id"], name="fk_catalog_sources_catalog_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("catalog_id", "source", name="pk_catalog_sources"),
        sqlite_with_rowid=False,
    )
    op.add_column("runs", sa.Column("seen_at", _TIME, nullable=True))
    _find_due_work_by_host()


def _find_due_work_by_host() -> None:
    for table in ("feeds", "frontier"):
        op.execute(_HOST_OF_URL[op.get_bind().dialect.name].format(table=table))
    op.create_index("ix_feeds_host", "feeds", ["host"])
    op.drop_index("ix_frontier_source_next_try_at", "frontier")
    op.drop_index("ix_frontier_source_state_priority", "frontier")
    op.create_index("ix_frontier_host_next_try_at", "frontier", ["host", "next_try_at"])
    op.create_index("ix_frontier_host_state_priority", "frontier", ["host", "state", "priority"])
    is_pending = sa.text("state = 'pending'")
    op.create_index(
        "ix_frontier_pending",
        "frontier",
        ["priority", "host", "source"],
        sqlite_where=is_pending,
        postgresql_where=is_pending,
    )
    is_planned = sa.text("next_try_at IS NOT NULL")
    op.create_index(
        "ix_frontier_planned",
        "frontier",
        ["next_try_at", "host", "source"],
        sqlite_where=is_planned,
        postgresql_where=is_planned,
    )
