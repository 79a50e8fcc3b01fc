"""What the database can say of its own evidence: addresses and their times, originals, admissions, removed blocks, days."""

import sqlalchemy as sa
from alembic import op

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
    """Where it was when an article was published, and the ids of WARC records."""
    op.add_column("articles", sa.Column("published_offset_min", sa.Integer(), nullable=True))
    op.add_column("fetches", sa.Column("warc_record_id", sa.Text(), nullable=True))
    op.drop_index("ix_articles_dated_at_id", "articles")
    op.create_index(
        "ix_articles_dated_at_id_published_offset_min", "articles", ["dated_at", "id", "published_offset_min"]
    )
    op.drop_index("ix_articles_stub_dated_at", "articles")
    op.create_index(
        "ix_articles_stub_dated_at",
        "articles",
        ["dated_at", "id", "source", "language", "kind", "published_offset_min"],
        sqlite_where=sa.text("kind = 'stub'"),
        postgresql_where=sa.text("kind = 'stub'"),
    )
    op.add_column("article_entities", sa.Column("published_offset_min", sa.Integer(), nullable=True))
    op.drop_index("ix_article_entities_entity_id_dated_at_mention_count_salience", "article_entities")
    op.create_index(
        "ix_article_entities_of_entity",
        "article_entities",
        ["entity_id", "dated_at", "mention_count", "salience", "published_offset_min"],
    )
    expressions = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    names = {f"{part}s": expressions["names"].format(part=part) for part in ("author", "topic")}
    parts = {"day": expressions["day"], "first_title": FIRST_TITLE, **names}
    for name, view in {"v_articles": ARTICLES, "v_mentions": MENTIONS, "v_stories": STORIES}.items():
        op.execute(f"DROP VIEW {name}")
        op.execute(sa.text(view.format(**parts)))


FIRST_TITLE = """(
    SELECT f.title FROM articles AS f WHERE f.story_id = a.story_id
    ORDER BY CASE f.story_role WHEN 'original' THEN 0 ELSE 1 END, f.dated_at, f.id LIMIT 1
)"""
ARTICLES = """
CREATE VIEW v_articles AS
SELECT a.id, {day} AS day, a.dated_at AS date, a.published_offset_min, a.source, s.name AS source_name, a.title,
       {authors} AS authors, a.language, a.section, {topics} AS topics, a.word_count, a.story_id, a.story_role, a.agency,
       a.duplicate_of, a.duplicate_kind, a.revision, a.first_seen_at, a.last_seen_at, a.gone_at, a.url, a.description, a.body
FROM articles AS a LEFT JOIN sources AS s ON s.key = a.source
WHERE a.kind <> 'stub'
"""
MENTIONS = """
CREATE VIEW v_mentions AS
SELECT m.article_id, {day} AS day, a.source, a.language, a.section, a.title, e.id AS entity_id, e.name AS entity,
       e.type, ae.role, m.text AS mention, m.start_offset, m.end_offset
FROM mentions AS m
JOIN entities AS e ON e.id = m.entity_id
JOIN article_entities AS ae ON ae.article_id = m.article_id AND ae.entity_id = m.entity_id
JOIN articles AS a ON a.id = m.article_id
"""
STORIES = """
CREATE VIEW v_stories AS
SELECT a.story_id AS id, {first_title} AS title, COUNT(*) AS article_count, COUNT(DISTINCT a.source) AS source_count,
       MIN({day}) AS first_day, MAX({day}) AS last_day, MIN(a.dated_at) AS first_date, MAX(a.dated_at) AS last_date
FROM articles AS a WHERE a.story_id IS NOT NULL GROUP BY a.story_id
"""
NAMES = "FROM {part}s AS p JOIN article_{part}s AS ap ON ap.{part}_id = p.id WHERE ap.article_id = a.id"
SQLITE = {
    "day": "date(a.dated_at, coalesce(a.published_offset_min, 0) || ' minutes')",
    "names": f"(SELECT group_concat(name, '; ') FROM (SELECT p.name {NAMES} ORDER BY ap.position))",  # noqa: S608 -- constants
}
POSTGRESQL = {
    "day": "to_char(a.dated_at AT TIME ZONE 'UTC' + coalesce(a.published_offset_min, 0) * interval '1 minute', 'YYYY-MM-DD')",
    "names": f"(SELECT string_agg(p.name, '; ' ORDER BY ap.position) {NAMES})",
}
