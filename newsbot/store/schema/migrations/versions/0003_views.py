"""Views with readable columns, for people who ask in SQL.

A later migration that rebuilds a table they read must drop them first and make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ARTICLES = """
CREATE VIEW v_articles AS
SELECT a.id, {day} AS day, a.dated_at AS date, a.source, s.name AS source_name, a.title, {authors} AS authors,
       a.language, a.section, {topics} AS topics, a.word_count, a.story_id, a.story_role, a.duplicate_of,
       a.duplicate_kind, a.revision, a.first_seen_at, a.last_seen_at, a.url, a.description, a.body
FROM articles AS a LEFT JOIN sources AS s ON s.key = a.source
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
FIRST_TITLE = """(
    SELECT f.title FROM articles AS f WHERE f.story_id = a.story_id
    ORDER BY CASE f.story_role WHEN 'original' THEN 0 ELSE 1 END, f.dated_at, f.id LIMIT 1
)"""


NAMES = "FROM article_{part}s AS ap JOIN {part}s AS p ON p.id = ap.{part}_id WHERE ap.article_id = a.id"
JOINED_ON_SQLITE = f"(SELECT group_concat(name, '; ') FROM (SELECT p.name {NAMES} ORDER BY ap.position))"  # noqa: S608 -- constants
JOINED_ON_POSTGRESQL = f"(SELECT string_agg(p.name, '; ' ORDER BY ap.position) {NAMES})"


def upgrade() -> None:
    """Apply."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    joined = JOINED_ON_SQLITE if is_sqlite else JOINED_ON_POSTGRESQL
    parts = {
        "authors": joined.format(part="author"),
        "topics": joined.format(part="topic"),
        "day": "substr(a.dated_at, 1, 10)"
        if is_sqlite
        else "to_char(a.dated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        "first_title": FIRST_TITLE,
    }
    for view in (ARTICLES, MENTIONS, STORIES):
        op.execute(sa.text(view.format(**parts)))
