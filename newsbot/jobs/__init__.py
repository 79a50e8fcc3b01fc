"""Archived pages through today's rules: without Scrapy, over all cores."""
