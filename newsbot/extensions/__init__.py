"""Scrapy extensions: the run's hold on the database, rejects, and how items are logged."""
