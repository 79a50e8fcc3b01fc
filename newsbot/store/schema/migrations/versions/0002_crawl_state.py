"""State of crawls between runs: hosts that are held, children of sitemap indexes, what feeds say of their entries."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
HASH = sa.LargeBinary(16)
JSON = sa.JSON()
ZERO = sa.text("0")

HOST_OF_URL = {
    "sqlite": """
        UPDATE {table} SET host = lower(substr(
            substr(url, instr(url, '://') + 3), 1, instr(substr(url, instr(url, '://') + 3) || '/', '/') - 1))
    """,
    "postgresql": "UPDATE {table} SET host = lower(substring(url from '://([^/?#]*)'))",
}
"""What lies between the scheme and the path. Exact enough for URLs that are stored: they have no password."""


ARTICLES = """
CREATE VIEW v_articles AS
SELECT a.id, {day} AS day, a.dated_at AS date, a.source, s.name AS source_name, a.title, {authors} AS authors,
       a.language, a.section, {topics} AS topics, a.word_count, a.story_id, a.story_role, a.agency, a.duplicate_of,
       a.duplicate_kind, a.revision, a.first_seen_at, a.last_seen_at, a.gone_at, a.url, a.description, a.body
FROM articles AS a LEFT JOIN sources AS s ON s.key = a.source
WHERE a.kind <> 'stub'
"""
NAMES = "FROM {part}s AS p JOIN article_{part}s AS ap ON ap.{part}_id = p.id WHERE ap.article_id = a.id"
SQLITE = {
    "day": "substr(a.dated_at, 1, 10)",
    "names": f"(SELECT group_concat(name, '; ') FROM (SELECT p.name {NAMES} ORDER BY ap.position))",  # noqa: S608 -- constants
}
POSTGRESQL = {
    "day": "to_char(a.dated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
    "names": f"(SELECT string_agg(p.name, '; ' ORDER BY ap.position) {NAMES})",
}


def upgrade() -> None:
    """Apply."""
    _hosts()
    _url_parameters()
    _sources()
    _feeds()
    _frontier()
    op.create_index(
        "ix_articles_stub_dated_at",
        "articles",
        ["dated_at", "id", "source", "language", "kind"],
        sqlite_where=sa.text("kind = 'stub'"),
        postgresql_where=sa.text("kind = 'stub'"),
    )
    _view_without_stubs()


def _view_without_stubs() -> None:
    expressions = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    names = {f"{part}s": expressions["names"].format(part=part) for part in ("author", "topic")}
    op.execute("DROP VIEW v_articles")
    op.execute(sa.text(ARTICLES.format(day=expressions["day"], **names)))


def _hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", TEXT, nullable=False),
        sa.Column("held_until", TIME, nullable=True),
        sa.Column("held_since", TIME, nullable=True),
        sa.Column("hold_reason", TEXT, nullable=True),
        sa.Column("hold_count", sa.Integer(), nullable=False, server_default=ZERO),
        sa.Column("robots_failed_since", TIME, nullable=True),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_hosts_held_until", "hosts", ["held_until"])


def _url_parameters() -> None:
    op.create_table(
        "url_parameters",
        sa.Column("host", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("learnt_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("host", "name", name="pk_url_parameters"),
        sqlite_with_rowid=False,
    )


def _sources() -> None:
    op.drop_column("sources", "held_until")
    op.add_column("sources", sa.Column("definition", HASH, nullable=True))
    op.add_column("sources", sa.Column("refetches_left", sa.Double(), nullable=True))
    op.add_column("sources", sa.Column("refetches_at", TIME, nullable=True))


def _feeds() -> None:
    for column in (
        sa.Column("host", TEXT, nullable=True),
        # Without a foreign key: for one that deletes rows, SQLite would have to copy and drop the table, which deletes
        # the references to its rows.
        sa.Column("found_in", ID, nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False, server_default=ZERO),
        sa.Column("unlisted_at", TIME, nullable=True),
        sa.Column("guessed_at", TIME, nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("next_page_url", TEXT, nullable=True),
        sa.Column("next_page", sa.Integer(), nullable=True),
        sa.Column("ttl_s", sa.Integer(), nullable=True),
        sa.Column("listed_urls", sa.LargeBinary(), nullable=True),
        sa.Column("rhythm", JSON, nullable=True),
        sa.Column("moved_to", TEXT, nullable=True),
        sa.Column("moved_at", TIME, nullable=True),
        sa.Column("is_moved", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("gone_at", TIME, nullable=True),
    ):
        op.add_column("feeds", column)
    op.create_index("ix_feeds_found_in", "feeds", ["found_in"])
    # Unchanged indexes must be read once more, because it is not known which sitemaps they list.
    op.execute(
        "UPDATE feeds SET etag = NULL, last_modified = NULL, content_hash = NULL WHERE kind = 'sitemap'"
    )
    op.execute(HOST_OF_URL[op.get_bind().dialect.name].format(table="feeds"))


def _frontier() -> None:
    for column in (
        sa.Column("host", TEXT, nullable=True),
        sa.Column("is_offsite", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("guid_key", HASH, nullable=True),
        sa.Column("entry", JSON, nullable=True),
        sa.Column("entry_key", HASH, nullable=True),
        sa.Column("has_claim", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("false_claims", sa.Integer(), nullable=False, server_default=ZERO),
    ):
        op.add_column("frontier", column)
    op.execute(HOST_OF_URL[op.get_bind().dialect.name].format(table="frontier"))
    op.create_index("ix_frontier_source_guid_key", "frontier", ["source", "guid_key"])
