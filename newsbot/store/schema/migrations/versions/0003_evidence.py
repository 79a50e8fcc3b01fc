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
    _entities()
    _times()
    _site()
    _structure()
    _vectors()


# ------------------------------------------------------------------ addresses


def _addresses() -> None:
    op.add_column("article_urls", sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "article_ways",
        sa.Column("url_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_redirect", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_ways_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("url_hash", "article_id", name="pk_article_ways"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_ways_article_id", "article_ways", ["article_id"])


# ------------------------------------------------------------------ edits


def _edits() -> None:
    """Add the notes of articles, and what decided whether an edit is silent."""
    op.add_column("articles", sa.Column("notes", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("revisions", sa.Column("evidence", sa.JSON(), nullable=True))


# ------------------------------------------------------------------ boilerplate


def _boilerplate() -> None:
    """Keep what is removed from articles, and the blocks that must not be."""
    op.create_table(
        "kept_blocks",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.key"], name="fk_kept_blocks_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "key", name="pk_kept_blocks"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "removed_texts",
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.key"], name="fk_removed_texts_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_removed_texts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_removed_texts_source_key", "removed_texts", ["source", "key"])
    op.create_table(
        "removed_blocks",
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("is_learnt", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_removed_blocks_article_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["digest"], ["removed_texts.digest"], name="fk_removed_blocks_digest", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "place", name="pk_removed_blocks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_removed_blocks_digest_article_id", "removed_blocks", ["digest", "article_id"])


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


# ------------------------------------------------------------------ structure


def _structure() -> None:
    """Add the Markdown, the pictures and the links of texts."""
    op.add_column("articles", sa.Column("body_markdown", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("images", sa.JSON(), server_default="[]", nullable=False))
    op.create_table(
        "article_links",
        sa.Column("article_id", RowId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_links_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "position", name="pk_article_links"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_links_host_article_id", "article_links", ["host", "article_id"])


# ------------------------------------------------------------------ vectors


def _vectors() -> None:
    """Add the vectors of articles."""
    op.create_table(
        "article_vectors",
        sa.Column("id", RowId, nullable=False),
        sa.Column("article_id", RowId, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_vectors_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_article_vectors"),
        sa.UniqueConstraint("article_id", name="uq_article_vectors_article_id"),
        sqlite_autoincrement=True,
    )


# ------------------------------------------------------------------ entities


def _entities() -> None:
    """Add the Wikidata ids of entities; those of stored ones follow when articles are read again."""
    op.add_column("entities", sa.Column("wikidata", sa.Text(), nullable=True))


# ------------------------------------------------------------------ views


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
       e.type, ae.role, m.text AS mention, m.start_offset, m.end_offset, e.wikidata
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
