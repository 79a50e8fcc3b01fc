"""Scrapy extensions: storing of rejects, named stages, interrupts, and the format of log lines."""
