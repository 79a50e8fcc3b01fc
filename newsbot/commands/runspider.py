"""`scrapy runspider`, with the exit statuses and the summary line of `scrapy crawl`."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Spider
from scrapy.commands.runspider import Command as ScrapyRunSpider
from scrapy.utils.spider import iter_spider_classes

from newsbot.commands import crawl
from newsbot.errors import UsageError


class Command(crawl.Command):
    """Runs the spider of a Python file: one of newsbot's (a `PageSpider`), or any other."""

    requires_project = False
    default_settings: ClassVar[dict[str, Any]] = ScrapyRunSpider.default_settings

    def syntax(self) -> str:
        """Return what the command line accepts."""
        return "[options] <spider_file>"

    def short_desc(self) -> str:
        """Return what the command does."""
        return "Run a spider from a Python file"

    def spider_of(self, name: str) -> type[Spider]:
        """Return the spider of a file. Raises UsageError if there is none."""
        path = Path(name)
        if not path.is_file() or path.suffix != ".py":
            raise UsageError(f"{name}: no such file; accepted: a Python file with a spider")
        sys.path.insert(0, str(path.resolve().parent))
        try:
            module = import_module(path.stem)
        except (ImportError, SyntaxError) as error:
            raise UsageError(f"{name}: cannot be imported: {error}") from error
        spiders = list(iter_spider_classes(module))
        if not spiders:
            raise UsageError(f"{name}: has no spider with a name; accepted: a Python file with a spider")
        return spiders[-1]
