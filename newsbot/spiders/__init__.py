"""The spiders: `article` (single pages, live) and `saved` (pages from files)."""
