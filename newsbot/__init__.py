"""News ingestion: spiders, article extraction, deduplication, entities, and a database to query."""

__version__ = "0.1.0"
