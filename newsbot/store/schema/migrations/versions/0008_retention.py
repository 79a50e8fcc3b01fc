"""What lets old rows be deleted: partitions of `fetches` by time, indexes, and what is still known of deleted rows."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TIME = sa.DateTime(timezone=True)
HASH = sa.LargeBinary(16)
INDEXES = {
    "ix_fetches_run_id": ["run_id"],
    "ix_fetches_source_fetched_at": ["source", "fetched_at"],
    "ix_fetches_url_hash_fetched_at": ["url_hash", "fetched_at"],
    "ix_fetches_warc_file_warc_offset": ["warc_file", "warc_offset"],
    "ix_fetches_outcome_fetched_at": ["outcome", "fetched_at"],
}
OLDEST_WEEK = timedelta(days=366)
"""Age of the rows for which weeks are made; older ones go to the default partition."""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "past_urls",
        sa.Column("url_hash", HASH, nullable=False),
        sa.Column("done_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("url_hash", name="pk_past_urls"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "prune_marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reached_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_prune_marks"),
        sqlite_with_rowid=False,
    )
    is_over = sa.text("next_try_at IS NULL")
    op.create_index(
        "ix_frontier_over", "frontier", ["done_at"], sqlite_where=is_over, postgresql_where=is_over
    )
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("ix_fetches_outcome_fetched_at", "fetches", ["outcome", "fetched_at"])
    else:
        _partition_fetches()


def _partition_fetches() -> None:
    """Move all rows into a partitioned table: those of articles into one partition, the others into one a week.

    Indexes are made when the rows are there, which takes a third of the time."""
    op.execute("ALTER TABLE fetches RENAME TO old_fetches")
    op.execute("ALTER TABLE old_fetches RENAME CONSTRAINT pk_fetches TO pk_old_fetches")
    for name in INDEXES:
        op.execute(f"DROP INDEX IF EXISTS {name}")
    op.execute("CREATE TABLE fetches (LIKE old_fetches INCLUDING DEFAULTS) PARTITION BY LIST (outcome)")
    op.execute("ALTER SEQUENCE fetches_id_seq OWNED BY fetches.id")
    op.execute("CREATE TABLE fetches_articles PARTITION OF fetches FOR VALUES IN ('article')")
    op.execute("CREATE TABLE fetches_others PARTITION OF fetches DEFAULT PARTITION BY RANGE (fetched_at)")
    op.execute("CREATE TABLE fetches_undated PARTITION OF fetches_others DEFAULT")
    _weeks()
    op.execute("INSERT INTO fetches SELECT * FROM old_fetches")
    op.execute("DROP TABLE old_fetches")
    op.create_primary_key("pk_fetches", "fetches", ["id", "outcome", "fetched_at"])
    for name, columns in INDEXES.items():
        op.create_index(name, "fetches", columns)
    op.create_foreign_key("fk_fetches_run_id", "fetches", "runs", ["run_id"], ["id"], ondelete="SET NULL")


def _weeks() -> None:
    """Make the partitions of the weeks, from Monday to Monday in UTC, in which there are rows."""
    now = datetime.now(UTC)
    found = op.get_bind().scalars(
        sa.text(
            "SELECT DISTINCT date_trunc('week', fetched_at) FROM old_fetches"
            " WHERE outcome <> 'article' AND fetched_at BETWEEN :since AND :now"
        ),
        {"since": now - OLDEST_WEEK, "now": now},
    )
    for start in sorted(found):
        end = start + timedelta(days=7)
        op.execute(
            f"CREATE TABLE fetches_{start:%Y%m%d} PARTITION OF fetches_others"
            f" FOR VALUES FROM ('{start:%Y-%m-%d}+00') TO ('{end:%Y-%m-%d}+00')"
        )
