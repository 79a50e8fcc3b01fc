"""An index of the names of entities, by which questions about one name find its mentions on SQLite."""

from alembic import op

revision = "0009"
down_revision = "0008.1"


def upgrade() -> None:
    """Apply. PostgreSQL cannot index very long names."""
    op.execute("UPDATE entities SET name = substr(name, 1, 250) WHERE length(name) > 250")
    op.create_index("ix_entities_name", "entities", ["name"])
