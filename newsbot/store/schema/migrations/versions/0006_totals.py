"""Totals of entities as sums and changes, so that transactions do not wait for each other; narrower indexes of entities."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNTS = ("article_count", "mention_count")
_TOTALS = """
CREATE VIEW entity_totals AS
SELECT s.entity_id, s.country, s.article_count, s.mention_count FROM entity_sums AS s
WHERE NOT EXISTS (SELECT 1 FROM entity_deltas AS d WHERE d.entity_id = s.entity_id AND d.country = s.country)
UNION ALL
SELECT c.entity_id, c.country, CAST(c.article_count + coalesce(s.article_count, 0) AS INTEGER),
    CAST(c.mention_count + coalesce(s.mention_count, 0) AS INTEGER)
FROM (
    SELECT d.entity_id, d.country, sum(d.article_count) AS article_count, sum(d.mention_count) AS mention_count
    FROM entity_deltas AS d GROUP BY d.entity_id, d.country
) AS c LEFT JOIN entity_sums AS s ON s.entity_id = c.entity_id AND s.country = c.country
"""


def upgrade() -> None:
    """Apply. What was counted is the first sums."""
    op.create_table(
        "entity_sums",
        sa.Column("entity_id", _ROW_ID, nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name="fk_entity_sums_entity_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entity_id", "country", name="pk_entity_sums"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO entity_sums (entity_id, country, article_count, mention_count)"
        " SELECT entity_id, country, article_count, mention_count FROM entity_totals"
    )
    op.drop_table("entity_totals")
    op.create_index("ix_entity_sums_country_mention_count", "entity_sums", ["country", "mention_count"])
    op.create_table(
        "entity_deltas",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("entity_id", _ROW_ID, nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("id", name="pk_entity_deltas"),
    )
    op.create_index("ix_entity_deltas_entity_id_country", "entity_deltas", ["entity_id", "country"])
    op.execute(_TOTALS)
    op.drop_index("ix_article_entities_dated_at_entity_id_mention_count_country", "article_entities")
    op.drop_index("ix_mentions_entity_id", "mentions")
