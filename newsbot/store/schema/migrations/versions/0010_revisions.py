"""Revisions: silent edits, pages that are gone or say something else, agencies."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ARTICLES = """
CREATE VIEW v_articles AS
SELECT a.id, {day} AS day, a.dated_at AS date, a.source, s.name AS source_name, a.title, {authors} AS authors,
       a.language, a.section, {topics} AS topics, a.word_count, a.story_id, a.story_role, a.agency, a.duplicate_of,
       a.duplicate_kind, a.revision, a.first_seen_at, a.last_seen_at, a.gone_at, a.url, a.description, a.body
FROM articles AS a LEFT JOIN sources AS s ON s.key = a.source
"""
NAMES = "FROM article_{part}s AS ap JOIN {part}s AS p ON p.id = ap.{part}_id WHERE ap.article_id = a.id"
REVISIONS = """
CREATE VIEW v_revisions AS
SELECT r.article_id, r.revision + 1 AS revision, {day} AS day, r.replaced_at AS changed_at, a.source, a.language,
       a.title, {old_title} AS old_title, r.title_changed, r.body_changed, r.is_silent, a.url
FROM revisions AS r JOIN articles AS a ON a.id = r.article_id
WHERE NOT r.by_rules
"""
SQLITE = {
    "day": "substr({moment}, 1, 10)",
    "names": f"(SELECT group_concat(name, '; ') FROM (SELECT p.name {NAMES} ORDER BY ap.position))",  # noqa: S608 -- constants
    "old_title": "json_extract(r.changes, '$.title')",
}
POSTGRESQL = {
    "day": "to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
    "names": f"(SELECT string_agg(p.name, '; ' ORDER BY ap.position) {NAMES})",
    "old_title": "r.changes ->> 'title'",
}


def upgrade() -> None:
    """Add what tells edits, conflicts and agencies, and show it in the views."""
    dialect = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    op.add_column("articles", sa.Column("agency", sa.Text()))
    op.add_column("articles", sa.Column("gone_at", sa.DateTime(timezone=True)))
    op.add_column(
        "revisions", sa.Column("is_silent", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    with op.batch_alter_table("rejects") as rejects:  # SQLite adds a constraint only to a new table
        rejects.add_column(sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
        rejects.create_foreign_key(
            "fk_rejects_article_id", "articles", ["article_id"], ["id"], ondelete="SET NULL"
        )
        rejects.create_index("ix_rejects_article_id", ["article_id"])
    op.execute("DROP VIEW v_articles")
    names = {f"{part}s": dialect["names"].format(part=part) for part in ("author", "topic")}
    op.execute(sa.text(ARTICLES.format(day=dialect["day"].format(moment="a.dated_at"), **names)))
    old_title, day = dialect["old_title"], dialect["day"].format(moment="r.replaced_at")
    op.execute(sa.text(REVISIONS.format(day=day, old_title=old_title)))
