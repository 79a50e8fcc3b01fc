"""Newsbot from Python: read a page, crawl a source, open a database. `import newsbot` has these functions, too."""

from newsbot.api.crawling import crawl
from newsbot.api.opened import Database, open_database
from newsbot.api.results import Results

__all__ = ["Database", "Results", "crawl", "open_database"]
