"""All tables, the full-text index, and views for people who ask in SQL.

A later migration that rebuilds a table which a view reads must drop the view first and create it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
HASH = sa.LargeBinary(16)


def upgrade() -> None:
    """Apply."""
    _authors()
    _entities()
    _runs()
    _sources()
    _stories()
    _topics()
    _articles()
    _article_indexes()
    _entity_aliases()
    _feeds()
    _fetches()
    _rejects()
    _article_authors()
    _article_entities()
    _article_sketches()
    _article_topics()
    _article_urls()
    _frontier()
    _mentions()
    _revisions()
    _backfill_parts()
    _entity_corrections()
    _entity_totals()
    _boilerplate()
    if op.get_bind().dialect.name == "sqlite":
        _full_text_of_sqlite()
    else:
        _full_text_of_postgresql()
    _views()


def _authors() -> None:
    op.create_table(
        "authors",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_authors"),
        sa.UniqueConstraint("name", name="uq_authors_name"),
    )


def _entities() -> None:
    op.create_table(
        "entities",
        sa.Column("id", ID, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entities"),
        sa.UniqueConstraint("key", name="uq_entities_key"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", ID, nullable=False),
        sa.Column("spider", TEXT, nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("version", TEXT, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("finish_reason", TEXT, nullable=True),
        sa.Column("process", TEXT, nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_started_at", "runs", ["started_at"])


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=True),
        sa.Column("homepage", TEXT, nullable=True),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("held_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_sources"),
    )


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", ID, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
    )
    op.create_index("ix_stories_updated_at", "stories", ["updated_at"])


def _topics() -> None:
    op.create_table(
        "topics",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_topics"),
        sa.UniqueConstraint("name", name="uq_topics_name"),
    )


def _articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", ID, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("canonical_url", TEXT, nullable=True),
        sa.Column("source", TEXT, nullable=True),
        sa.Column("title", TEXT, nullable=True),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("published_at", TIME, nullable=True),
        sa.Column("modified_at", TIME, nullable=True),
        sa.Column("dated_at", TIME, nullable=False),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("section", TEXT, nullable=True),
        sa.Column("image_url", TEXT, nullable=True),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=True),
        sa.Column("entity_engine", TEXT, nullable=True),
        sa.Column("extractor_version", TEXT, nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("text_key", HASH, nullable=False),
        sa.Column("content_key", HASH, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("duplicate_of", ID, nullable=True),
        sa.Column("duplicate_kind", TEXT, nullable=True),
        sa.Column("story_id", ID, nullable=True),
        sa.Column("story_role", TEXT, nullable=True),
        sa.Column("agency", TEXT, nullable=True),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("retrieved_at", TIME, nullable=True),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.Column("gone_at", TIME, nullable=True),
        sa.Column("body", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["articles.id"], name="fk_articles_duplicate_of", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_articles_run_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["source"], ["sources.key"], name="fk_articles_source"),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name="fk_articles_story_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
    )


def _article_indexes() -> None:
    op.create_index("ix_articles_dated_at_id", "articles", ["dated_at", "id"])
    op.create_index("ix_articles_duplicate_of", "articles", ["duplicate_of"])
    op.create_index("ix_articles_first_seen_at", "articles", ["first_seen_at"])
    op.create_index("ix_articles_language_dated_at", "articles", ["language", "dated_at"])
    op.create_index("ix_articles_section_dated_at", "articles", ["section", "dated_at"])
    op.create_index("ix_articles_source_dated_at", "articles", ["source", "dated_at"])
    op.create_index("ix_articles_story_id", "articles", ["story_id"])
    op.create_index("ix_articles_text_key", "articles", ["text_key"])


def _entity_aliases() -> None:
    op.create_table(
        "entity_aliases",
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name="fk_entity_aliases_entity_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entity_id", "name", name="pk_entity_aliases"),
    )
    op.create_index("ix_entity_aliases_key", "entity_aliases", ["key"])


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", ID, nullable=False),
        sa.Column("url_hash", HASH, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("etag", TEXT, nullable=True),
        sa.Column("last_modified", TEXT, nullable=True),
        sa.Column("content_hash", HASH, nullable=True),
        sa.Column("interval_s", sa.Double(), nullable=True),
        sa.Column("next_poll_at", TIME, nullable=True),
        sa.Column("last_polled_at", TIME, nullable=True),
        sa.Column("last_success_at", TIME, nullable=True),
        sa.Column("last_new_at", TIME, nullable=True),
        sa.Column("failure_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["source"], ["sources.key"], name="fk_feeds_source"),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("url_hash", name="uq_feeds_url_hash"),
    )
    op.create_index("ix_feeds_next_poll_at", "feeds", ["next_poll_at"])
    op.create_index("ix_feeds_source", "feeds", ["source"])


def _fetches() -> None:
    op.create_table(
        "fetches",
        sa.Column("id", ID, nullable=False),
        sa.Column("url_hash", HASH, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=True),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("fetched_at", TIME, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("etag", TEXT, nullable=True),
        sa.Column("last_modified", TEXT, nullable=True),
        sa.Column("warc_file", TEXT, nullable=True),
        sa.Column("warc_offset", ID, nullable=True),
        sa.Column("payload_digest", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_fetches_run_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_fetches"),
    )
    op.create_index("ix_fetches_run_id", "fetches", ["run_id"])
    op.create_index("ix_fetches_source_fetched_at", "fetches", ["source", "fetched_at"])
    op.create_index("ix_fetches_url_hash_fetched_at", "fetches", ["url_hash", "fetched_at"])
    op.create_index("ix_fetches_warc_file_warc_offset", "fetches", ["warc_file", "warc_offset"])


def _rejects() -> None:
    op.create_table(
        "rejects",
        sa.Column("id", ID, nullable=False),
        sa.Column("url_hash", HASH, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=True),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("article_id", ID, nullable=True),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_rejects_article_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_rejects_run_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_rejects"),
        sa.UniqueConstraint("url_hash", "stage", "reason", name="uq_rejects_url_hash_stage_reason"),
    )
    op.create_index("ix_rejects_article_id", "rejects", ["article_id"])
    op.create_index("ix_rejects_reason_last_seen_at", "rejects", ["reason", "last_seen_at"])
    op.create_index("ix_rejects_source", "rejects", ["source"])


def _article_authors() -> None:
    op.create_table(
        "article_authors",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_authors_article_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["authors.id"], name="fk_article_authors_author_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "author_id", name="pk_article_authors"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_authors_author_id", "article_authors", ["author_id"])


def _article_entities() -> None:
    op.create_table(
        "article_entities",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("dated_at", TIME, nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.Column("role", TEXT, nullable=True),
        sa.Column("salience", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("country", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_entities_article_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name="fk_article_entities_entity_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "entity_id", name="pk_article_entities"),
        sqlite_with_rowid=False,
    )
    # Answered from the indexes alone: who is named most, articles about somebody, their days.
    for columns in (
        ["dated_at", "entity_id", "mention_count", "country"],
        ["entity_id", "dated_at", "mention_count", "salience"],
    ):
        op.create_index(f"ix_article_entities_{'_'.join(columns)}", "article_entities", columns)


def _article_sketches() -> None:
    keys = [f"key_{place}" for place in range(10)]
    op.create_table(
        "article_sketches",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        *(sa.Column(key, sa.Integer(), nullable=True) for key in keys),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_sketches_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_article_sketches"),
    )
    for key in keys:
        op.create_index(f"ix_article_sketches_{key}_article_id", "article_sketches", [key, "article_id"])


def _article_topics() -> None:
    op.create_table(
        "article_topics",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("topic_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_topics_article_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="fk_article_topics_topic_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "topic_id", name="pk_article_topics"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_topics_topic_id", "article_topics", ["topic_id"])


def _article_urls() -> None:
    op.create_table(
        "article_urls",
        sa.Column("url_hash", HASH, nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_urls_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("url_hash", name="pk_article_urls"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_urls_article_id", "article_urls", ["article_id"])


def _frontier() -> None:
    op.create_table(
        "frontier",
        sa.Column("id", ID, nullable=False),
        sa.Column("url_hash", HASH, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("discovered_at", TIME, nullable=False),
        sa.Column("discovered_in", ID, nullable=True),
        sa.Column("expected_change_at", TIME, nullable=True),
        sa.Column("lease_run_id", ID, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", TIME, nullable=True),
        sa.Column("etag", TEXT, nullable=True),
        sa.Column("last_modified", TEXT, nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", TEXT, nullable=True),
        sa.Column("article_id", ID, nullable=True),
        sa.Column("done_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_frontier_article_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["discovered_in"], ["feeds.id"], name="fk_frontier_discovered_in", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["lease_run_id"], ["runs.id"], name="fk_frontier_lease_run_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_frontier"),
        sa.UniqueConstraint("url_hash", name="uq_frontier_url_hash"),
    )
    op.create_index("ix_frontier_article_id", "frontier", ["article_id"])
    op.create_index("ix_frontier_lease_run_id", "frontier", ["lease_run_id"])
    op.create_index("ix_frontier_source_next_try_at", "frontier", ["source", "next_try_at"])
    op.create_index("ix_frontier_source_state_priority", "frontier", ["source", "state", "priority"])


def _mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_mentions_article_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name="fk_mentions_entity_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "start_offset", "end_offset", name="pk_mentions"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mentions_entity_id", "mentions", ["entity_id"])


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("replaced_at", TIME, nullable=False),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("title_changed", sa.Boolean(), nullable=False),
        sa.Column("body_changed", sa.Boolean(), nullable=False),
        sa.Column("content_key", HASH, nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("by_rules", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_silent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_revisions_article_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_revisions_run_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("article_id", "revision", name="pk_revisions"),
    )
    op.create_index("ix_revisions_by_rules", "revisions", ["by_rules"])
    op.create_index("ix_revisions_replaced_at", "revisions", ["replaced_at"])


def _backfill_parts() -> None:
    op.create_table(
        "backfill_parts",
        sa.Column("key", HASH, nullable=False),
        sa.Column("path", TEXT, nullable=False),
        sa.Column("start_offset", ID, nullable=False),
        sa.Column("end_offset", ID, nullable=False),
        sa.Column("done_offset", ID, nullable=True),
        sa.Column("done_number", sa.Integer(), nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("error", TEXT, nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_backfill_parts"),
    )


def _entity_corrections() -> None:
    op.create_table(
        "entity_corrections",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("form", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("target_key", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", "form", name="pk_entity_corrections"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entity_corrections_target_key", "entity_corrections", ["target_key"])


def _entity_totals() -> None:
    op.create_table(
        "entity_totals",
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name="fk_entity_totals_entity_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entity_id", "country", name="pk_entity_totals"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entity_totals_country_mention_count", "entity_totals", ["country", "mention_count"])


def _boilerplate() -> None:
    op.create_table(
        "boilerplate_sites",
        sa.Column("source", TEXT, nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.key"], name="fk_boilerplate_sites_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", name="pk_boilerplate_sites"),
    )
    op.create_table(
        "boilerplate_blocks",
        sa.Column("source", TEXT, nullable=False),
        sa.Column("key", HASH, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("last_article", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("is_learnt", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.key"], name="fk_boilerplate_blocks_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "key", name="pk_boilerplate_blocks"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_boilerplate_blocks_source_last_article", "boilerplate_blocks", ["source", "last_article"]
    )


def _full_text_of_sqlite() -> None:
    # Contentless: the words are made by newsbot.store.index.terms, and the text is in `articles` already.
    op.execute(
        "CREATE VIRTUAL TABLE article_search USING fts5(title, body, labels, content='', tokenize='ascii')"
    )


def _full_text_of_postgresql() -> None:
    op.execute(
        "CREATE TABLE article_search ("
        "article_id BIGINT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, words TSVECTOR NOT NULL)"
    )
    op.execute("CREATE INDEX ix_article_search_words ON article_search USING gin (words)")
    # Moved out of line, as values of 2 kB are by default, the words make the table look so small that whole scans of it
    # are planned, which then fetch the words of every article: at 20,000 articles 78 ms for a search instead of 33.
    op.execute("ALTER TABLE article_search ALTER COLUMN words SET STORAGE MAIN")


FIRST_TITLE = """(
    SELECT f.title FROM articles AS f WHERE f.story_id = a.story_id
    ORDER BY CASE f.story_role WHEN 'original' THEN 0 ELSE 1 END, f.dated_at, f.id LIMIT 1
)"""
NAMES = "FROM article_{part}s AS ap JOIN {part}s AS p ON p.id = ap.{part}_id WHERE ap.article_id = a.id"
ARTICLES = """
CREATE VIEW v_articles AS
SELECT a.id, {day} AS day, a.dated_at AS date, a.source, s.name AS source_name, a.title, {authors} AS authors,
       a.language, a.section, {topics} AS topics, a.word_count, a.story_id, a.story_role, a.agency, a.duplicate_of,
       a.duplicate_kind, a.revision, a.first_seen_at, a.last_seen_at, a.gone_at, a.url, a.description, a.body
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
REVISIONS = """
CREATE VIEW v_revisions AS
SELECT r.article_id, r.revision + 1 AS revision, {day_of_change} AS day, r.replaced_at AS changed_at, a.source, a.language,
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


def _views() -> None:
    expressions = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    parts = {
        "day": expressions["day"].format(moment="a.dated_at"),
        "day_of_change": expressions["day"].format(moment="r.replaced_at"),
        "authors": expressions["names"].format(part="author"),
        "topics": expressions["names"].format(part="topic"),
        "old_title": expressions["old_title"],
        "first_title": FIRST_TITLE,
    }
    for view in (ARTICLES, MENTIONS, STORIES, REVISIONS):
        op.execute(sa.text(view.format(**parts)))
